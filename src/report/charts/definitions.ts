/**
 * Defines the charts of lines over time. Every chart also has a description in words and a table, for readers who cannot
 * see it.
 */
import { textOf } from "../../scenario/figure-parts.ts";
import type { ChartData, RunDocument, RunPictures, SeriesResult } from "../../study/document.ts";
import { bandOf, limitOf } from "../bounds.ts";
import { causeOf, type DifferenceCause } from "../causes.ts";
import { changedText } from "../changed.ts";
import type { ChartDefinition, LineChart } from "./chart.ts";
import { judgedCharts } from "./judged.ts";
import { type Named, partsIn, placeOfFigure } from "../labels.ts";
import { levelsOf } from "./levels.ts";
import { markersOf } from "../moments.ts";
import { isOfDifference } from "../older.ts";
import { colorsOf } from "./palette.ts";
import { printPlain } from "../../base/digits.ts";
import { printClock, printCount, printExact, printInterval, printNumber, writtenIn } from "../numbers.ts";

const ROWS_A_TABLE = 13;
const CELLS_A_TABLE = 80;
const MOST_DECISIONS = 200;
const MILLION = 1e6;
/** What lies this many times above the highest line would flatten the lines. */
const FAR = 4;
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

/** Returns the rows about the chart's lines, with their windows in the chart's time; a row without one is about the whole run. */
const rowsAbout = <Row extends Named>(
  rows: readonly Row[],
  subjects: ReadonlySet<string>,
  { windows, durationSeconds }: RunPictures,
  seconds: number,
) =>
  rows.flatMap((row) => {
    const { window: name = "run" } = partsIn(row);
    const whole = name === "run" ? { from: 0, to: durationSeconds } : undefined;
    const window = windows.find((one) => one.name === name) ?? whole;
    if (!subjects.has(subjectOf(row)) || window === undefined) return [];
    return [{ row, name, from: window.from / seconds, to: window.to / seconds }];
  });

const subjectsOf = ({ series }: ChartData): ReadonlySet<string> => new Set(series.map(subjectOf));

/** Names the line that a row is about, where the chart has several. */
const lineNamed = ({ series }: ChartData, row: Named): string => {
  const about = series.filter((one) => subjectOf(one) === subjectOf(row));
  const line = about.find((one) => partsIn(one).stat === partsIn(row).stat) ?? about[0];
  return series.length < 2 || line === undefined ? "" : ` (${nameOf(line)})`;
};

const publishedOf = (
  chart: ChartData,
  document: RunDocument,
  pictures: RunPictures,
  seconds: number,
): readonly Omit<LineChart["published"][number], "isFar">[] =>
  rowsAbout(document.expect, subjectsOf(chart), pictures, seconds).flatMap(({ row, from, to }) => {
    const { min, max } = bandOf(row) ?? {};
    if (min === undefined || max === undefined) return [];
    const { unit, inUnit } = writtenIn(row.unit, max);
    return [
      {
        from,
        to,
        min,
        max,
        text:
          `published ${printPlain(inUnit(min))}–${printPlain(inUnit(max))} ${unit}`.trimEnd() + lineNamed(chart, row),
      },
    ];
  });

/** Statistics of a line that its samples show; a percentile or a total is none of them. */
const SHOWN = ["mean", "share", "min", "max", "peak", "last"];

/** Returns the limits of thresholds about the lines themselves; those of other figures stand in a chart of their own. */
const limitsOf = (
  chart: ChartData,
  document: RunDocument,
  pictures: RunPictures,
  seconds: number,
): readonly Omit<LineChart["limits"][number], "isFar">[] =>
  rowsAbout(document.thresholds, subjectsOf(chart), pictures, seconds).flatMap(({ row, from, to }) => {
    if (!SHOWN.includes(partsIn(row).stat) || isOfDifference(row) || row.unit !== chart.unit) return [];
    const { min, max } = limitOf(row) ?? {};
    return [
      { at: min, words: "at least" },
      { at: max, words: "at most" },
    ].flatMap(({ at, words }) =>
      at === undefined
        ? []
        : [{ from, to, at, text: `limit: ${words} ${printExact(at, row.unit)}` + lineNamed(chart, row) }],
    );
  });

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
  const { unit: written, inUnit } = writtenIn(unit, highest, [
    lowest,
    ...(calm.length === 0 ? [] : [extreme(calm, false)]),
  ]);
  const print = (one: number): string => printNumber(inUnit(one));
  const twin =
    calm.length === 0
      ? ""
      : `; without ${lacks} at ${isSpare ? "least" : "most"} ${print(extreme(calm, isSpare))} ${written}`;
  const range = `from ${print(lowest)} to ${print(highest)} ${written}`;
  return `${title}: ${range}, ${isSpare ? "lowest" : "highest"} at ${when}${twin}.`;
};

/** Returns evenly spread indices, first and last among them. */
const spread = (count: number, most: number): readonly number[] =>
  count <= most
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));

const lineTable = (chart: ChartData, lacks: DifferenceCause): LineChart["table"] => {
  const columns = chart.series.reduce((sum, { noFault }) => sum + (noFault === undefined ? 1 : 2), 0);
  // Tiny times have their unit in each cell, as larger ones among them do not have it.
  const unit = chart.unit === "s" && sizeOf(chart).size < 1 ? "s" : "";
  const most = Math.max(5, Math.min(ROWS_A_TABLE, Math.floor(CELLS_A_TABLE / Math.max(1, columns))));
  const rows = spread(chart.series[0]?.at.length ?? 0, most);
  const cell = (value: number | null | undefined): string =>
    value === null || value === undefined ? "–" : printInterval({ value, ci95: [value, value] }, unit);
  const band = ({ value, low, high }: SeriesResult, i: number): string => {
    const [mean, from, to] = [value[i] ?? null, low[i] ?? null, high[i] ?? null];
    if (mean === null) return "–";
    return printInterval({ value: mean, ci95: [from ?? mean, to ?? mean] }, unit);
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

/** Returns the size and name of the axis' unit: millions for large numbers, µs for tiny times. */
const sizeOf = ({ series, unit }: ChartData) => {
  const greatest = (lists: readonly (readonly (number | null)[])[]): number =>
    finite(lists.flat()).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const most = greatest(series.map(({ value }) => value));
  if (most >= MILLION) return { size: MILLION, unit: `million ${unit}`.trimEnd() };
  const written = writtenIn(unit, most, [greatest(series.flatMap(({ high, noFault = [] }) => [high, noFault]))]);
  return { size: 1 / written.inUnit(1), unit: written.unit };
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

const centreOf = (series: SeriesResult): string | undefined => partsIn(series).labels["centre"]?.join();

const nameOf = (series: SeriesResult): string => placeOfFigure(series) ?? series.title;

/** Returns what each line's colour stands for: its centre unless the chart has several lines of one centre, else its own name. */
const coloredBy = ({ series }: ChartData): readonly string[] => {
  const comparesCentres = series.length === 1 || new Set(series.map(centreOf)).size > 1;
  return series.map((one) => (comparesCentres ? (centreOf(one) ?? nameOf(one)) : nameOf(one)));
};

type Colors = ReadonlyMap<string, number>;

const lineChart = (chart: ChartData, document: RunDocument, pictures: RunPictures, colors: Colors): LineChart => {
  const time = timeOf(pictures.durationSeconds);
  const { size, unit } = sizeOf(chart);
  const { limit, ceiling } = levelsOf(chart);
  const lacks = causeOf(document);
  const isAbove = chart.series.some(({ value }) => value.some((one) => (one ?? 0) > (ceiling?.at ?? Infinity)));
  const inUnit = (at: number): number => at / time.seconds;
  const subjects = coloredBy(chart);
  const most = Math.max(0, ...chart.series.flatMap(({ value, noFault = [] }) => finite([...value, ...noFault])));
  const isFar = (value: number): boolean => most > 0 && value > FAR * Math.min(most, ceiling?.at ?? Infinity);
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
    series: chart.series.map((series, i) => ({
      label: nameOf(series),
      color: colors.get(subjects[i]!)!,
      shade: subjects.slice(0, i).filter((subject) => subject === subjects[i]).length,
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
    published: publishedOf(chart, document, pictures, time.seconds).map((one) => ({
      ...one,
      min: one.min / size,
      max: one.max / size,
      isFar: isFar(one.max),
    })),
    limits: limitsOf(chart, document, pictures, time.seconds).map((one) => ({
      ...one,
      at: one.at / size,
      isFar: isFar(one.at),
    })),
  };
};

/** Returns all charts of a run, judged figures first. */
export const chartDefinitions = (document: RunDocument, pictures: RunPictures): readonly ChartDefinition[] => {
  const colors = colorsOf(pictures.charts.map(coloredBy), pictures.centres);
  return [
    ...judgedCharts(document, captionOf(document)),
    ...pictures.charts.map((chart) => lineChart(chart, document, pictures, colors)),
  ];
};
