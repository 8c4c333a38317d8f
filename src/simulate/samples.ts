/** Sums, shares, times and extremes of samples, some of which may have no data. */
import { Histogram } from "../measure/histogram.ts";

/** Returns the sum; 0 for an empty list. */
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Returns a share in percent; null if the whole is 0. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

/** Returns the maximum, the minimum or, for any other stat, the mean of the samples with data; null without any. */
export const overSamples = (samples: readonly (number | null)[], stat: string): number | null => {
  const known = samples.filter((value) => value !== null);
  if (known.length === 0) return null;
  if (stat === "max") return Math.max(...known);
  return stat === "min" ? Math.min(...known) : known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** Returns `mean`, `max` or a percentile such as `p95` of all times together, in s; null without any. The maximum is exact. */
export const timeOf = (histograms: readonly Histogram[], stat: string): number | null => {
  const all = new Histogram();
  for (const one of histograms) all.merge(one);
  const ms = stat === "mean" ? all.mean : all.quantile(stat === "max" ? 1 : Number(stat.slice(1)) / 100);
  return ms === undefined ? null : ms / 1_000;
};

/** A value, with the name of the thing that has it if there are several. */
export interface Extreme {
  readonly name: string | undefined;
  readonly value: number | null;
}

/** Returns the largest or the smallest value, the first of equals; null without data. */
export const extremeOf = (all: readonly Extreme[], stat: "max" | "min"): Extreme => {
  let best: Extreme = { name: undefined, value: null };
  for (const one of all) {
    const isBetter =
      best.value === null || one.value === null || (stat === "max" ? one.value > best.value : one.value < best.value);
    if (one.value !== null && isBetter) best = one;
  }
  return best;
};
