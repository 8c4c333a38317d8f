/**
 * Confidence intervals of few replications: Student's t interval of a mean, paired where the same seeds ran twice, and the
 * rule of three for events that never happened.
 */
import { mean, sampleVariance } from "simple-statistics";
import { assert } from "../base/assert.ts";
import type { CutOff, FewValues, Interval } from "./document.ts";
import { ERROR } from "./stopping.ts";

/** The possible range of a figure. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** What is known of a figure in one replication. */
export interface Observation {
  /** The value, or the least that it can be. */
  readonly value: number;
  /** True if it may be larger by any amount. */
  readonly atLeast?: true;
  /** True if it may be smaller by any amount; only differences can. */
  readonly atMost?: true;
  /** How much larger it may be; 0 by default. */
  readonly slack?: number;
  /** Independent observations behind a share; undefined for other figures. */
  readonly trials?: number | undefined;
  /** Independent observations behind a percentile; undefined for other figures. */
  readonly observations?: number | undefined;
}

/** Returns exact observations. */
export const observed = (values: readonly number[]): readonly Observation[] => values.map((value) => ({ value }));

/** How an interval is computed. */
export interface IntervalRule {
  readonly bounds: Bounds;
  /** The unit of one event of a figure that counts events; undefined for other figures. */
  readonly oneEvent?: number | undefined;
  /** Error of the interval; 0.05 by default. */
  readonly error?: number;
}

/**
 * Returns the probability that |T| <= t for Student's law with whole `freedom` >= 1: the finite sums of Abramowitz and
 * Stegun 26.7.3 and 26.7.4, exact to rounding.
 */
const centralChance = (t: number, freedom: number): number => {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cosineSquared = freedom / (freedom + t * t);
  const sine = t / Math.sqrt(freedom + t * t);
  const odd = freedom % 2 === 1;
  let term = odd ? Math.sqrt(cosineSquared) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= (cosineSquared * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
};

const known = new Map<string, number>();

/** Returns the quantile of Student's t with whole `freedom` >= 1 at probability p in (0, 1). */
export const studentQuantile = (p: number, freedom: number): number => {
  assert(
    p > 0 && p < 1 && freedom >= 1 && Number.isInteger(freedom),
    () => `t quantile ${String(p)} ${String(freedom)}`,
  );
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  const key = `${String(p)} ${String(freedom)}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const wanted = 2 * p - 1;
  let low = 0;
  let high = 1;
  while (centralChance(high, freedom) < wanted) high *= 2;
  for (let i = 0; i < 80 && low < high; i++) {
    const middle = (low + high) / 2;
    if (centralChance(middle, freedom) < wanted) low = middle;
    else high = middle;
  }
  known.set(key, high);
  return high;
};

/** Returns half the width of the mean's interval with this error; 0 for a single value, which has none. */
const halfWidth = (values: readonly number[], error: number): number =>
  values.length < 2
    ? 0
    : studentQuantile(1 - error / 2, values.length - 1) * Math.sqrt(sampleVariance([...values]) / values.length);

/** Returns how many events replications without any do not exclude: 3 at 5 % (the rule of three: -ln 0.05 rounded up). */
const unseen = (error: number): number => (3 * Math.log(error)) / Math.log(ERROR);

/** Returns the greatest share of which `trials` show none with this error: exact (Clopper and Pearson 1934), about 3/n at 5 %. */
export const unseenShare = (trials: number, error = ERROR): number => 1 - Math.exp(Math.log(error) / trials);

/**
 * Returns how far the mean may be from values that are all at one end of the range, because none of what would move it was
 * seen: the rule of three over replications for counts, the exact bound over trials for shares. Undefined if the rule does not apply.
 */
const noneSeen = (
  all: readonly Observation[],
  { bounds, oneEvent, error = ERROR }: IntervalRule,
): number | undefined => {
  if (all.length < 2) return undefined;
  if (oneEvent !== undefined)
    return all.every(({ value }) => value === 0) ? (unseen(error) / all.length) * oneEvent : undefined;
  const trials = trialsOf(all);
  const isAtEnd = [bounds.low, bounds.high].some((end) => all.every(({ value }) => value === end));
  return trials === undefined || !isAtEnd ? undefined : unseenShare(trials, error) * (bounds.high - bounds.low);
};

/** Returns the number of trials of all replications; undefined if the figure has none. */
export const trialsOf = (all: readonly Observation[]): number | undefined => {
  const trials = all.map((one) => one.trials);
  if (trials.length === 0 || trials.some((one) => one === undefined)) return undefined;
  return trials.reduce((total: number, one) => total + one!, 0);
};

/**
 * Returns the mean and its t interval over one observation per replication, clipped to the figure's bounds: [value, value]
 * for a single one, undefined for none. If all values are at one end of the range, the interval ends where the rule of three
 * says. An open end is placed at the bound, at the farthest value seen if there is no bound, and `atLeast` or `atMost` says
 * that it is open.
 */
export const intervalOf = (all: readonly Observation[], rule: IntervalRule): Interval | undefined => {
  if (all.length === 0) return undefined;
  const { bounds, error = ERROR } = rule;
  const values = all.map(({ value }) => value);
  const value = mean(values);
  const half = noneSeen(all, rule) ?? halfWidth(values, error);
  const slack = mean(all.map((one) => one.slack ?? 0));
  const atLeast = all.some((one) => one.atLeast === true);
  const atMost = all.some((one) => one.atMost === true);
  const cutOff = cutOffOf(all);
  const isOpen = all.length > 1;
  const lowest = Number.isFinite(bounds.low) ? bounds.low : Math.min(value - half, ...values);
  const highest = Number.isFinite(bounds.high) ? bounds.high : Math.max(value + slack + half, ...values);
  const low = Math.min(value, Math.max(bounds.low, atMost && isOpen ? lowest : value - half));
  const high = Math.max(value, Math.min(bounds.high, atLeast && isOpen ? highest : value + slack + half));
  return {
    ...roundInterval({ value, ci95: [low, high] }),
    ...(atLeast ? { atLeast } : {}),
    ...(atMost ? { atMost } : {}),
    ...(cutOff === undefined ? {} : { cutOff }),
  };
};

/** Returns what is known of the replications that leave a figure open; undefined if none does. */
export const cutOffOf = (all: readonly Observation[]): CutOff | undefined => {
  const seen = all.filter(({ atLeast, atMost }) => atLeast !== true && atMost !== true);
  const open = all.filter((one) => !seen.includes(one));
  if (open.length === 0) return undefined;
  const values = open.map(({ value }) => value);
  const beyond = open.every(({ atMost }) => atMost !== true)
    ? Math.min(...values)
    : open.every(({ atLeast }) => atLeast !== true)
      ? Math.max(...values)
      : null;
  return {
    n: open.length,
    of: all.length,
    seen: seen.length === 0 ? null : rounded(mean(seen.map(({ value }) => value))),
    beyond: beyond === null ? null : rounded(beyond),
  };
};

/**
 * Returns how many observations a percentile has, if they are too few to know it: each replication takes one that can be
 * expected above it, and all together so many that one is above it with 95 %. Undefined if there are enough.
 */
export const fewOf = (all: readonly Observation[], stat: string): FewValues | undefined => {
  const percent = Number(/^p(\d+)$/.exec(stat)?.[1]);
  const counts = all.flatMap(({ observations }) => observations ?? []);
  if (Number.isNaN(percent) || counts.length === 0) return undefined;
  const each = { percent, n: Math.floor(Math.min(...counts)), needed: Math.ceil(100 / (100 - percent)) };
  if (each.n < each.needed) return { ...each, in: "each" };
  const total = counts.reduce((sum, one) => sum + one, 0);
  const together = { percent, n: Math.floor(total), needed: Math.ceil(Math.log(ERROR) / Math.log(percent / 100)) };
  return together.n < together.needed ? { ...together, in: "all" } : undefined;
};

/** Returns what is known of the difference of two observations of one seed. */
const differenceOf = (faulty: Observation, twin: Observation): Observation => ({
  value: faulty.value - twin.value,
  ...(faulty.atLeast === true ? { atLeast: true } : {}),
  ...(twin.atLeast === true ? { atMost: true } : {}),
  slack: (faulty.slack ?? 0) + (twin.slack ?? 0),
});

/** Returns mean and t interval of the differences of pairs with the same seed, clipped to the largest possible difference; of counts of which neither run saw any, as far as either may be from 0. */
export const pairedDifference = (
  pairs: readonly (readonly [faulty: Observation, twin: Observation])[],
  { bounds, oneEvent, error = ERROR }: IntervalRule,
): Interval | undefined => {
  const widest = bounds.high - bounds.low;
  const isNoneSeen = pairs.every((pair) => pair.every(({ value }) => value === 0));
  return intervalOf(
    pairs.map(([faulty, twin]) => differenceOf(faulty, twin)),
    { bounds: { low: -widest, high: widest }, oneEvent: isNoneSeen ? oneEvent : undefined, error },
  );
};

/**
 * Rounds to six significant digits, or to three decimals from 1000 on: further digits would be noise, and the last bits of a
 * logarithm may differ between processors. Never reverses the order of two numbers.
 */
export const rounded = (value: number): number => {
  if (!Number.isFinite(value)) return value;
  const result = Math.abs(value) >= 1000 ? Math.round(value * 1000) / 1000 : Number(value.toPrecision(6));
  return result === 0 ? 0 : result;
};

const roundInterval = ({ value, ci95 }: Pick<Interval, "value" | "ci95">): Pick<Interval, "value" | "ci95"> => ({
  value: rounded(value),
  ci95: [rounded(ci95[0]), rounded(ci95[1])],
});
