/**
 * Prints figures in words: "Packet loss · Chongqing Unicom 2G/3G · window fault" for a planner, where a figure's text is exact
 * and made for programs. The words follow from the figure's parts alone, so a new metric needs no entry here.
 */
import { type FigureParts, type LabelMatch, matchesOf } from "../scenario/figure-parts.ts";
import { metricOf } from "../scenario/metrics.ts";
import type { FigureResult } from "../study/document.ts";
import { partsInText } from "./older.ts";

const STATS: Readonly<Record<string, string>> = {
  mean: "",
  p50: "median",
  p95: "95th percentile",
  p99: "99th percentile",
  max: "maximum",
  min: "minimum",
  peak: "peak",
  last: "at the end",
  share: "",
  rate: "rate",
  count: "",
};

/** Names with a spelling of their own; all others get capital letters. */
const NAMES: Readonly<Record<string, string>> = { "2g": "2G", "3g": "3G", "4g": "4G", wifi: "Wi-Fi" };

/** Labels that together name a group of people, in reading order; their values are printed without the label. */
const PLACE = ["region", "carrier", "access"];

/** Anything with a figure: a row, a figure's result, a line of a chart. */
export interface Named {
  readonly figure: string;
  readonly parts?: FigureParts;
}

/** Returns the figure's parts, read from its text in documents of earlier versions. */
export const partsIn = ({ figure, parts }: Named): FigureParts => parts ?? partsInText(figure);

/** Returns a text with a capital letter at its beginning. */
export const capitalise = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Returns a name as it is printed, e.g. `inner-mongolia` → "Inner Mongolia", `2g` → "2G". */
const nameOf = (value: string): string => NAMES[value] ?? value.split("-").map(capitalise).join(" ");

const placeOf = ({ values, negated }: LabelMatch): string => (negated ? "not " : "") + values.map(nameOf).join("/");

const labelled = ({ label, values, negated }: LabelMatch): string =>
  `${label} ${negated ? "not " : ""}${values.join("/")}`;

/** Returns the title of a figure's metric, e.g. "Packet loss". */
export const titleOf = (named: Named): string => {
  const { metric } = partsIn(named);
  return metricOf(metric)?.title ?? capitalise(metric.replaceAll(/[.-]/g, " "));
};

/** Returns the figure in words: what is measured, for which people or machines, and when. */
export const labelOf = (named: Named): string => {
  const parts = partsIn(named);
  const { stat, by, window } = parts;
  const matches = matchesOf(parts);
  const place = PLACE.flatMap((label) => matches.filter((one) => one.label === label)).map(placeOf);
  const others = matches.filter(({ label }) => !PLACE.includes(label)).map(labelled);
  const words = [titleOf(named), STATS[stat] ?? stat].filter((word) => word !== "").join(", ");
  const groups = by === undefined ? "" : `by ${by}`;
  return [words, place.join(" "), ...others, groups, window === undefined ? "" : `window ${window}`]
    .filter((part) => part !== "")
    .join(" · ");
};

/** Returns the people that a figure is about, if it has labels for region, carrier and access alone; else undefined. */
export const placeOfFigure = (named: Named): string | undefined => {
  const parts = partsIn(named);
  const matches = matchesOf(parts);
  const isPlace = matches.length > 0 && matches.every(({ label }) => PLACE.includes(label));
  if (!isPlace || parts.by !== undefined) return undefined;
  return PLACE.flatMap((label) => matches.filter((one) => one.label === label))
    .map(placeOf)
    .join(" ");
};

/** Returns the name of a figure's group, e.g. `chongqing` → "Chongqing"; names of machines are unchanged. */
export const groupOf = (named: Named, group: string): string =>
  PLACE.includes(partsIn(named).by ?? "") ? nameOf(group) : group;

/** Returns a figure's label, with the name of the largest group if it has groups. */
export const labelWithGroup = (figure: string, result: Pick<FigureResult, "groups" | "value" | "parts">): string => {
  const named = { figure, ...result };
  const largest = Object.entries(result.groups ?? {}).find(([, group]) => group.value === result.value)?.[0];
  return largest === undefined ? labelOf(named) : `${labelOf(named)} (largest: ${groupOf(named, largest)})`;
};
