/** What a metric is: everything that is said of a figure except its formula, which lies in `simulate/<system>/figures.ts`. */
import type { Instant } from "../base/units.ts";
import type { LabelMatch } from "./figure-parts.ts";

export interface Metric {
  /** Dotted, without the stat, e.g. `login.time`. */
  readonly name: string;
  /** As reports print it, e.g. "Packet loss". */
  readonly title: string;
  /** What kind of quantity. */
  readonly dimension: "share" | "time" | "count" | "rate";
  /** Labels that a figure may use; each is a name that its section lists. */
  readonly labels: readonly string[];
  readonly meaning: string;
  readonly stats: readonly Stat[];
  /** Which direction is an improvement; undefined where neither is. */
  readonly better?: "low" | "high";
  /** Least and greatest possible value in the figure's unit; by default 0 to 100 for %, and from 0 for all else. */
  readonly range?: Range;
  /** What a value at the upper end means; by default just that. */
  readonly censored?: Censoring;
  /** True if it has no value in a run whose faults were left out. */
  readonly needsFault?: true;
  /** The levels of its charts. */
  readonly scale?: Scale;
  /** How far runs at two population scales may differ; without it they are not compared. */
  readonly scaleMargin?: ScaleMargin;
}

/** A margin in the figure's unit: `least`, or a share of the reference value if that is greater. */
export interface ScaleMargin {
  readonly least: number;
  readonly share?: number;
  /** Stats that are compared; all by default. */
  readonly stats?: readonly string[];
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Stat {
  /** The last dotted part of a figure: mean, p50, p95, p99, max, min, peak, last, share, rate or count. */
  readonly name: string;
  readonly unit: Unit;
  /** Per-second peaks, queue waits and maxima do not survive scaling: judged at 1:1 only. */
  readonly onlyFullScale: boolean;
  /** True if every run that reports on its system prints it. */
  readonly isStandard: boolean;
}

export type Unit = "%" | "s" | "" | "/s" | "/h";

/**
 * A time whose end may not be observed. Its value then stands at the limit and means "at least": at a fixed number of
 * seconds, or at the end of the figure's window, counted from the first of the instants that `since` returns.
 */
export type Censoring =
  { readonly atSeconds: number } | { since(story: Story, labels: readonly LabelMatch[]): readonly Instant[] };

/** The part of a scenario that tells when a time begins. */
export interface Story {
  readonly faults: readonly { readonly id: string; readonly at: Instant }[];
  readonly interventions: readonly { readonly at: Instant; readonly action: { readonly kind: string } }[];
}

/** A level on a chart, in the unit of its lines, and what is written about it. */
export interface Level {
  readonly at: number;
  readonly text: string;
}

/** The levels of a chart. */
export interface Scale {
  /** Drawn across the chart, e.g. where all capacity is used. */
  readonly limit?: Level;
  /** Higher values are drawn as high as this; the text is added to the title of a chart with such values. */
  readonly ceiling?: Level;
}

/** Metrics by name. */
export type Metrics = Readonly<Record<string, Omit<Metric, "name">>>;

/** The stats of these names, all in one unit. `standard` names those that every run prints. */
export const stats = (
  unit: Unit,
  names: readonly string[],
  {
    onlyFullScale = false,
    standard = [],
  }: { readonly onlyFullScale?: boolean; readonly standard?: readonly string[] } = {},
): readonly Stat[] => names.map((name) => ({ name, unit, onlyFullScale, isStandard: standard.includes(name) }));

/** True if the matchers allow this value of a label; a label that is not matched allows all. */
export const allows = (labels: readonly LabelMatch[], label: string, value: string): boolean =>
  labels.every((match) => match.label !== label || match.values.includes(value) !== match.negated);

/** Returns when the faults that a figure is about begin. */
export const sinceFaults = ({ faults }: Story, labels: readonly LabelMatch[]): readonly Instant[] =>
  faults.filter(({ id }) => allows(labels, "fault", id)).map(({ at }) => at);
