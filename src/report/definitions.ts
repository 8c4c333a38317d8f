/**
 * What each chart shows, as plain data: drawn as PNG and, from the same definitions, in the page. Every chart
 * also says itself in words and as a table, for those who cannot see it.
 */
import type { TimelineEvent } from "../simulate/findings.ts";
import type { ChartData, ExpectRow, RunDocument, RunPictures, SeriesResult, Verdict } from "../study/document.ts";
import { bandOf } from "./bounds.ts";
import { labelOf, partsOf, placeOfFigure } from "./labels.ts";
import { printClock, printCount, printInterval, printNumber } from "./numbers.ts";
import { printMeasured } from "./verdict.ts";

export interface LineSeries {
  readonly label: string;
  /** In the chart's time unit. */
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly noFault?: readonly (number | null)[];
}

/** What happened at one instant; several events may share it. */
export interface Marker {
  readonly at: number;
  readonly number: string;
  readonly text: string;
}

interface Common {
  /** File name without ending. */
  readonly name: string;
  readonly title: string;
  /** Which run, in one line under the title. */
  readonly caption: string;
  /** The chart in words. */
  readonly description: string;
  readonly unit: string;
  readonly table: { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export interface LineChart extends Common {
  readonly kind: "lines";
  readonly time: { readonly unit: string; readonly end: number; readonly step: number };
  readonly series: readonly LineSeries[];
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly markers: readonly Marker[];
  /** How the key to the markers is laid out where the picture stands alone. */
  readonly key: { readonly columns: number; readonly rows: number; readonly lineHeight: number };
  /** Where all that there is is used, on charts of loads. */
  readonly limit: number | undefined;
  /** When the scheduler decided something. */
  readonly decisions: readonly number[];
  /** What was published about a series, over its window. */
  readonly published: readonly {
    readonly from: number;
    readonly to: number;
    readonly min: number;
    readonly max: number;
    readonly text: string;
  }[];
}

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

export type ChartDefinition = LineChart | IntervalChart;

/** Rows of published figures on one picture. */
export const ROWS_A_CHART = 8;
const ROWS_A_TABLE = 13;
const CELLS_A_TABLE = 80;
const MOST_MARKERS = 12;
const MOST_DECISIONS = 200;
const LABEL_WIDTH = 30;
const MILLION = 1e6;
/** Characters that fit half a picture, about. */
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

const captionOf = ({ scenario, scale, replications, seed, partial }: RunDocument): string =>
  `${scenario.title} · scale ${scale} · ${printCount(replications, "replication")}${partial === true ? ", interrupted" : ""} · seed ${seed}`;

/** Faults and interventions, or everything where the timeline has no such words. */
const markedEvents = (timeline: readonly TimelineEvent[]): readonly TimelineEvent[] => {
  const named = timeline.filter(({ what }) => /\b(fault|intervention)\b/i.test(what));
  return named.length > 0 ? named : timeline;
};

/** When something was done to the world, in order of time; what happens at one instant is one moment. */
export const momentsOf = ({ timeline }: RunDocument): readonly { readonly at: number; readonly text: string }[] => {
  const texts = new Map<number, string[]>();
  for (const { at, what, who } of markedEvents(timeline).toSorted((a, b) => a.at - b.at)) {
    const text = who === "" ? what : `${what} (${who})`;
    texts.set(at, [...(texts.get(at) ?? []), text]);
  }
  return [...texts].map(([at, words]) => ({ at, text: words.join("; ") }));
};

/** The moments that have a numbered mark in every chart: the first ones, where there are too many to tell apart. */
export const markersOf = (document: RunDocument): readonly Marker[] =>
  momentsOf(document)
    .slice(0, MOST_MARKERS)
    .map((moment, i) => ({ ...moment, number: String(i + 1) }));

/** A figure without its window: what a published figure and a series have in common. */
const subjectOf = (figure: string): string => {
  const { metric, matchers } = partsOf(figure);
  const words = matchers.map(({ label, values, negated }) => `${label}${negated ? "!" : ""}=${values.join("/")}`);
  return [metric, ...words.sort()].join(" ");
};

const publishedOf = (
  chart: ChartData,
  document: RunDocument,
  pictures: RunPictures,
  seconds: number,
): LineChart["published"] => {
  const subjects = new Set(chart.series.map(({ figure }) => subjectOf(figure)));
  return document.expect.flatMap((row) => {
    const bounds = bandOf(row);
    const window = pictures.windows.find(({ name }) => name === partsOf(row.figure).window);
    if (!subjects.has(subjectOf(row.figure)) || window === undefined) return [];
    if (bounds?.min === undefined || bounds.max === undefined) return [];
    const text = `published ${printNumber(bounds.min)}–${printNumber(bounds.max)} ${row.unit}`;
    return [{ from: window.from / seconds, to: window.to / seconds, min: bounds.min, max: bounds.max, text }];
  });
};

const finite = (values: readonly (number | null)[]): readonly number[] => values.filter((value) => value !== null);

const describeSeries = ({ title, value, at, unit, noFault }: SeriesResult): string => {
  const numbers = finite(value);
  if (numbers.length === 0) return `${title}: no data.`;
  const highest = numbers.reduce((a, b) => Math.max(a, b));
  const lowest = numbers.reduce((a, b) => Math.min(a, b));
  const when = printClock(at[value.indexOf(highest)] ?? 0);
  const calm = finite(noFault ?? []);
  const twin =
    calm.length === 0
      ? ""
      : `; without the fault at most ${printNumber(calm.reduce((a, b) => Math.max(a, b)))} ${unit}`;
  return `${title}: from ${printNumber(lowest)} to ${printNumber(highest)} ${unit}, highest at ${when}${twin}.`;
};

/** Evenly spread indices, first and last among them. */
const spread = (count: number, most: number): readonly number[] =>
  count <= most
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));

const lineTable = (chart: ChartData): Common["table"] => {
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
        noFault === undefined ? [title] : [title, `${title}, without the fault`],
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

/** Millions on an axis that says so, where its numbers would be long and alike. */
const sizeOf = ({ series, unit }: ChartData) => {
  const isLarge = series.some(({ value }) => value.some((one) => Math.abs(one ?? 0) >= MILLION));
  return isLarge ? { size: MILLION, unit: `million ${unit}`.trimEnd() } : { size: 1, unit };
};

/** Long texts get the whole width while they are few. */
const keyOf = (markers: LineChart["markers"]): LineChart["key"] => {
  const columns = markers.length <= 6 && markers.some(({ text }) => text.length > HALF_WIDTH) ? 1 : 2;
  return { columns, rows: Math.ceil(markers.length / columns), lineHeight: 18 };
};

/** When something was decided; evenly thinned out where marks would run into each other. */
const decisionTimes = ({ decisions }: RunDocument): readonly number[] => {
  const times = [...new Set(decisions.map(({ at }) => at))];
  return spread(times.length, MOST_DECISIONS).map((place) => times[place]!);
};

const lineChart = (chart: ChartData, document: RunDocument, pictures: RunPictures): LineChart => {
  const time = timeOf(pictures.durationSeconds);
  const { size, unit } = sizeOf(chart);
  const inUnit = (at: number): number => at / time.seconds;
  const markers = markersOf(document).map((marker) => ({ ...marker, at: inUnit(marker.at) }));
  const sized = (values: readonly (number | null)[]) =>
    size === 1 ? values : values.map((value) => (value === null ? null : value / size));
  return {
    kind: "lines",
    name: chart.name,
    title: chart.title,
    caption: captionOf(document),
    description: chart.series.length === 0 ? "No data." : chart.series.map(describeSeries).join(" "),
    unit,
    table: lineTable(chart),
    time: { unit: time.unit, end: time.end, step: time.step },
    series: chart.series.map(({ figure, title, at, value, low, high, noFault }) => ({
      label: placeOfFigure(figure) ?? title,
      at: at.map(inUnit),
      value: sized(value),
      low: sized(low),
      high: sized(high),
      ...(noFault === undefined ? {} : { noFault: sized(noFault) }),
    })),
    windows: pictures.windows
      .filter(({ name }) => name !== "run")
      .map(({ name, from, to }) => ({ name, from: inUnit(from), to: inUnit(to) })),
    markers,
    key: keyOf(markers),
    limit: chart.name.includes("load") ? 100 : undefined,
    decisions: decisionTimes(document).map(inUnit),
    published: publishedOf(chart, document, pictures, time.seconds),
  };
};

/** Words in lines of about equal length, for the axis of the published figures. */
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

const intervalChart = (rows: readonly ExpectRow[], document: RunDocument, name: string): IntervalChart => ({
  kind: "intervals",
  name,
  title: "Published and simulated",
  caption: captionOf(document),
  description: rows
    .map(
      (row) => `${labelOf(row.figure)}: published ${row.published}, simulated ${printMeasured(row)}, ${row.verdict}.`,
    )
    .join(" "),
  unit: rows[0]?.unit ?? "",
  table: {
    header: ["figure", "published", "simulated [95 % CI]", "verdict"],
    rows: rows.map((row) => [labelOf(row.figure), row.published, printMeasured(row), row.verdict]),
  },
  rows: rows.map((row) => {
    const bounds = bandOf(row);
    const { min, max } = bounds ?? {};
    return {
      label: inLines(labelOf(row.figure)),
      published:
        min === undefined && max === undefined ? null : [min ?? 0, max ?? Math.max(min ?? 0, row.ci95?.[1] ?? 0)],
      value: row.value,
      ci95: row.ci95,
      noFault: document.figures[row.figure]?.noFault?.value ?? null,
      text: printMeasured(row),
      verdict: row.verdict,
    };
  }),
});

const UNIT_NAMES: Readonly<Record<string, string>> = { "%": "percent", s: "seconds", "": "numbers" };

/** One chart for each unit, as one axis cannot carry two, and no more rows than can be read. */
const intervalCharts = (document: RunDocument): readonly IntervalChart[] =>
  [...new Set(document.expect.map(({ unit }) => unit))].flatMap((unit) => {
    const rows = document.expect.filter((row) => row.unit === unit);
    const name = `published-${UNIT_NAMES[unit] ?? unit.replaceAll(/[^a-z0-9]+/gi, "-")}`;
    return Array.from({ length: Math.ceil(rows.length / ROWS_A_CHART) }, (_, i) =>
      intervalChart(
        rows.slice(i * ROWS_A_CHART, (i + 1) * ROWS_A_CHART),
        document,
        i === 0 ? name : `${name}-${String(i + 1)}`,
      ),
    );
  });

/** All charts of a run, published figures first. */
export const chartDefinitions = (document: RunDocument, pictures: RunPictures): readonly ChartDefinition[] => [
  ...intervalCharts(document),
  ...pictures.charts.map((chart) => lineChart(chart, document, pictures)),
];
