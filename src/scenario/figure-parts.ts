/** The parts of a figure such as `loss.mean{region=chongqing,window=fault}`, after parsing. */

/** One figure asked of a run. */
export interface Figure {
  /** Canonical text: labels sorted, no blanks. The key in the run's document. */
  readonly text: string;
  /** Metric name without the stat, e.g. `login.time`. */
  readonly metric: string;
  /** The last dotted part: mean, p50, p95, p99, max, rate, share, count. */
  readonly stat: string;
  /** Label → matcher. `window` and `by` are apart. */
  readonly labels: readonly LabelMatch[];
  readonly window: string;
  readonly by: string | undefined;
  readonly unit: string;
}

export interface LabelMatch {
  readonly label: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}
