/**
 * Turns a chart's definition into a chart.js configuration. These functions run here for PNG and, as text, inside the report
 * page, so they use only their arguments and one another: no imported value.
 */
import type { ChartDefinition, IntervalChart, LineChart, LineSeries } from "./chart.ts";
import type { Palette } from "./palette.ts";

/** Colours and font of a chart. */
export interface Looks {
  readonly palette: Palette;
  readonly font: string;
  /** True for a picture that stands alone, which has its title and the key to its numbers. */
  readonly alone: boolean;
  /** True if there is no room for names beside rows: they stand above them. */
  readonly narrow: boolean;
  /** Writes a number with this many decimals. */
  readonly fixed: (value: number, decimals: number) => string;
}

/** Returns the colour of a line, paler for each further line of its colour. */
const colorOf = ({ palette }: Looks, { color, shade }: LineSeries): string => {
  const opaque = palette.series[color % palette.series.length] ?? palette.text;
  return `${opaque}${["", "99", "66", "44"][Math.min(shade, 3)] ?? ""}`;
};

/** Returns the radius of each dot: a value between gaps gets one, as no line touches it. */
const dotsOf = (values: readonly (number | null)[]): readonly number[] =>
  values.map((value, i) =>
    value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? 2.5 : 0,
  );

/** Lowers values above the ceiling to the ceiling. */
const underCeiling = (values: readonly (number | null)[], ceiling: number | undefined): readonly (number | null)[] =>
  ceiling === undefined ? values : values.map((value) => (value === null ? null : Math.min(value, ceiling)));

const lineSets = (definition: LineChart, looks: Looks) =>
  definition.series.flatMap((series) => {
    const color = colorOf(looks, series);
    const points = (values: readonly (number | null)[]) => {
      const shown = underCeiling(values, definition.ceiling);
      return series.at.map((at, k) => ({ x: at, y: shown[k] ?? null }));
    };
    const line = {
      label: series.label,
      data: points(series.value),
      borderColor: color,
      backgroundColor: color,
      borderWidth: 2,
      pointRadius: dotsOf(series.value),
      pointHitRadius: 8,
      twin: false,
    };
    if (series.noFault === undefined) return [line];
    const twin = {
      label: `${series.label}, without ${definition.lacks}`,
      data: points(series.noFault),
      borderDash: [5, 4],
      borderWidth: 1.5,
      twin: true,
    };
    return [line, { ...line, ...twin, pointRadius: dotsOf(series.noFault) }];
  });

const intervalSets = ({ rows, lacks }: IntervalChart, { palette }: Looks) => {
  const colors = rows.map(({ verdict }) => palette[verdict]);
  const shapes = { held: "circle", broken: "rectRot", unknown: "triangle" };
  return [
    {
      type: "line",
      label: "simulated",
      showLine: false,
      data: rows.map(({ value }) => value),
      pointBackgroundColor: colors,
      pointBorderColor: palette.background,
      pointBorderWidth: 1.5,
      pointRadius: 7,
      pointHoverRadius: 8,
      pointStyle: rows.map(({ verdict }) => shapes[verdict]),
      backgroundColor: palette.text,
      borderColor: palette.text,
      twin: false,
    },
    {
      type: "line",
      label: `without ${lacks}`,
      showLine: false,
      data: rows.map(({ noFault }) => noFault),
      pointBackgroundColor: palette.background,
      pointBorderColor: palette.muted,
      backgroundColor: palette.background,
      borderColor: palette.muted,
      pointBorderWidth: 2,
      pointRadius: 5,
      pointHoverRadius: 6,
      pointStyle: "circle",
      twin: false,
    },
    {
      type: "bar",
      label: "95 % interval",
      grouped: false,
      data: rows.map(({ ci95 }) => ci95),
      backgroundColor: colors,
      borderColor: colors,
      barThickness: 5,
      minBarLength: 2,
      twin: false,
    },
    {
      type: "bar",
      label: "published",
      grouped: false,
      data: rows.map(({ published }) => published),
      backgroundColor: `${palette.published}33`,
      borderColor: palette.published,
      borderWidth: 1.5,
      borderSkipped: false,
      barThickness: 24,
      minBarLength: 3,
      twin: false,
    },
  ];
};

/** Returns the least number of decimals that tells the marks of an axis apart. */
const decimalsOf = (values: readonly number[]): number => {
  const step = Math.min(...values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? 0))));
  if (!(step > 0 && step < Infinity)) return 0;
  let decimals = 0;
  while (decimals < 12 && Math.abs(step - Number(step.toFixed(decimals))) > step / 100) decimals += 1;
  return decimals;
};

const axisOf = (looks: Looks, title: string) => ({
  title: { display: title !== "", text: title, color: looks.palette.muted, font: { family: looks.font, size: 12 } },
  ticks: {
    color: looks.palette.muted,
    font: { family: looks.font, size: 12 },
    callback: (value: number, _: number, ticks: readonly { readonly value: number }[]): string =>
      looks.fixed(value, decimalsOf(ticks.map((tick) => tick.value))),
  },
  grid: { color: looks.palette.grid },
  border: { color: looks.palette.muted },
});

const extentOf = (values: readonly (number | null)[]) =>
  values.reduce<{ least: number; most: number }>(
    ({ least, most }, value) =>
      value === null ? { least, most } : { least: Math.min(least, value), most: Math.max(most, value) },
    { least: Infinity, most: -Infinity },
  );

/** True if the axis can begin at zero, where shares that are all near 100 % would look alike. */
const fromZero = ({ least, most }: { readonly least: number; readonly most: number }): boolean =>
  !Number.isFinite(least) || least <= most / 2;

/** Extends the range by the bands, but not so much that the lines have less than half of the height. */
const withBands = (
  lines: ReturnType<typeof extentOf>,
  bands: ReturnType<typeof extentOf>,
): { readonly least: number; readonly most: number } => {
  const spare = lines.most - Math.min(0, lines.least) || Infinity;
  return { least: Math.max(bands.least, lines.least - spare), most: Math.min(bands.most, lines.most + spare) };
};

/** Extends the range by published bands and limits, except those that would flatten the lines: the legend names them. */
const withJudged = (
  { least, most }: ReturnType<typeof extentOf>,
  { published, limits }: LineChart,
): { readonly least: number; readonly most: number } => {
  const near = [
    ...published.flatMap(({ min, max, isFar }) => (isFar ? [] : [min, max])),
    ...limits.flatMap(({ at, isFar }) => (isFar ? [] : [at])),
  ];
  return { least: Math.min(least, ...near), most: Math.max(most, ...near) };
};

/** Extends a range of percent to at least one point, so that noise does not look like an event. */
const notTooFine = ({ least, most }: ReturnType<typeof extentOf>, unit: string): ReturnType<typeof extentOf> => {
  const lacking = unit === "%" && Number.isFinite(least) ? Math.max(0, 1 - (most - least)) / 2 : 0;
  return { least: least - lacking, most: most <= 100 ? Math.min(100, most + lacking) : most };
};

/** Extends the range to the limit. */
const withLimit = (
  { least, most }: ReturnType<typeof extentOf>,
  limit: LineChart["limit"],
): ReturnType<typeof extentOf> =>
  limit === undefined ? { least, most } : { least: Math.min(least, limit.at), most: Math.max(most, limit.at) };

/** Returns the range of all that is drawn on a chart of lines; `isOver` if a band reaches above it. */
const drawnExtent = (definition: LineChart): ReturnType<typeof extentOf> & { readonly isOver: boolean } => {
  const { series, ceiling, limit } = definition;
  const capped = (values: readonly (number | null)[]) => extentOf(underCeiling(values, ceiling));
  const lines = capped(series.flatMap(({ value, noFault }) => [...value, ...(noFault ?? [])]));
  const bands = capped(
    series.flatMap(({ value, low, high, noFault }) => [...value, ...low, ...high, ...(noFault ?? [])]),
  );
  const judged = Number.isFinite(lines.least) ? withJudged(withBands(lines, bands), definition) : lines;
  const extent = withLimit(notTooFine(judged, definition.unit), limit);
  return { ...extent, isOver: bands.most > extent.most };
};

/** Names an axis, and says so if it does not begin at 0 or ends below the end of a band. */
const nameOf = (unit: string, isCut: boolean, isOver: boolean): string =>
  [
    { "%": "percent", s: "seconds", "/s": "a second", "/h": "an hour" }[unit] ?? unit,
    isCut ? "axis cut: no 0" : "",
    isOver ? "a band reaches higher" : "",
  ]
    .filter((part) => part !== "")
    .join(", ");

const lineScales = (definition: LineChart, looks: Looks) => {
  const extent = drawnExtent(definition);
  const key = looks.alone && definition.decisions.length > 0 ? " (triangles: decisions of the scheduler)" : "";
  const x = axisOf(looks, `simulated time, ${definition.time.unit}${key}`);
  const y = axisOf(looks, nameOf(definition.unit, !fromZero(extent), extent.isOver));
  const isFlat = !(extent.most > 0);
  return {
    x: {
      ...x,
      type: "linear",
      min: 0,
      max: definition.time.end,
      ticks: { ...x.ticks, stepSize: definition.time.step, maxRotation: 0 },
    },
    y: {
      ...y,
      type: "linear",
      grace: "8%",
      beginAtZero: fromZero(extent),
      ...(Number.isFinite(extent.least)
        ? { suggestedMin: extent.least, suggestedMax: isFlat ? 1 : extent.most }
        : { suggestedMax: 1 }),
      // A share near 100 % ends its axis there.
      ...(definition.unit === "%" && extent.most > 90 && extent.most <= 100 ? { max: 100 } : {}),
      // Where a band is cut off, the axis ends at its cut.
      ...(extent.isOver ? { max: extent.most, ticks: { ...y.ticks, includeBounds: false } } : {}),
    },
  };
};

const intervalScales = (definition: IntervalChart, looks: Looks) => {
  const y = axisOf(looks, "");
  const extent = extentOf(
    definition.rows.flatMap(({ published, ci95, noFault }) => [...(published ?? []), ...(ci95 ?? []), noFault]),
  );
  const x = axisOf(looks, nameOf(definition.unit, !fromZero(extent), false));
  const { color, font } = y.ticks;
  return {
    x: definition.isOwnScale
      ? { type: "linear", display: false, min: 0, max: 100 }
      : { ...x, type: "linear", grace: "6%", beginAtZero: fromZero(extent) },
    y: {
      ...y,
      type: "category",
      grid: { display: false },
      border: { display: !definition.isOwnScale, color },
      ticks: { display: !looks.narrow, font, color: looks.palette.text, autoSkip: false },
    },
  };
};

/** Returns all that chart.js needs to draw a definition once, except the marks, which are a plugin. */
export const configure = (definition: ChartDefinition, looks: Looks, legend: object) => {
  const sets = definition.kind === "lines" ? lineSets(definition, looks) : intervalSets(definition, looks);
  const key = definition.kind === "lines" ? definition.key.rows * definition.key.lineHeight + 10 : 0;
  const heading = (text: string, size: number, weight: string, color: string, bottom: number) => ({
    display: looks.alone,
    text,
    align: "start",
    color,
    font: { family: looks.font, size, weight },
    padding: { top: 0, bottom },
  });
  return {
    type: definition.kind === "lines" ? "line" : "bar",
    data: {
      datasets: sets,
      ...(definition.kind === "intervals" ? { labels: definition.rows.map(({ label }) => label) } : {}),
    },
    options: {
      animation: false,
      indexAxis: definition.kind === "lines" ? "x" : "y",
      locale: "en-US",
      maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: definition.kind === "lines" ? "x" : "y", intersect: false },
      layout: {
        padding: looks.alone
          ? { left: 20, right: 24, top: 18, bottom: 12 + key }
          : { left: 2, right: 10, top: 4, bottom: 4 },
      },
      scales: definition.kind === "lines" ? lineScales(definition, looks) : intervalScales(definition, looks),
      plugins: {
        title: heading(definition.title, 18, "600", looks.palette.text, 4),
        subtitle: heading(definition.caption, 12, "400", looks.palette.muted, 10),
        legend,
      },
    },
  };
};

/** A script that declares the functions above. */
export const CONFIGURE_SCRIPT = Object.entries({
  colorOf,
  dotsOf,
  underCeiling,
  lineSets,
  intervalSets,
  axisOf,
  extentOf,
  fromZero,
  withBands,
  withJudged,
  notTooFine,
  withLimit,
  drawnExtent,
  nameOf,
  decimalsOf,
  lineScales,
  intervalScales,
  configure,
})
  .map(([name, written]) => `const ${name} = ${written.toString()};`)
  .join("\n");
