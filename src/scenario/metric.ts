/** Declares what a metric is: everything about a figure except its formula, which is in `simulate/<system>/figures.ts`. */
import type { Instant } from "../base/units.ts";
import type { LabelMatch } from "./figure-parts.ts";

/** One quantity that a run measures. */
export interface Metric {
  /** Dotted, without the stat, e.g. `login.time`. */
  readonly name: string;
  /** Title in reports, e.g. "Packet loss". */
  readonly title: string;
  /** Kind of quantity. */
  readonly dimension: "share" | "time" | "count" | "rate";
  /** Labels that a figure may use; the section lists the values of each. */
  readonly labels: readonly string[];
  /** What it measures, for `firedrill list metrics`. */
  readonly meaning: string;
  /** Statistics that a figure may ask for. */
  readonly stats: readonly Stat[];
  /** Direction of improvement; undefined if neither is better. */
  readonly better?: "low" | "high";
  /** Lowest and highest possible value in the figure's unit; by default 0 to 100 for %, and from 0 for other units. */
  readonly range?: Range;
  /** Where values are censored; undefined if they are exact. */
  readonly censored?: Censoring;
  /** True if people feel it, so that a difference touches the people in the figure. */
  readonly isFelt?: true;
  /** How it counts people: each by an event of their own, or many at once by one event. People come in rows of the simulation. */
  readonly countsPeople?: "one-by-one" | "at-once";
  /** True if the scenario fixes its value: every replication has the same. */
  readonly isExact?: true;
  /** True if it settles while nothing happens, so that a drift shows that the warm-up was too short. */
  readonly hasSteadyState?: true;
  /** True if it is 0 in an empty world, from which every run starts: a warm-up that is too short makes it too low. */
  readonly startsEmpty?: true;
  /** True if it gets ever worse while a backlog grows behind it; rates do not. */
  readonly growsWithBacklog?: true;
  /** True if it is read in whole minutes, so that it has no value in a window without one. */
  readonly isByMinute?: true;
  /** True if it has no value in a run without faults. */
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

/** Possible values in the figure's unit. */
export interface Range {
  /** Lowest possible value. */
  readonly low: number;
  /** Highest possible value. */
  readonly high: number;
}

/** One statistic of a metric. */
export interface Stat {
  /** Last dotted part of a figure: mean, p50, p95, p99, max, min, peak, last, share, rate or count. */
  readonly name: string;
  /** Unit of its values. */
  readonly unit: Unit;
  /** True for per-second peaks, queue waits and maxima: they do not scale and are judged at 1:1 only. */
  readonly onlyFullScale: boolean;
  /** True if every run that reports on its section prints it. */
  readonly isStandard: boolean;
}

/** Units of figures; a count has an empty one. */
export type Unit = "%" | "s" | "" | "/s" | "/h";

/**
 * The limit of a time whose end may not be observed; a value at the limit means "at least". The limit is a fixed number of
 * seconds, or the end of the figure's window, counted from the first instant that `since` returns.
 */
export type Censoring =
  { readonly atSeconds: number } | { since(story: Story, labels: readonly LabelMatch[]): readonly Instant[] };

/** The parts of a scenario that determine when a time begins. */
export interface Story {
  /** Faults with their start. */
  readonly faults: readonly { readonly id: string; readonly at: Instant }[];
  /** Interventions with their time. */
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

/** Returns statistics with these names in one unit. `standard` lists those that every run prints. */
export const stats = (
  unit: Unit,
  names: readonly string[],
  {
    onlyFullScale = false,
    standard = [],
  }: { readonly onlyFullScale?: boolean; readonly standard?: readonly string[] } = {},
): readonly Stat[] => names.map((name) => ({ name, unit, onlyFullScale, isStandard: standard.includes(name) }));

/** True if the matchers accept this value of a label; a label without a matcher accepts all. */
export const allows = (labels: readonly LabelMatch[], label: string, value: string): boolean =>
  labels.every((match) => match.label !== label || match.values.includes(value) !== match.negated);

/** Returns when faults begin, for the faults that the label `fault` accepts. */
export const sinceFaults = ({ faults }: Story, labels: readonly LabelMatch[]): readonly Instant[] =>
  faults.filter(({ id }) => allows(labels, "fault", id)).map(({ at }) => at);
