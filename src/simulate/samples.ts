/** Shares, sums, times, and what is said of several samples of which some may have no data. */
import { Histogram } from "../measure/histogram.ts";

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** In percent; null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

/** The largest (`max`), the least (`min`) or else the mean of the samples with data; null without any. */
export const overSamples = (samples: readonly (number | null)[], stat: string): number | null => {
  const known = samples.filter((value) => value !== null);
  if (known.length === 0) return null;
  if (stat === "max") return Math.max(...known);
  return stat === "min" ? Math.min(...known) : known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** Of times in ms, all taken together: `mean`, `max` or a percentile such as `p95`, in s. The maximum is exact. */
export const timeOf = (histograms: readonly Histogram[], stat: string): number | null => {
  const all = new Histogram();
  for (const one of histograms) all.merge(one);
  const ms = stat === "mean" ? all.mean : all.quantile(stat === "max" ? 1 : Number(stat.slice(1)) / 100);
  return ms === undefined ? null : ms / 1_000;
};

/** A value, and whose it is where it is one of several's. */
export interface Extreme {
  readonly name: string | undefined;
  readonly value: number | null;
}

/** The largest or the least of those with data, the first of equals; without any, nobody's. */
export const extremeOf = (all: readonly Extreme[], stat: "max" | "min"): Extreme => {
  let best: Extreme = { name: undefined, value: null };
  for (const one of all) {
    const isBetter =
      best.value === null || one.value === null || (stat === "max" ? one.value > best.value : one.value < best.value);
    if (one.value !== null && isBetter) best = one;
  }
  return best;
};
