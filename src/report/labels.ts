/**
 * Figures in words. A figure's text is exact and made for machines; a planner reads "Packet loss · Chongqing
 * Unicom 2G/3G · window fault". The words follow from the figure's parts alone, so a new metric reads well unasked.
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

/** Written as they are spoken; everything else gets a capital letter. */
const NAMES: Readonly<Record<string, string>> = { "2g": "2G", "3g": "3G", "4g": "4G", wifi: "Wi-Fi" };

/** Labels that together say where people are, in speaking order; they need no word of their own. */
const PLACE = ["region", "carrier", "access"];

/** Something that names a figure: a row, a figure's result, a line of a chart. */
export interface Named {
  readonly figure: string;
  readonly parts?: FigureParts;
}

/** Returns the parts of the figure. */
export const partsIn = ({ figure, parts }: Named): FigureParts => parts ?? partsInText(figure);

const capitalise = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** Returns a name as it is spoken, e.g. `inner-mongolia` → "Inner Mongolia", `2g` → "2G". */
const nameOf = (value: string): string => NAMES[value] ?? value.split("-").map(capitalise).join(" ");

const placeOf = ({ values, negated }: LabelMatch): string => (negated ? "not " : "") + values.map(nameOf).join("/");

const labelled = ({ label, values, negated }: LabelMatch): string =>
  `${label} ${negated ? "not " : ""}${values.join("/")}`;

/** Returns the figure for people: what is measured, of whom, when. */
export const labelOf = (named: Named): string => {
  const parts = partsIn(named);
  const { metric, stat, by, window } = parts;
  const matches = matchesOf(parts);
  const place = PLACE.flatMap((label) => matches.filter((one) => one.label === label)).map(placeOf);
  const others = matches.filter(({ label }) => !PLACE.includes(label)).map(labelled);
  const noun = metricOf(metric)?.title ?? capitalise(metric.replaceAll(/[.-]/g, " "));
  const words = [noun, STATS[stat] ?? stat].filter((word) => word !== "").join(", ");
  const groups = by === undefined ? "" : `by ${by}`;
  return [words, place.join(" "), ...others, groups, window === undefined ? "" : `window ${window}`]
    .filter((part) => part !== "")
    .join(" · ");
};

/** Returns who a figure is about, where region, carrier and access say it all; else undefined. */
export const placeOfFigure = (named: Named): string | undefined => {
  const parts = partsIn(named);
  const matches = matchesOf(parts);
  const isPlace = matches.length > 0 && matches.every(({ label }) => PLACE.includes(label));
  if (!isPlace || parts.by !== undefined) return undefined;
  return PLACE.flatMap((label) => matches.filter((one) => one.label === label))
    .map(placeOf)
    .join(" ");
};

/** Returns the name of a group of a figure with `by=`, e.g. `chongqing` → "Chongqing"; names of machines stay as they are. */
export const groupOf = (named: Named, group: string): string =>
  PLACE.includes(partsIn(named).by ?? "") ? nameOf(group) : group;

/** Returns a figure's label; where it is the largest of groups, with that group's name. */
export const labelWithGroup = (figure: string, result: Pick<FigureResult, "groups" | "value" | "parts">): string => {
  const named = { figure, ...result };
  const largest = Object.entries(result.groups ?? {}).find(([, group]) => group.value === result.value)?.[0];
  return largest === undefined ? labelOf(named) : `${labelOf(named)} (largest: ${groupOf(named, largest)})`;
};
