/**
 * A run's document: all that a run found, in the shape that scripts rely on (`firedrill.run/1`).
 *
 * Facts stand beside the texts that people read. Documents of earlier versions have the texts alone: they lack
 * `parts`, `min` and `max`, `kind` and `id` of an event, `cause`, and `limit` and `ceiling` of a chart.
 *
 * Percent as percent, times in seconds of simulated time. Nothing here depends on the machine, the
 * hour or the number of workers; such facts are in `Meta`.
 */

import type { FigureParts } from "../scenario/figure-parts.ts";
import type { Decision, TimelineEvent } from "../simulate/findings.ts";
import type { Chart } from "../simulate/replication.ts";

export type Verdict = "held" | "broken" | "unknown";

export interface Interval {
  readonly value: number;
  readonly ci95: readonly [number, number];
  /** Some replications had not come to an end where the figure is cut off: it is at least this much. */
  readonly atLeast?: true;
}

export interface FigureResult extends Interval {
  readonly unit: string;
  /** Replications with data. */
  readonly n: number;
  /** The same seeds without any fault or intervention, and the paired difference. Absent without a twin. */
  readonly noFault?: Interval;
  readonly difference?: Interval;
  /** With `by=`: every group; the figure itself is the largest. */
  readonly groups?: Readonly<Record<string, Interval>>;
  readonly parts?: FigureParts;
}

export interface ExpectRow {
  readonly figure: string;
  readonly parts?: FigureParts;
  /** The band that is judged, inclusive, in the row's unit; `published` is what people call it. */
  readonly between?: readonly [number, number];
  readonly kind: "by-construction" | "as-it-comes";
  readonly published: string;
  readonly source: string;
  readonly fixedBy?: readonly string[];
  readonly value: number | null;
  readonly unit: string;
  readonly ci95: readonly [number, number] | null;
  readonly atLeast?: true;
  readonly binds?: string;
  readonly verdict: Verdict;
}

export interface ThresholdRow {
  readonly figure: string;
  readonly parts?: FigureParts;
  readonly limit: string;
  /** What `limit` says, inclusive, in the row's unit; absent where it is open. */
  readonly min?: number;
  readonly max?: number;
  readonly value: number | null;
  readonly unit: string;
  readonly ci95: readonly [number, number] | null;
  readonly atLeast?: true;
  /** Of how full things are: which of them is fullest, such as `shanghai logic`. */
  readonly binds?: string;
  /** It is green only while something fails. */
  readonly shows?: "failure";
  readonly verdict: Verdict;
}

export interface InvariantRow {
  readonly name: string;
  readonly verdict: Verdict;
  /** What broke it, with the numbers. */
  readonly why?: string;
}

export interface AssumptionRow {
  readonly parameter: string;
  readonly value: string;
  readonly provenance: "measured" | "published" | "assumed" | "calibrated";
  readonly source: string;
}

/** Something that was done to the world. */
export type TimelineRow = Omit<TimelineEvent, "kind" | "id"> & Partial<Pick<TimelineEvent, "kind" | "id">>;

export interface RunDocument {
  readonly schema: "firedrill.run/1";
  readonly tool: string;
  readonly scenario: { readonly name: string; readonly title: string; readonly fingerprint: string };
  readonly seed: string;
  readonly scale: string;
  readonly replications: number;
  readonly digest: string;
  readonly population: { readonly online: number; readonly rows: number };
  readonly events: number;
  readonly figures: Readonly<Record<string, FigureResult>>;
  readonly expect: readonly ExpectRow[];
  readonly thresholds: readonly ThresholdRow[];
  /** What was asked and cannot be judged in this run, as written, with the reason. */
  readonly notJudged: readonly string[];
  readonly invariants: readonly InvariantRow[];
  readonly timeline: readonly TimelineRow[];
  readonly decisions: readonly Decision[];
  readonly assumptions: readonly AssumptionRow[];
  readonly verdict: Verdict;
  /** True when the run was interrupted; then `replications` counts the finished ones. */
  readonly partial?: true;
}

/** One line of a chart: a figure over simulated time, mean over replications with its 95 % band, and the twin's mean. */
export interface SeriesResult {
  /** E.g. `loss.mean{region=chongqing}`; unique in a run. */
  readonly figure: string;
  readonly parts?: FigureParts;
  /** For people, e.g. "Packet loss, Chongqing Unicom 2G and 3G". */
  readonly title: string;
  readonly unit: string;
  /** Seconds of simulated time, the middle of each sample. */
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly noFault?: readonly (number | null)[];
}

/** Several series drawn on one pair of axes. */
export interface ChartData extends Chart {
  readonly unit: string;
  readonly series: readonly SeriesResult[];
}

/** Beside the document: what pictures are drawn from. Written to `timeline.json`. */
export interface RunPictures {
  readonly charts: readonly ChartData[];
  /** Where regions lie on the tile grid, with the loss of each in the worst window, for the page's map. */
  readonly tiles: readonly {
    readonly region: string;
    readonly code: string;
    readonly title: string;
    readonly tile: readonly [number, number];
    readonly loss: number | null;
    readonly noFault: number | null;
  }[];
  readonly durationSeconds: number;
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

/** What depends on the machine and the hour. Never part of the document. */
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
