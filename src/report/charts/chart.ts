/** What each chart shows, as plain data that PNG and page are drawn from. */
import type { Level } from "../../scenario/metric.ts";
import type { Verdict } from "../../study/document.ts";
import type { DifferenceCause } from "../causes.ts";
import type { Marker } from "../moments.ts";

/** One line of a chart, with its 95 % band and its twin. */
export interface LineSeries {
  readonly label: string;
  /** Number of its colour, which what it shows has in all charts of the run. */
  readonly color: number;
  /** 0, or more for further lines of one colour, which are drawn paler. */
  readonly shade: number;
  /** Times in the chart's time unit. */
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly noFault?: readonly (number | null)[];
}

interface Common {
  /** File name without ending. */
  readonly name: string;
  readonly title: string;
  /** The run in one line, for under the title. */
  readonly caption: string;
  /** The chart in words, for readers who cannot see it. */
  readonly description: string;
  readonly unit: string;
  /** The cause that the run's twin lacks. */
  readonly lacks: DifferenceCause;
  readonly table: { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** A chart of lines over simulated time. */
export interface LineChart extends Common {
  readonly kind: "lines";
  readonly time: { readonly unit: string; readonly end: number; readonly step: number };
  readonly series: readonly LineSeries[];
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly markers: readonly Marker[];
  /** Layout of the key to the markers in a picture that stands alone. */
  readonly key: { readonly columns: number; readonly rows: number; readonly lineHeight: number };
  /** A level that is drawn across the chart. */
  readonly limit: Level | undefined;
  /** The height at which higher values are drawn. */
  readonly ceiling: number | undefined;
  /** Times of the scheduler's decisions. */
  readonly decisions: readonly number[];
  /** Published ranges of the lines, over their windows. */
  readonly published: readonly (Span & { readonly min: number; readonly max: number; readonly text: string })[];
  /** Limits that the lines are judged by, over their windows. */
  readonly limits: readonly (Span & { readonly at: number; readonly text: string })[];
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** True if an axis that shows it would flatten the lines. */
  readonly isFar: boolean;
}

/** A chart of judged figures: simulated intervals beside what was published, in one unit, or beside their limits. */
export interface IntervalChart extends Common {
  readonly kind: "intervals";
  /** True if each row has a scale of its own, from 0 to 100, with its limits on it. */
  readonly isOwnScale: boolean;
  readonly rows: readonly {
    readonly label: readonly string[];
    readonly published: readonly [number, number] | null;
    readonly value: number | null;
    readonly ci95: readonly [number, number] | null;
    readonly noFault: number | null;
    /** The simulated value and its interval. */
    readonly text: string;
    readonly verdict: Verdict;
    /** Limits on the row's own scale; the forbidden side is above a maximum and below a minimum. */
    readonly limits: readonly { readonly at: number; readonly text: string; readonly side: "max" | "min" }[];
    /** What stands at the left end of the row's own scale. */
    readonly begins: string;
    /** True if the row's own scale does not include 0. */
    readonly isCut: boolean;
  }[];
}

/** The definition of one chart. */
export type ChartDefinition = LineChart | IntervalChart;

/** The most judged figures in one picture. */
export const ROWS_A_CHART = 6;
