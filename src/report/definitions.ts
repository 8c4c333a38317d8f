/**
 * Defines what each chart shows, as plain data that PNG and page are drawn from. Every chart also has a description in words
 * and a table, for readers who cannot see it.
 */
import { textOf } from "../scenario/figure-parts.ts";
import type { Level } from "../scenario/metric.ts";
import type { ChartData, ExpectRow, RunDocument, RunPictures, SeriesResult, Verdict } from "../study/document.ts";
import { bandOf } from "./bounds.ts";
import { causeOf, type DifferenceCause } from "./causes.ts";
import { changedText } from "./changed.ts";
import { labelOf, type Named, partsIn, placeOfFigure } from "./labels.ts";
import { levelsOf } from "./levels.ts";
import { markersOf, type Marker } from "./moments.ts";
import { printClock, printCount, printInterval, printNumber } from "./numbers.ts";
import { printMeasured } from "./measured.ts";

/** One line of a chart, with its 95 % band and its twin. */
export interface LineSeries {
  readonly label: string;
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
  readonly published: readonly {
    readonly from: number;
    readonly to: number;
    readonly min: number;
    readonly max: number;
    readonly text: string;
  }[];
}

/** A chart of published figures beside the simulated intervals, all in one unit. */
export interface IntervalChart extends Common {
  readonly kind: "intervals";
  readonly rows: readonly {
    readonly label: readonly string[];
    readonly published: readonly [number, number] | null;
    readonly value: number | null;
    readonly ci95: readonly [number, number] | null;
    readonly noFault: number | null;
    /** The simulated value and its interval. */
    readonly text: string;
    readonly verdict: Verdict;
  }[];
}

/** The definition of one chart. */
export type ChartDefinition = LineChart | IntervalChart;

/** The most published figures in one picture. */
export const ROWS_A_CHART = 8;
const ROWS_A_TABLE = 13;
const CELLS_A_TABLE = 80;
const MOST_DECISIONS = 200;
const LABEL_WIDTH = 30;
const MILLION = 1e6;
/** About as many characters as fit half a picture. */
const HALF_WIDTH = 68;

const TIME_UNITS = [
  { unit: "hours", seconds: 3600, from: 8 * 3600 },
  { unit: "minutes", seconds: 60, from: 8 * 60 },
  { unit: "seconds", seconds: 1, from: 0 },
] as const;
const STEPS = [1, 2, 3, 5, 6, 10, 12, 15, 20, 24, 30, 60, 120, 240, 300, 600];
const MOST_TICKS = 13;

const timeOf = (durationSeconds: number) => {
  const { unit, seconds } = TIME_UNITS.find(({ from }) => durationSeconds >= from) ?? TIME_UNITS[2];
  const end = durationSeconds / seconds;
  return { unit, seconds, end, step: STEPS.find((step) => end / step <= MOST_TICKS) ?? end };
};

const captionOf = ({ scenario, scale, replications, seed, partial, ...document }: RunDocument): string =>
  `${scenario.title} · scale ${scale} · ${printCount(replications, "replication")}${partial === true ? ", interrupted" : ""} · seed ${seed}${changedPart(document)}`;

const changedPart = (document: Pick<RunDocument, "changes">): string => {
  const text = changedText(document);
  return text === undefined ? "" : ` · ${text}`;
};

/** Returns a figure's text without stat and window: it is the same for a published figure and its line. */
const subjectOf = (named: Named): string => {
  const { stat, window, ...subject } = partsIn(named);
  return textOf({ ...subject, stat: "" });
};

const publishedOf = (
  chart: ChartData,
  document: RunDocument,
  pictures: RunPictures,
  seconds: number,
): LineChart["published"] => {
  const subjects = new Set(chart.series.map(subjectOf));
  return document.expect.flatMap((row) => {
    const bounds = bandOf(row);
    const window = pictures.windows.find(({ name }) => name === partsIn(row).window);
    if (!subjects.has(subjectOf(row)) || window === undefined) return [];
    if (bounds?.min === undefined || bounds.max === undefined) return [];
    const text = `published ${printNumber(bounds.min)}–${printNumber(bounds.max)} ${row.unit}`;
    return [{ from: window.from / seconds, to: window.to / seconds, min: bounds.min, max: bounds.max, text }];
  });
};

const finite = (values: readonly (number | null)[]): readonly number[] => values.filter((value) => value !== null);

/** Describes one line: for headroom and margin by its minimum, for all others by its maximum. */
const describeSeries = (
  { title, value, at, unit, noFault }: SeriesResult,
  lacks: DifferenceCause,
  isSpare: boolean,
): string => {
  const numbers = finite(value);
  if (numbers.length === 0) return `${title}: no data.`;
  const extreme = (values: readonly number[], isLeast: boolean): number =>
    values.reduce((a, b) => (isLeast ? Math.min(a, b) : Math.max(a, b)));
  const [lowest, highest] = [extreme(numbers, true), extreme(numbers, false)];
  const when = printClock(at[value.indexOf(isSpare ? lowest : highest)] ?? 0);
  const calm = finite(noFault ?? []);
  const twin =
    calm.length === 0
      ? ""
      : `; without ${lacks} at ${isSpare ? "least" : "most"} ${printNumber(extreme(calm, isSpare))} ${unit}`;
  const range = `from ${printNumber(lowest)} to ${printNumber(highest)} ${unit}`;
  return `${title}: ${range}, ${isSpare ? "lowest" : "highest"} at ${when}${twin}.`;
};

/** Returns evenly spread indices, first and last among them. */
const spread = (count: number, most: number): readonly number[] =>
  count <= most
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));

const lineTable = (chart: ChartData, lacks: DifferenceCause): Common["table"] => {
  const columns = chart.series.reduce((sum, { noFault }) => sum + (noFault === undefined ? 1 : 2), 0);
  const most = Math.max(5, Math.min(ROWS_A_TABLE, Math.floor(CELLS_A_TABLE / Math.max(1, columns))));
  const rows = spread(chart.series[0]?.at.length ?? 0, most);
  const cell = (value: number | null | undefined): string =>
    value === null || value === undefined ? "–" : printInterval({ value, ci95: [value, value] }, "");
  const band = ({ value, low, high }: SeriesResult, i: number): string => {
    const [mean, from, to] = [value[i] ?? null, low[i] ?? null, high[i] ?? null];
    if (mean === null) return "–";
    return printInterval({ value: mean, ci95: [from ?? mean, to ?? mean] }, "");
  };
  return {
    header: [
      "time",
      ...chart.series.flatMap(({ title, noFault }) =>
        noFault === undefined ? [title] : [title, `${title}, without ${lacks}`],
      ),
    ],
    rows: rows.map((i) => [
      printClock(chart.series[0]?.at[i] ?? 0),
      ...chart.series.flatMap((one) =>
        one.noFault === undefined ? [band(one, i)] : [band(one, i), cell(one.noFault[i])],
      ),
    ]),
  };
};

/** Returns the size and name of the axis' unit: millions for large numbers. */
const sizeOf = ({ series, unit }: ChartData) => {
  const isLarge = series.some(({ value }) => value.some((one) => Math.abs(one ?? 0) >= MILLION));
  return isLarge ? { size: MILLION, unit: `million ${unit}`.trimEnd() } : { size: 1, unit };
};

/** Lays the key out in one column if its texts are few and long, else in two. */
const keyOf = (markers: LineChart["markers"]): LineChart["key"] => {
  const columns = markers.length <= 6 && markers.some(({ text }) => text.length > HALF_WIDTH) ? 1 : 2;
  return { columns, rows: Math.ceil(markers.length / columns), lineHeight: 18 };
};

/** Returns the times of decisions, thinned out evenly if their marks would run into each other. */
const decisionTimes = ({ decisions }: RunDocument): readonly number[] => {
  const times = [...new Set(decisions.map(({ at }) => at))];
  return spread(times.length, MOST_DECISIONS).map((place) => times[place]!);
};

/** Removes a band wherever the value is above the ceiling, as such a value is drawn at the ceiling. */
const bandBelow = (
  edge: readonly (number | null)[],
  value: readonly (number | null)[],
  ceiling = Infinity,
): readonly (number | null)[] => edge.map((one, i) => ((value[i] ?? 0) > ceiling ? null : one));

const lineChart = (chart: ChartData, document: RunDocument, pictures: RunPictures): LineChart => {
  const time = timeOf(pictures.durationSeconds);
  const { size, unit } = sizeOf(chart);
  const { limit, ceiling } = levelsOf(chart);
  const lacks = causeOf(document);
  const isAbove = chart.series.some(({ value }) => value.some((one) => (one ?? 0) > (ceiling?.at ?? Infinity)));
  const inUnit = (at: number): number => at / time.seconds;
  const markers = markersOf(document).map((marker) => ({ ...marker, at: inUnit(marker.at) }));
  const sized = (values: readonly (number | null)[]) =>
    size === 1 ? values : values.map((value) => (value === null ? null : value / size));
  return {
    kind: "lines",
    name: chart.name,
    title: isAbove ? `${chart.title}, ${ceiling!.text}` : chart.title,
    caption: captionOf(document),
    description:
      chart.series.length === 0
        ? "No data."
        : chart.series.map((series) => describeSeries(series, lacks, limit?.at === 0)).join(" "),
    unit,
    lacks,
    table: lineTable(chart, lacks),
    time: { unit: time.unit, end: time.end, step: time.step },
    series: chart.series.map((series) => ({
      label: placeOfFigure(series) ?? series.title,
      at: series.at.map(inUnit),
      value: sized(series.value),
      low: sized(bandBelow(series.low, series.value, ceiling?.at)),
      high: sized(bandBelow(series.high, series.value, ceiling?.at)),
      ...(series.noFault === undefined ? {} : { noFault: sized(series.noFault) }),
    })),
    windows: pictures.windows
      .filter(({ name }) => name !== "run")
      .map(({ name, from, to }) => ({ name, from: inUnit(from), to: inUnit(to) })),
    markers,
    key: keyOf(markers),
    limit,
    ceiling: ceiling?.at,
    decisions: decisionTimes(document).map(inUnit),
    published: publishedOf(chart, document, pictures, time.seconds),
  };
};

/** Breaks a label into lines of about equal length, for the axis of the published figures. */
const inLines = (label: string): readonly string[] => {
  const lines: string[] = [];
  for (const part of label.split(" · ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= LABEL_WIDTH)
      lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(part);
  }
  return lines;
};

/** Returns the mean of the replications that were not cut off; null without any. */
const seenIn = (one: Pick<ExpectRow, "value" | "cutOff"> | undefined): number | null =>
  one?.cutOff === undefined ? (one?.value ?? null) : one.cutOff.seen;

const intervalChart = (rows: readonly ExpectRow[], document: RunDocument, name: string): IntervalChart => ({
  kind: "intervals",
  name,
  title: "Published and simulated",
  caption: captionOf(document),
  description: rows
    .map((row) => `${labelOf(row)}: published ${row.published}, simulated ${printMeasured(row)}, ${row.verdict}.`)
    .join(" "),
  unit: rows[0]?.unit ?? "",
  lacks: causeOf(document),
  table: {
    header: ["figure", "published", "simulated [95 % CI]", "verdict"],
    rows: rows.map((row) => [labelOf(row), row.published, printMeasured(row), row.verdict]),
  },
  rows: rows.map((row) => {
    const bounds = bandOf(row);
    const { min, max } = bounds ?? {};
    return {
      label: inLines(labelOf(row)),
      published:
        min === undefined && max === undefined ? null : [min ?? 0, max ?? Math.max(min ?? 0, row.ci95?.[1] ?? 0)],
      value: seenIn(row),
      ci95: row.ci95,
      noFault: seenIn(document.figures[row.figure]?.noFault),
      text: printMeasured(row),
      verdict: row.verdict,
    };
  }),
});

const UNIT_NAMES: ReadonlyMap<string, string> = new Map([
  ["%", "percent"],
  ["s", "seconds"],
  ["", "numbers"],
]);

/** Returns charts of the published figures, one for each unit, each with at most `ROWS_A_CHART` rows. */
const intervalCharts = (document: RunDocument): readonly IntervalChart[] =>
  [...new Set(document.expect.map(({ unit }) => unit))].flatMap((unit) => {
    const rows = document.expect.filter((row) => row.unit === unit);
    const name = `published-${UNIT_NAMES.get(unit) ?? unit.replaceAll(/[^a-z0-9]+/gi, "-")}`;
    return Array.from({ length: Math.ceil(rows.length / ROWS_A_CHART) }, (_, i) =>
      intervalChart(
        rows.slice(i * ROWS_A_CHART, (i + 1) * ROWS_A_CHART),
        document,
        i === 0 ? name : `${name}-${String(i + 1)}`,
      ),
    );
  });

/** Returns all charts of a run, published figures first. */
export const chartDefinitions = (document: RunDocument, pictures: RunPictures): readonly ChartDefinition[] => [
  ...intervalCharts(document),
  ...pictures.charts.map((chart) => lineChart(chart, document, pictures)),
];
