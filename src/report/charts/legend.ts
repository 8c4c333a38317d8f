/**
 * Builds the legends of charts: lines, and the limits and published ranges across them, so that no label covers a line. These
 * functions run here for PNG and, as text, inside the report page, so they use only their arguments and one another.
 */
import type { ChartDefinition, IntervalChart, LineChart } from "./chart.ts";
import type { Looks } from "./configure.ts";

interface LegendChart {
  readonly data: {
    readonly datasets: readonly { readonly label?: string; readonly borderColor?: unknown; readonly twin?: boolean }[];
  };
  isDatasetVisible(index: number): boolean;
  setDatasetVisibility(index: number, isVisible: boolean): void;
  update(): void;
}

/** An entry of a legend; it belongs to no line if its index is negative. */
const legendEntry = (looks: Looks, chart: LegendChart, text: string, datasetIndex: number, style: object) => ({
  text,
  datasetIndex,
  fontColor: looks.palette.text,
  lineWidth: 2,
  hidden: datasetIndex >= 0 && !chart.isDatasetVisible(datasetIndex),
  ...style,
});

const intervalItems = (definition: IntervalChart, looks: Looks, chart: LegendChart) => {
  const { text, muted, background, published, broken } = looks.palette;
  const items = [
    { name: "simulated", pointStyle: "circle", fillStyle: text, strokeStyle: text },
    { name: `without ${definition.lacks}`, pointStyle: "circle", fillStyle: background, strokeStyle: muted },
    { name: "95 % interval", pointStyle: "line", lineWidth: 5, strokeStyle: text },
    definition.isOwnScale
      ? { name: "limit, and beyond it", pointStyle: "rect", fillStyle: `${broken}22`, strokeStyle: broken }
      : { name: "published", pointStyle: "rect", fillStyle: `${published}33`, strokeStyle: published },
  ];
  const hasTwin = definition.rows.some(({ noFault }) => noFault !== null);
  return items
    .map(({ name, ...style }, i) => legendEntry(looks, chart, name, definition.isOwnScale && i === 3 ? -1 : i, style))
    .filter((_, i) => i !== 1 || hasTwin);
};

/** Returns entries for limits and published ranges, which have no label of their own on the lines. */
const levelItems = (definition: LineChart, looks: Looks, chart: LegendChart) => {
  const { broken, published } = looks.palette;
  const level = { pointStyle: "line", strokeStyle: broken, lineDash: [10, 3, 2, 3] };
  const band = { pointStyle: "rect", fillStyle: `${published}33`, strokeStyle: published };
  const named = (text: string, isFar: boolean): string => (isFar ? `${text} (above the chart)` : text);
  const texts = [
    ...(definition.limit === undefined ? [] : [{ text: definition.limit.text, style: level }]),
    ...definition.limits.map(({ text, isFar }) => ({ text: named(text, isFar), style: level })),
    ...definition.published.map(({ text, isFar }) => ({ text: named(text, isFar), style: band })),
  ];
  return texts
    .filter(({ text }, i) => texts.findIndex((one) => one.text === text) === i)
    .map(({ text, style }) => legendEntry(looks, chart, text, -1, style));
};

/** Names all twins in one dashed entry, as a chart of eight lines would otherwise have sixteen. */
const legendItems = (definition: ChartDefinition, looks: Looks, chart: LegendChart) => {
  if (definition.kind === "intervals") return intervalItems(definition, looks, chart);
  const { datasets } = chart.data;
  const many = definition.series.length > 1;
  const lines = datasets.flatMap(({ label = "", borderColor, twin = false }, i) => {
    const stroke = { pointStyle: "line", strokeStyle: twin && many ? looks.palette.muted : borderColor };
    if (!twin) return [legendEntry(looks, chart, label, i, stroke)];
    const isFirst = datasets.findIndex((set) => set.twin) === i;
    const dashed = { ...stroke, lineDash: [5, 4] };
    return isFirst ? [legendEntry(looks, chart, `without ${definition.lacks}`, i, dashed)] : [];
  });
  return [...lines, ...levelItems(definition, looks, chart)];
};

/** Returns the legend of a chart. */
export const legendOf = (definition: ChartDefinition, looks: Looks) => ({
  position: "top",
  align: "start",
  onClick: (
    _: unknown,
    { datasetIndex }: { readonly datasetIndex: number },
    { chart }: { readonly chart: LegendChart },
  ) => {
    if (datasetIndex < 0) return;
    chart.setDatasetVisibility(datasetIndex, !chart.isDatasetVisible(datasetIndex));
    chart.update();
  },
  labels: {
    font: { family: looks.font, size: 12 },
    usePointStyle: true,
    boxHeight: 7,
    ...(definition.kind === "lines" ? { pointStyleWidth: 28 } : {}),
    generateLabels: (chart: LegendChart) => legendItems(definition, looks, chart),
  },
});

/** A script that declares the functions above. */
export const LEGEND_SCRIPT = Object.entries({ legendEntry, intervalItems, levelItems, legendItems, legendOf })
  .map(([name, written]) => `const ${name} = ${written.toString()};`)
  .join("\n");
