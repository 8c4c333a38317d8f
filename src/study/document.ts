/**
 * A run's document: all results of a run, in the shape that scripts rely on (`firedrill.run/1`).
 *
 * It has each fact as a value for programs and as text for people. Documents of earlier versions have the texts alone: they
 * lack `parts`, `min` and `max`, `kind` and `id` of an event, `cause`, and `limit` and `ceiling` of a chart.
 *
 * Shares are in percent, times in seconds of simulated time. Nothing here depends on the machine, the time of day or the
 * number of workers; such facts are in `Meta`.
 */

import type { FigureParts } from "../scenario/figure-parts.ts";
import type { Changed } from "../scenario/scenario.ts";
import type { Decision, TimelineEvent } from "../simulate/findings.ts";
import type { Chart } from "../simulate/replication.ts";

/** The result of judging a row or a run. */
export type Verdict = "held" | "broken" | "unknown";

/** A mean over replications with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly ci95: readonly [number, number];
  /** True if the true value is at least this much: some replications are known only as at least a value. */
  readonly atLeast?: true;
  /** True if the true value is at most this much; only of differences from a twin that is known only as at least a value. */
  readonly atMost?: true;
  /** What is known of the replications that leave it open; present with `atLeast` and `atMost`. */
  readonly cutOff?: CutOff;
}

/** Replications whose value is known only as more, or of a difference also as less, than a value. */
export interface CutOff {
  /** Their number. */
  readonly n: number;
  /** The number of replications with data. */
  readonly of: number;
  /** Mean of the others; null without any. */
  readonly seen: number | null;
  /** The value that all of them are beyond; null if some are beyond on one side and some on the other. */
  readonly beyond: number | null;
}

/** Independent observations that are too few to know a percentile. */
export interface FewValues {
  /** 95 for the 95th percentile. */
  readonly percent: number;
  /** Their number, in the replication with the fewest or in all together. */
  readonly n: number;
  /** The number that it takes there. */
  readonly needed: number;
  readonly in: "each" | "all";
}

/** The group that speaks for a figure with `by=`. */
export interface SpeakingGroup {
  readonly name: string;
  readonly is: "largest" | "smallest";
}

/** A figure over all replications. */
export interface FigureResult extends Interval {
  readonly unit: string;
  /** The number of replications with data. */
  readonly n: number;
  /** Independent observations of all replications behind a share: tasks, or rows. */
  readonly trials?: number;
  /** Present if a percentile has too few observations to be known. */
  readonly few?: FewValues;
  /** Present if it has too few without faults and interventions. */
  readonly fewInTwins?: FewValues;
  /** How far the value may be from that at full scale, either way, in its unit; only if above 0. */
  readonly within?: number;
  /** Share of what a time counts that had not ended when it was cut off, percent; only if above 0. */
  readonly unfinished?: number;
  /** The figure of the same seeds without faults and interventions; absent without a twin. */
  readonly noFault?: Interval;
  /** The paired difference to `noFault`. */
  readonly difference?: Interval;
  /** People that the difference touches, at the end of its interval that is nearer to none; only of what people feel. */
  readonly touched?: number;
  /** Every group of a figure with `by=`. */
  readonly groups?: Readonly<Record<string, Interval>>;
  /** The group whose values these are: the largest. */
  readonly group?: SpeakingGroup;
  readonly parts?: FigureParts;
}

/** What every judged row says about its verdict. */
interface Judged extends Pick<Interval, "atLeast" | "atMost" | "cutOff"> {
  readonly value: number | null;
  readonly unit: string;
  readonly ci95: readonly [number, number] | null;
  /** The fullest resource, such as `shanghai logic`; only of figures about load. */
  readonly binds?: string;
  /** The group that decides a figure with `by=`: the smallest under a lone `min`, else the largest. */
  readonly group?: SpeakingGroup;
  readonly verdict: Verdict;
  /** Why the verdict is unknown. */
  readonly why?: string;
  /** What a reader must know of the row. */
  readonly remarks?: readonly string[];
}

/** A published figure beside the simulated one. */
export interface ExpectRow extends Judged {
  readonly figure: string;
  readonly parts?: FigureParts;
  /** The judged band, inclusive, in the row's unit; `published` is its text. */
  readonly between?: readonly [number, number];
  readonly kind: "by-construction" | "as-it-comes";
  readonly published: string;
  readonly source: string;
  readonly fixedBy?: readonly string[];
}

/** A threshold beside the simulated figure. */
export interface ThresholdRow extends Judged {
  readonly figure: string;
  readonly parts?: FigureParts;
  readonly limit: string;
  /** The bounds that `limit` states, inclusive, in the row's unit; absent where it is open. */
  readonly min?: number;
  readonly max?: number;
  /** Present if the threshold is green only while something fails. */
  readonly shows?: "failure";
}

/** An invariant over all replications and twins. */
export interface InvariantRow {
  readonly name: string;
  readonly verdict: Verdict;
  /** The first breach, with its numbers. */
  readonly why?: string;
}

/** A parameter with its value and where the value comes from. */
export interface AssumptionRow {
  readonly parameter: string;
  readonly value: string;
  readonly provenance: "measured" | "published" | "assumed" | "calibrated";
  readonly source: string;
}

/** A fault or an intervention in the first replication. */
export type TimelineRow = Omit<TimelineEvent, "kind" | "id"> & Partial<Pick<TimelineEvent, "kind" | "id">>;

/** A replication that differs from the others in a judged figure by more than chance explains. */
export interface OddOneOut extends Pick<Interval, "value" | "atLeast"> {
  readonly replication: number;
  readonly figure: string;
  readonly parts?: FigureParts;
  readonly unit: string;
  /** The least and the greatest value of the others. */
  readonly others: readonly [number, number];
}

/** The scheduler's decisions in one replication. */
export interface ReplicationDecisions {
  readonly replication: number;
  readonly decisions: readonly Decision[];
}

/** All results of a run. */
export interface RunDocument {
  readonly schema: "firedrill.run/1";
  readonly tool: string;
  readonly scenario: { readonly name: string; readonly title: string; readonly fingerprint: string };
  /** What the command changed of the file by --set, --no-faults and --no-interventions; absent if nothing. */
  readonly changes?: readonly Changed[];
  readonly seed: string;
  readonly scale: string;
  readonly replications: number;
  readonly digest: string;
  readonly population: { readonly online: number; readonly rows: number };
  readonly events: number;
  readonly figures: Readonly<Record<string, FigureResult>>;
  readonly expect: readonly ExpectRow[];
  readonly thresholds: readonly ThresholdRow[];
  /** Rows that cannot be judged in this run, as written, each with the reason. */
  readonly notJudged: readonly string[];
  /** Those of them that leave the run inconclusive; absent without any. */
  readonly unproved?: readonly string[];
  readonly invariants: readonly InvariantRow[];
  /** Absent if there is none. */
  readonly oddOneOut?: OddOneOut;
  readonly timeline: readonly TimelineRow[];
  readonly decisions: readonly Decision[];
  readonly assumptions: readonly AssumptionRow[];
  readonly verdict: Verdict;
  /** True when the run was interrupted; then `replications` counts the finished ones. */
  readonly partial?: true;
}

/** One line of a chart: the mean over replications over simulated time, its 95 % band, and the twin's mean. */
export interface SeriesResult {
  /** The figure's canonical text, e.g. `loss.mean{region=chongqing}`; unique in a run. */
  readonly figure: string;
  readonly parts?: FigureParts;
  /** The line's name for readers, e.g. "Packet loss, Chongqing Unicom 2G and 3G". */
  readonly title: string;
  readonly unit: string;
  /** Seconds of simulated time of each sample. */
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly noFault?: readonly (number | null)[];
}

/** A chart with its lines. */
export interface ChartData extends Chart {
  readonly unit: string;
  readonly series: readonly SeriesResult[];
}

/** The data of charts and map, which `timeline.json` holds beside the document. */
export interface RunPictures {
  readonly charts: readonly ChartData[];
  /** All centres of the world: each has its colour by its place here. Absent in documents of earlier versions. */
  readonly centres?: readonly string[];
  /** Regions on the tile grid of the page's map, with the loss of each in its worst window, percent. */
  readonly tiles: readonly {
    readonly region: string;
    readonly code: string;
    readonly title: string;
    readonly tile: readonly [number, number];
    readonly loss: number | null;
    readonly noFault: number | null;
    /** The value of `map`'s figure in this region, if there is one, with and without what the twin lacks. */
    readonly value?: number | null;
    readonly valueNoFault?: number | null;
  }[];
  /** The judged figure that the map shows; without it the map shows the loss. */
  readonly map?: { readonly figure: string; readonly parts: FigureParts; readonly unit: string };
  readonly durationSeconds: number;
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

/** Facts about the machine and the time of a run, which are never part of the document. */
export interface Meta {
  readonly started: string;
  readonly wallSeconds: number;
  readonly eventsPerSecond: number;
  readonly memoryMiB: number;
  readonly workers: number;
  readonly host: string;
  readonly node: string;
  readonly v8: string;
  readonly reproduce: string;
}
