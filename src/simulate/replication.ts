/**
 * What one replication leaves behind: plain values that travel between threads. A study turns many of
 * them into intervals and verdicts.
 */
import type { FigureParts } from "../scenario/figure-parts.ts";
import type { Scale } from "../scenario/metric.ts";
import type { Decision, InvariantResult, TimelineEvent, TraceEvent } from "./findings.ts";

/** A figure of one replication; `value` is null where the run had no data for it. */
export interface FigureSample {
  readonly value: number | null;
  /** Of how full things are: which of them is fullest, such as `shanghai logic`. */
  readonly binds?: string;
  /** With `by=`: each group's value. */
  readonly groups?: Readonly<Record<string, number | null>>;
}

/** A pair of axes for several lines. */
export interface Chart extends Scale {
  /** File name without ending, e.g. `loss`; unique in a run. */
  readonly name: string;
  readonly title: string;
}

/** One line over simulated time, sampled at the same instants in every replication. */
export interface SeriesSample {
  readonly chart: Chart;
  /** The canonical text of `parts`. */
  readonly figure: string;
  readonly parts: FigureParts;
  readonly title: string;
  readonly unit: string;
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
}

export interface Replication {
  readonly replication: number;
  readonly digest: string;
  readonly events: number;
  readonly population: { readonly online: number; readonly rows: number };
  /** By the figure's canonical text: all of `figuresOf(scenario)`. */
  readonly figures: Readonly<Record<string, FigureSample>>;
  readonly series: readonly SeriesSample[];
  /** Mean loss by region in the window with most faults, percent; for the map. */
  readonly regionLoss: Readonly<Record<string, number | null>>;
  readonly invariants: readonly InvariantResult[];
  readonly timeline: readonly TimelineEvent[];
  readonly decisions: readonly Decision[];
  /** What happened to those who were followed, in order of time. */
  readonly traces: readonly TraceEvent[];
}

export interface ReplicationRequest {
  readonly replication: number;
  /** False in the twin: all faults and all interventions are dropped, everything else is kept. */
  readonly faults: boolean;
  readonly interventions: boolean;
  /** People to follow one by one: a cell's name, such as `cq-unicom-3g-2/3g`, and the index in it. */
  readonly watch?: readonly { readonly cell: string; readonly index: number }[];
  /** Called now and then with simulated seconds done and events so far; must not throw. */
  readonly onProgress?: (simulatedSeconds: number, events: number) => void;
}
