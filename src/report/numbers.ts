/**
 * Prints numbers for all reports: as many digits as the interval supports, thousands separated, the unit behind them. All
 * reports use it, so that terminal, page, table and chart never disagree on a figure.
 */
import { printFixed, printPlain } from "../base/digits.ts";
import type { CutOff, Interval } from "../study/document.ts";

/** A blank at which lines must not break; `renderTable` turns it into a plain one. */
export const NO_BREAK = "\u00a0";

const MOST_DECIMALS = 4;
/** The most decimals of a number that four would print as 0, or as a limit that it differs from. */
const MOST_OF_ALL = 8;
const SIGNIFICANT = 3;

/**
 * Returns the number of decimals that show the interval's half width to a digit or two and three digits of the value, at most
 * four, or more where a number would read like 0 or like a limit that it differs from.
 */
const decimalsOf = (interval: Interval, limits: readonly number[] = []): number => {
  let decimals = plainDecimalsOf(interval);
  const numbers = [interval.value, ...interval.ci95];
  const readsLikeALimit = (): boolean =>
    limits.some((limit) => numbers.some((one) => one !== limit && one.toFixed(decimals) === limit.toFixed(decimals)));
  while (decimals < MOST_OF_ALL && readsLikeALimit()) decimals += 1;
  return decimals;
};

const plainDecimalsOf = ({ value, ci95 }: Interval): number => {
  if ([value, ...ci95].every(Number.isInteger)) return 0;
  const halfWidth = Math.max(ci95[1] - value, value - ci95[0]);
  const size = Math.max(Math.abs(value), halfWidth);
  const forValue = SIGNIFICANT - 1 - Math.floor(Math.log10(size));
  const forWidth = halfWidth > 0 ? Math.ceil(-Math.log10(halfWidth)) : forValue;
  const wanted = Math.max(forWidth, Math.min(forValue, forWidth + 1));
  const isTiny = Number(size.toFixed(MOST_DECIMALS)) === 0;
  if (isTiny && Number(size.toFixed(MOST_OF_ALL)) === 0) return 0;
  return Math.max(0, Math.min(isTiny ? Math.min(MOST_OF_ALL, forValue - 1) : MOST_DECIMALS, wanted, forValue + 1));
};

/** Prints a bare number, e.g. `180,000,000` or `3.52`. */
export const printNumber = (value: number): string => printFixed(value, decimalsOf({ value, ci95: [value, value] }));

/** An interval narrower than this share of the unit, such as a million, shows only in the full number. */
const FINEST = 0.001;
const LARGE = [
  { size: 1e9, sign: "bn" },
  { size: 1e6, sign: "M" },
] as const;

const MICRO = 1e-6;
/** A time below this many seconds is written in µs. */
const TINY = 0.001;
/** The most digits of a number in another unit: fewer than rounding spoils. */
const DIGITS = 12;

/**
 * Returns how people write a number of this unit, and others in its company: a time below a thousandth of a second in µs, as
 * long as the others are not large in it.
 */
export const writtenIn = (unit: string, value: number, others: readonly number[] = []) => {
  const most = Math.max(Math.abs(value), ...others.map(Math.abs));
  const size = Math.abs(value) || most;
  const isTiny = unit === "s" && size > 0 && size < TINY && most < 10 * TINY;
  return isTiny
    ? { unit: "µs", isTiny, inUnit: (one: number): number => Number((one / MICRO).toPrecision(DIGITS)) }
    : { unit, isTiny, inUnit: (one: number): number => one };
};

/** Prints a number with all of its digits and its unit, e.g. `300 s` or `8 µs`. */
export const printExact = (value: number, given: string): string => {
  const { unit, inUnit } = writtenIn(given, value);
  return `${printPlain(inUnit(value))} ${unit}`.trimEnd();
};

/** Shortens millions and billions, as nine digits of an estimate are hard to read, and writes tiny times in µs. */
const shortened = (given: Interval, givenUnit: string, givenLimits: readonly number[]) => {
  const { unit, isTiny, inUnit } = writtenIn(givenUnit, given.value, given.ci95);
  if (isTiny) {
    const [low, high] = given.ci95;
    const interval: Interval = { value: inUnit(given.value), ci95: [inUnit(low), inUnit(high)] };
    return { interval, sign: "", unit, limits: givenLimits.map(inUnit) };
  }
  const {
    value,
    ci95: [low, high],
  } = given;
  const isFitting = (size: number): boolean => Math.abs(value) >= size && (low === high || high - low >= size * FINEST);
  const { size, sign } = LARGE.find((large) => isFitting(large.size)) ?? { size: 1, sign: "" };
  const interval: Interval = { value: value / size, ci95: [low / size, high / size] };
  return { interval, sign, unit, limits: sign === "" ? givenLimits : [] };
};

/**
 * Prints a value with as many digits as its interval supports, e.g. `3.52 %` or `179.61 M people`. Of a mean that was
 * cut off in some replications, what is known of them is printed instead, e.g. `150 s in 2 of 3, not within 80 min in 1`.
 */
export const printValue = (given: Interval, unit: string, limits: readonly number[] = []): string => {
  if (given.cutOff !== undefined) return printCutOff(given.cutOff, unit, { limits, isLess: given.atMost === true });
  const { interval, sign, unit: written, limits: near } = shortened(given, unit, limits);
  const size = printFixed(interval.value, decimalsOf(interval, near));
  const text = [size, sign, written].filter((part) => part !== "").join(NO_BREAK);
  return isOpen(given) ? `cut off at a mean of ${text}` : text;
};

const isOpen = ({ atLeast, atMost }: Interval): boolean => atLeast === true || atMost === true;

interface CutOffStyle {
  readonly limits?: readonly number[];
  /** True if values are known as less than the one that they are beyond. */
  readonly isLess: boolean;
  /** True if it is a difference. */
  readonly isSigned?: boolean;
}

const printCutOff = (
  { n, of, seen, beyond }: CutOff,
  unit: string,
  { limits = [], isLess, isSigned = false }: CutOffStyle,
): string => {
  const print = (value: number): string =>
    (isSigned && value > 0 ? "+" : "") + printValue({ value, ci95: [value, value] }, unit, limits);
  const isTime = unit === "s" && !isSigned;
  const known =
    beyond === null
      ? "unknown"
      : isTime
        ? `not within ${printLimit(beyond)}`
        : `at ${isLess ? "most" : "least"} ${print(beyond)}`;
  if (seen !== null) return `${print(seen)} in ${String(of - n)} of ${String(of)}, ${known} in ${String(n)}`;
  return of === 1 ? known : `${known} in ${isTime ? "any of" : "all"} ${String(of)}`;
};

/** Prints a time up to which something was followed: whole minutes as such, e.g. `80 min`. */
const printLimit = (seconds: number): string =>
  seconds >= 120 && seconds % 60 === 0
    ? `${printNumber(seconds / 60)}${NO_BREAK}min`
    : `${printNumber(seconds)}${NO_BREAK}s`;

/** Counts up to which an interval around none is worth printing. */
const AROUND_NONE_MOST = 1_000;

/** True if an interval reaches from none to everybody: a remark on the row says what none shows. */
export const tellsNothing = ({ value, ci95 }: Pick<Interval, "value" | "ci95">, unit: string): boolean =>
  value === 0 && unit === "" && Math.max(-ci95[0], ci95[1]) > AROUND_NONE_MOST;

/** Prints a range in the size of the value, e.g. `[3.44, 3.60]`; empty for an interval without width, or with an open end. */
export const printRange = (given: Interval, unit: string, limits: readonly number[] = []): string => {
  if (isOpen(given) || tellsNothing(given, unit)) return "";
  const { interval, limits: near } = shortened(given, unit, limits);
  const [low, high] = interval.ci95;
  if (low === high) return "";
  const decimals = decimalsOf(interval, near);
  return `[${printFixed(low, decimals)},${NO_BREAK}${printFixed(high, decimals)}]`;
};

/** Prints value and range, e.g. `3.52 % [3.44, 3.60]`, so that neither reads like one of the limits unless it is; a line may break between them. */
export const printInterval = (interval: Interval, unit: string, limits: readonly number[] = []): string =>
  `${printValue(interval, unit, limits)} ${printRange(interval, unit, limits)}`.trimEnd();

/** Puts the signs of a limit into words, as the font of pictures has none of them. */
export const inWords = (text: string): string => text.replaceAll(/≤\s*/g, "at most ").replaceAll(/≥\s*/g, "at least ");

/** Returns the unit of a difference: percentage points for percentages. */
export const unitOfDifference = (unit: string): string => (unit === "%" ? "pp" : unit);

/** Prints a difference with its sign, e.g. `+2.11 pp [2.03, 2.19]`. */
export const printDifference = (interval: Interval, unit: string): string => {
  const { value, cutOff, atMost } = interval;
  if (cutOff !== undefined)
    return printCutOff(cutOff, unitOfDifference(unit), { isLess: atMost === true, isSigned: true });
  return (value > 0 ? "+" : "") + printInterval(interval, unitOfDifference(unit));
};

/** Prints seconds of simulated time as a clock, e.g. `0:43:30`. */
export const printClock = (at: number): string => {
  const whole = Math.round(at);
  const two = (count: number): string => String(count).padStart(2, "0");
  return `${String(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
};

/** Names a replication for people, who count from 1: `replication 8` is number 7 in documents. */
export const printReplication = (replication: number): string => `replication ${String(replication + 1)}`;

/** Prints a number of things, e.g. `1 replication`, `10 replications`. */
export const printCount = (count: number, noun: string): string =>
  `${printNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
