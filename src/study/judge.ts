/**
 * Judges figures by limits: held only if all that the figure may be is inside, broken only if all of it is outside, else
 * unknown, with the reason. A verdict never rests on a single replication, on times that had not ended, or on events too
 * few to be seen.
 */
import { printFixed, printPlain, printShort } from "../base/digits.ts";
import type { FewValues, FigureResult, Interval, Verdict } from "./document.ts";
import { unseenShare } from "./intervals.ts";

/** Limits of a row, inclusive; undefined where they are open. */
export interface Limits {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** What a row is judged by. */
export type JudgedFigure = Interval & Pick<FigureResult, "n" | "trials" | "few" | "unfinished" | "within">;

/** How a row is judged. */
export interface Standard {
  readonly limits: Limits;
  /** Unit of the figure, for texts. */
  readonly unit: string;
  /** All replications, with and without data. */
  readonly replications: number;
  /** True if every replication has the same value, so that one is enough. */
  readonly isExact?: boolean;
  /** True if the figure counts events, or is a share of trials: at the end of its range none was seen. */
  readonly countsEvents: boolean;
  /** True if the limits apply to a difference. */
  readonly isDifference?: boolean;
  /** True if one event can count many people at once, so that replications without any bound hardly anything. */
  readonly countsAtOnce?: boolean;
  /** Highest possible value. */
  readonly highest: number;
  /** Where the figure is heading, if it has a trend within its window. */
  readonly heading?: readonly [number, number] | undefined;
  /** Why there is no end to where it is heading; undefined if there is one. */
  readonly endless?: string | undefined;
}

/** A verdict with the reason why it is unknown. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly why?: string;
}

/** Judges an interval by limits; unknown without data. */
export const judge = (ci95: readonly [number, number] | null, { min = -Infinity, max = Infinity }: Limits): Verdict => {
  if (ci95 === null) return "unknown";
  const [low, high] = ci95;
  if (low >= min && high <= max) return "held";
  return high < min || low > max ? "broken" : "unknown";
};

/** True if the limit asks that none is seen: `max: 0`, or `min: 100 %` of a share. */
const isNoneAsked = ({ limits: { min, max }, countsEvents, highest }: Standard): boolean =>
  countsEvents && ((max === 0 && (min ?? 0) <= 0) || min === highest);

/** True if the limit asks that none is seen, and none was. */
const isNoneSeen = (value: number, standard: Standard): boolean =>
  isNoneAsked(standard) && value === (standard.limits.max === 0 ? 0 : standard.highest);

const hull = ([low, high]: readonly [number, number], other: readonly [number, number] | undefined) =>
  other === undefined ? ([low, high] as const) : ([Math.min(low, other[0]), Math.max(high, other[1])] as const);

/** Judges a figure; `noData` is why it has none. */
export const judgeFigure = (
  found: JudgedFigure | undefined,
  standard: Standard,
  noData = "no replication has a value",
): Judgement => {
  if (found === undefined) return { verdict: "unknown", why: `no data: ${noData}` };
  const { limits, replications } = standard;
  if (found.n < 2 && standard.isExact !== true) return { verdict: "unknown", why: tooFew(found.n, replications) };
  if (isNoneAsked(standard)) return { verdict: isNoneSeen(found.value, standard) ? "held" : "broken" };
  const [low, high] = hull(found.ci95, standard.heading);
  const { within = 0 } = found;
  const all = [
    found.atMost === true || (standard.isDifference === true && found.few !== undefined) ? -Infinity : low - within,
    found.atLeast === true || found.few !== undefined ? Infinity : high + within,
  ] as const;
  const verdict = judge(all, limits);
  return verdict === "unknown" ? { verdict, why: whyUnknown(found, standard) } : { verdict };
};

const tooFew = (n: number, replications: number): string =>
  n === replications
    ? "one replication decides nothing: run two or more"
    : `only 1 of ${String(replications)} replications has data: it takes two or more`;

const whyUnknown = (found: JudgedFigure, standard: Standard): string => {
  const { limits, unit } = standard;
  const { value, ci95, trials, within = 0 } = found;
  if (standard.endless !== undefined && judge(standard.heading!, limits) !== "held") return standard.endless;
  if (found.atLeast === true && judge([ci95[0], value], limits) === "held")
    return "it is known only as at least this much: some of it had not ended when it was cut off";
  if (found.atMost === true && judge([value, ci95[1]], limits) === "held")
    return "it is known only as at most this much: without the faults some of it had not ended when it was cut off";
  if (found.few !== undefined) return fewText(found.few);
  if (standard.heading !== undefined && judge(ci95, limits) !== "unknown")
    return `it has a trend within its window, which leads to ${bracket(standard.heading, unit)}: a longer warm-up would show where it ends`;
  if (standard.countsEvents && standard.countsAtOnce === true && value === 0)
    return `${noneIn(found.n)}, but one event can count many people at once, up to ${printShort(ci95[1], 3)} ${unit === "" ? "" : `${unit} `}on average: max: 0 asks for none`;
  const needed = trialsNeeded(value, standard);
  if (trials !== undefined && needed !== undefined)
    return `${seen(value, trials)}, so that it may still be ${endOf(value, ci95)} ${unit}; it takes ${printPlain(needed)} to show the limit`;
  if (within > 0 && judge(ci95, limits) !== "unknown")
    return `it is known only to ± ${printShort(within, 2)} ${unit} at this scale, as a row stands for many people who queue: run it with a finer --scale`;
  return "its interval is partly outside: more replications narrow it";
};

/** E.g. "the 99th percentile of 15 values: it takes 100 in each replication". */
const fewText = ({ percent, n, needed, in: where }: FewValues): string =>
  `the ${String(percent)}th percentile of ${printFixed(n, 0)} values: it takes ${printFixed(needed, 0)} in ${where === "each" ? "each replication" : "all replications together"}`;

/** Returns what a reader must know of a row beside its value: what was left out, and what "none seen" shows. */
export const remarksOn = (found: JudgedFigure | undefined, standard: Standard): readonly string[] => {
  if (found === undefined) return [];
  const { n, unfinished, value, ci95, trials } = found;
  const { replications, unit } = standard;
  const remarks: string[] = [];
  if (n < replications) remarks.push(`${String(n)} of ${String(replications)} replications have data`);
  if (unfinished !== undefined)
    remarks.push(`${digits(unfinished, 4)} % had not ended and count with the time until they were cut off`);
  if (n > 1 && isNoneSeen(value, standard)) {
    const of = trials === undefined ? noneIn(n) : seen(value, trials);
    if (standard.countsAtOnce === true && value === 0) remarks.push(noneIn(n) + someMayHave(n));
    else
      remarks.push(`${of}: it may still be ${endOf(value, ci95)}${unit === "" ? " a replication" : ` ${unit}`} (95 %)`);
  }
  return remarks;
};

const noneIn = (n: number): string => `none in ${String(n)} replications`;

/** Says in how many replications something may happen that did not in n. */
export const someMayHave = (n: number): string =>
  `: up to ${digits(100 * unseenShare(n))} % of replications may still have some (95 %)`;

const seen = (value: number, trials: number): string =>
  value === 0 ? `0 of ${printFixed(trials, 0)}` : `${printFixed(trials, 0)} of ${printFixed(trials, 0)}`;

/** Prints the end of the interval of a figure at one end of its range, to two digits of what is left. */
const endOf = (value: number, [low, high]: readonly [number, number]): string =>
  value === 0 ? `up to ${digits(high)}` : `down to ${printShort(value - Number((value - low).toPrecision(2)), 12)}`;

const digits = (value: number, significant = 2): string => printShort(value, significant);

const bracket = ([low, high]: readonly [number, number], unit: string): string =>
  `[${digits(low, 3)}, ${digits(high, 3)}]${unit === "" ? "" : ` ${unit}`}`;

/** Returns how many trials a share takes that is at one end of its range; undefined for other shares, and if none suffice. */
const trialsNeeded = (value: number, { limits: { min, max }, countsEvents, highest }: Standard): number | undefined => {
  if (!countsEvents || highest !== 100) return undefined;
  if (value === 0 && max !== undefined && max > 0) return Math.ceil(300 / max);
  if (value === highest && min !== undefined && min < highest) return Math.ceil(300 / (highest - min));
  return undefined;
};

/** Combines the verdicts of rows: broken if any is, else unknown if any is, else held. */
export const verdictOf = (rows: readonly { readonly verdict: Verdict }[]): Verdict => {
  if (rows.some((row) => row.verdict === "broken")) return "broken";
  return rows.some((row) => row.verdict === "unknown") ? "unknown" : "held";
};
