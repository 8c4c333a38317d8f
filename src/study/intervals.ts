/**
 * Confidence intervals of few replications: Student's t interval of a mean, paired where the same seeds ran twice, and the
 * rule of three for events that never happened.
 */
import { mean, sampleVariance } from "simple-statistics";
import { assert } from "../base/assert.ts";
import type { Interval } from "./document.ts";

/** The possible range of a figure. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
  /** True if a value at `high` is censored there ("at least"), which makes the interval's upper end open. */
  readonly censored?: true;
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

/** Returns half the width of the mean's 95 % interval; 0 for a single value, which has none. */
const halfWidth = (values: readonly number[]): number =>
  values.length < 2
    ? 0
    : studentQuantile(0.975, values.length - 1) * Math.sqrt(sampleVariance([...values]) / values.length);

/**
 * Returns mean and 95 % t interval of one value per replication, clipped to the figure's bounds: [value, value] for a single
 * value, undefined for none. `noneSeen` is the unit of one event for figures that count events: if two or more replications
 * had none, the interval ends at 3/n of it (the rule of three), not at zero. An open end is placed at the bound.
 */
export const intervalOf = (values: readonly number[], bounds: Bounds, noneSeen?: number): Interval | undefined => {
  if (values.length === 0) return undefined;
  const value = mean([...values]);
  const none = noneSeen !== undefined && values.length > 1 && values.every((one) => one === 0);
  const half = none ? (3 / values.length) * noneSeen : halfWidth(values);
  const low = Math.min(value, Math.max(bounds.low, value - half));
  const isCut = bounds.censored === true && values.some((one) => one >= bounds.high);
  const isOpen = isCut && values.length > 1;
  const high = Math.max(value, Math.min(bounds.high, isOpen ? Infinity : value + half));
  return { ...roundInterval({ value, ci95: [low, high] }), ...(isCut ? { atLeast: true } : {}) };
};

/** Returns mean and 95 % t interval of the differences of pairs with the same seed, clipped to the largest possible difference. */
export const pairedDifference = (
  pairs: readonly (readonly [with_: number, without: number])[],
  bounds: Bounds,
): Interval | undefined => {
  const widest = bounds.high - bounds.low;
  return intervalOf(
    pairs.map(([withFault, without]) => withFault - without),
    { low: -widest, high: widest },
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

const roundInterval = ({ value, ci95 }: Interval): Interval => ({
  value: rounded(value),
  ci95: [rounded(ci95[0]), rounded(ci95[1])],
});
