/** Implements `firedrill verify --scales`: runs a scenario at several scales and compares the results. */
import { createColors } from "picocolors";
import { labelOf } from "../report/labels.ts";
import { NO_BREAK, printNumber, printValue } from "../report/numbers.ts";
import { renderTable } from "../report/table.ts";
import { SIGNS } from "../report/verdict.ts";
import { figuresOf } from "../scenario/asked.ts";
import type { CutOff } from "../study/document.ts";
import { compareScales, type ScaleRow, SCALES, type ScaleSample, scaleSample } from "../study/scales.ts";
import { load } from "./load.ts";
import { tell } from "./output.ts";
import type { VerifyFlags } from "./settings.ts";
import { runOnThreads, type StudyResources } from "./study.ts";

/** Runs a scenario at each scale and returns the comparisons; undefined if it was interrupted. */
export const compareStory = async (
  given: string,
  flags: VerifyFlags,
  signal: AbortSignal,
  resources: StudyResources,
): Promise<readonly ScaleRow[] | undefined> => {
  const figures = figuresOf(load(given, flags));
  const samples = new Map<string, ScaleSample[]>();
  for (const scale of SCALES) {
    const settings = { ...flags, scale, twin: false };
    tell(`${given} at ${scale}`);
    const finished = await runOnThreads(load(given, settings), settings, signal, resources);
    if (finished === undefined || finished.document.partial === true) return undefined;
    for (const figure of figures)
      samples.set(figure.text, [...(samples.get(figure.text) ?? []), scaleSample(scale, figure, finished.pairs)]);
  }
  return figures.flatMap((figure) => {
    const all = samples.get(figure.text)!;
    const finest = all[all.length - 1]!;
    return all.slice(0, -1).flatMap((one) => compareScales(figure, one, finest) ?? []);
  });
};

const valueText = (value: number, unit: string, cutOff: CutOff | undefined): string =>
  printValue({ value, ci95: [value, value], ...(cutOff === undefined ? {} : { cutOff }) }, unit);

const differenceText = ({ difference, ci90: [low, high], cutOff, referenceCutOff }: ScaleRow): string =>
  cutOff === undefined && referenceCutOff === undefined
    ? `${printNumber(difference)} [${printNumber(low)}, ${printNumber(high)}]`
    : "unknown";

/** Returns the comparison as a table for a terminal. */
export const scalesText = (name: string, rows: readonly ScaleRow[], color: boolean): string => {
  const colors = createColors(color);
  const paints = { held: colors.green, broken: colors.red, unknown: colors.yellow };
  const columns = ["", "figure", "scale", "value", "at 1/100", "difference, 90 % interval", "margin"].map((title) => ({
    title,
    align: "left" as const,
  }));
  const cells = rows.map((row) => ({
    cells: [
      { text: `${SIGNS[row.verdict]}${NO_BREAK}${row.verdict}`, paint: paints[row.verdict] },
      { text: labelOf(row) },
      { text: row.scale },
      { text: valueText(row.value, row.unit, row.cutOff) },
      { text: valueText(row.referenceValue, row.unit, row.referenceCutOff) },
      { text: differenceText(row) },
      { text: `± ${printNumber(row.margin)}${NO_BREAK}${row.unit === "%" ? "pp" : row.unit}` },
    ],
  }));
  return [
    colors.bold(`${name} · agreement between scales`),
    ...renderTable(columns, cells, { width: 118, header: colors.dim }),
    "",
  ].join("\n");
};
