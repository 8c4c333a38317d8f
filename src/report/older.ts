/**
 * Reads documents of earlier versions, which have some facts as text alone. This is the only place where reports read facts
 * from texts.
 */
import type { Decision } from "../simulate/findings.ts";
import type { FigureParts } from "../scenario/figure-parts.ts";
import type { ChartData, ThresholdRow, TimelineRow } from "../study/document.ts";

const MATCHER = /([\w-]+)(!?=)(?:\[([^\]]*)\]|([^,]*))/g;

/** Reads a figure's parts from its canonical text; any other text becomes the metric. */
export const partsInText = (figure: string): FigureParts => {
  const match = /^([\w.-]+)\.([\w-]+)(?:\{(.*)\})?$/.exec(figure);
  if (match === null) return { metric: figure, stat: "", labels: {} };
  const [, metric = "", stat = "", inside = ""] = match;
  const labels: Record<string, readonly string[]> = {};
  const except: Record<string, readonly string[]> = {};
  for (const [, label = "", sign, list, single = ""] of inside.matchAll(MATCHER))
    (sign === "!=" ? except : labels)[label] = (list ?? single).split(",").map((value) => value.trim());
  const { by, window, ...others } = labels;
  return {
    metric,
    stat,
    labels: others,
    ...(Object.keys(except).length === 0 ? {} : { except }),
    ...(by === undefined ? {} : { by: by[0]! }),
    ...(window === undefined ? {} : { window: window[0]! }),
  };
};

/** Sizes of units of one kind: in seconds, and as factors of a count. */
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };
const COUNTS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, bn: 1e9 };

const NUMBER =
  /((?<![\d.])[-−])?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|ms\b|min\b|s\b|h\b|d\b|k\b|M\b|bn\b)?/g;

const scale = (written: string, unit: string): number => {
  const own = SECONDS[unit];
  const other = SECONDS[written];
  if (own !== undefined && other !== undefined) return other / own;
  return COUNTS[written] ?? 1;
};

/** Reads the bounds from a text such as `3–4 %`, `≤ 300 s` or `[2 min, 5 min]`, in `unit`; undefined if it has no number. */
export const boundsInText = (text: string, unit: string): Pick<ThresholdRow, "min" | "max"> | undefined => {
  const found = [...text.matchAll(NUMBER)];
  const lastUnit = found.findLast(([, , , written]) => written !== undefined)?.[3] ?? unit;
  const numbers = found.map(
    ([, minus, digits = "", written]) =>
      (minus === undefined ? 1 : -1) * Number(digits.replaceAll(",", "")) * scale(written ?? lastUnit, unit),
  );
  if (numbers.length === 0) return undefined;
  const [min, max] = [Math.min(...numbers), Math.max(...numbers)];
  const isTop = /[≤<]|at most|up to/.test(text);
  const isBottom = /[≥>]|at least|over/.test(text);
  if (isTop && !isBottom) return { max };
  if (isBottom && !isTop) return { min };
  return { min, max };
};

/** True if a threshold limits the change of a figure, which documents of all versions say in the limit's text alone. */
export const isOfDifference = ({ limit }: Pick<ThresholdRow, "limit">): boolean => limit.startsWith("difference ");

/** Reads the kind of event from a text such as `fault gateway begins`; undefined for any other text. */
export const kindInText = (what: string): TimelineRow["kind"] => {
  if (/^fault .+ begins$/.test(what)) return "fault-begins";
  if (/^fault .+ ends$/.test(what)) return "fault-ends";
  return /^intervention /.test(what) ? "intervention" : undefined;
};

/** True if a text mentions a fault or an intervention. */
export const isMarkedInText = (what: string): boolean => /\b(fault|intervention)\b/i.test(what);

/** Kinds of decisions about a single gateway. */
const ABOUT_A_GATEWAY = ["move", "step", "restore"];

/** Reads the cause from the first reason of a decision about a gateway; undefined for other decisions. */
export const causeInText = ({ kind, why: [first = ""] }: Decision): string | undefined => {
  if (!ABOUT_A_GATEWAY.includes(kind)) return undefined;
  return first.startsWith("back to ") ? first.slice(first.indexOf(": ") + 2) : first.split(": leaving ")[0]!;
};

type Levels = Pick<ChartData, "limit" | "ceiling">;

/** Levels of charts about load, by the chart's name. */
const LEVELS: readonly (Levels & { readonly name: RegExp })[] = [
  { name: /^(server-)?load\b/, limit: { at: 100, text: "all that there is" } },
  { name: /^headroom\b/, limit: { at: 0, text: "nothing left" } },
  {
    name: /^margin\b/,
    limit: { at: 0, text: "just enough" },
    ceiling: { at: 100, text: "more than 100 % drawn as 100 %" },
  },
];

/** Returns the levels of a chart by its name. */
export const levelsInName = (name: string): Levels => LEVELS.find((one) => one.name.test(name)) ?? {};
