/**
 * Figures in words. A figure's text is exact and made for machines; a planner reads "Packet loss · Chongqing
 * Unicom 2G/3G · window fault". The words follow from the grammar alone, so a new metric reads well unasked.
 */
import { metricOf } from "../scenario/metrics.ts";
import type { FigureResult } from "../study/document.ts";

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

interface Matcher {
  readonly label: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

export interface FigureParts {
  readonly metric: string;
  readonly stat: string;
  readonly matchers: readonly Matcher[];
  /** Empty where the figure names none. */
  readonly window: string;
}

const MATCHER = /([\w-]+)(!?=)(?:\[([^\]]*)\]|([^,]*))/g;

/** Takes a figure's canonical text apart; a text that is no figure is all metric. */
export const partsOf = (figure: string): FigureParts => {
  const match = /^([\w.-]+)\.([\w-]+)(?:\{(.*)\})?$/.exec(figure);
  if (match === null) return { metric: figure, stat: "", matchers: [], window: "" };
  const matchers = [...(match[3] ?? "").matchAll(MATCHER)].map(([, label = "", sign, list, single = ""]) => ({
    label,
    values: (list ?? single).split(",").map((value) => value.trim()),
    negated: sign === "!=",
  }));
  return {
    metric: match[1] ?? "",
    stat: match[2] ?? "",
    matchers: matchers.filter(({ label }) => label !== "window"),
    window: matchers.find(({ label }) => label === "window")?.values[0] ?? "",
  };
};

const capitalise = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** E.g. `inner-mongolia` → "Inner Mongolia", `2g` → "2G". */
const nameOf = (value: string): string => NAMES[value] ?? value.split("-").map(capitalise).join(" ");

const placeOf = ({ values, negated }: Matcher): string => (negated ? "not " : "") + values.map(nameOf).join("/");

const labelled = ({ label, values, negated }: Matcher): string =>
  label === "by" ? `by ${values.join("/")}` : `${label} ${negated ? "not " : ""}${values.join("/")}`;

/** The figure for people: what is measured, of whom, when. */
export const labelOf = (figure: string): string => {
  const { metric, stat, matchers, window } = partsOf(figure);
  const place = PLACE.flatMap((label) => matchers.filter((one) => one.label === label)).map(placeOf);
  const others = matchers.filter(({ label }) => !PLACE.includes(label)).map(labelled);
  const noun = metricOf(metric)?.title ?? capitalise(metric.replaceAll(/[.-]/g, " "));
  const words = [noun, STATS[stat] ?? stat].filter((word) => word !== "").join(", ");
  return [words, place.join(" "), ...others, window === "" ? "" : `window ${window}`]
    .filter((part) => part !== "")
    .join(" · ");
};

/** Who a figure is about, where region, carrier and access say it all; else undefined. */
export const placeOfFigure = (figure: string): string | undefined => {
  const { matchers } = partsOf(figure);
  if (matchers.length === 0 || matchers.some(({ label }) => !PLACE.includes(label))) return undefined;
  return PLACE.flatMap((label) => matchers.filter((one) => one.label === label))
    .map(placeOf)
    .join(" ");
};

/** A group of a figure with `by=`, e.g. `chongqing` → "Chongqing"; names of machines stay as they are. */
export const groupOf = (figure: string, group: string): string => {
  const by = partsOf(figure).matchers.find(({ label }) => label === "by")?.values[0] ?? "";
  return PLACE.includes(by) ? nameOf(group) : group;
};

/** A figure's label; where it is the largest of groups, with that group's name. */
export const labelWithGroup = (figure: string, { groups, value }: Pick<FigureResult, "groups" | "value">): string => {
  const largest = Object.entries(groups ?? {}).find(([, group]) => group.value === value)?.[0];
  return largest === undefined ? labelOf(figure) : `${labelOf(figure)} (largest: ${groupOf(figure, largest)})`;
};
