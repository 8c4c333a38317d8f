/** Sums, shares, times and extremes of samples, some of which may have no data. */
import { Histogram } from "../measure/histogram.ts";

/** Returns the sum; 0 for an empty list. */
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Returns a share in percent; null if the whole is 0. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

/** Returns a share in percent with its number of trials; null if the whole is 0. */
export const shareOfTrials = (part: number, whole: number): Measured => ({
  value: shareOf(part, whole),
  trials: whole,
});

/** Returns the maximum, the minimum or, for any other stat, the mean of the samples with data; null without any. */
export const overSamples = (samples: readonly (number | null)[], stat: string): number | null => {
  const known = samples.filter((value) => value !== null);
  if (known.length === 0) return null;
  if (stat === "max") return Math.max(...known);
  return stat === "min" ? Math.min(...known) : known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** What one run says about a quantity. */
export interface Measured {
  /** The value, or the least that it can be; null without data. */
  readonly value: number | null;
  /** True if the value is only the least that it can be, because what would have shown more had not ended. */
  readonly atLeast?: true;
  /** The most that it can be, if that is more than the value. */
  readonly atMost?: number;
  /** Share of what was counted that had not ended, percent; only if above 0. */
  readonly unfinished?: number;
  /** How far the value may be from that at full scale, either way, as rows stand for many people; 0 by default. */
  readonly within?: number;
  /** Independent observations behind a share: tasks, or rows of the simulation. */
  readonly trials?: number;
  /** Independent observations behind a percentile: tasks, pushes, or rows of the simulation. */
  readonly observations?: number;
  /** Why there is no data. */
  readonly why?: string;
  /** The queue behind the figure that grows throughout the window; only if one does. */
  readonly backlog?: Backlog;
}

/** A tier of machines that gets more requests than it serves, so that ever more wait. */
export interface Backlog {
  readonly tier: string;
  /** Requests per second that are added to those waiting, and those that are served. */
  readonly growth: number;
  readonly served: number;
}

/** Times that ended, and times that are known only as at least a value, because they were cut off there. */
export interface Times {
  readonly ended: Histogram;
  readonly cut: Histogram;
}

/** Returns times without any. */
export const noTimes = (): Times => ({ ended: new Histogram(), cut: new Histogram() });

/** Two values of one bucket of a histogram differ by less than this factor. */
const ONE_BUCKET = 1 + 1 / 1_024;

const quantileOf = (stat: string): number => (stat === "max" ? 1 : Number(stat.slice(1)) / 100);

/** How times are counted. */
interface Counting {
  /** Time at which longer ones are cut off by definition, in ms; none by default. */
  readonly capMs?: number;
  /** Times that one row of the simulation notes at once; 1 by default. */
  readonly each?: number;
}

/**
 * Returns `mean`, `max` or a percentile such as `p95` of all times together, in s; null without any. A time that was cut
 * off counts with what is known of it. A percentile is known if the times that were cut off could not change it, a maximum
 * if none was. A mean has a greatest value if all were cut off before `capMs`, at which longer times are cut off by
 * definition. The maximum is exact.
 */
export const timeOf = (
  all: readonly Times[],
  stat: string,
  { capMs = Infinity, each = 1 }: Counting = {},
): Measured => {
  const [ended, cut, every] = [new Histogram(), new Histogram(), new Histogram()];
  for (const one of all) {
    ended.merge(one.ended);
    cut.merge(one.cut);
  }
  every.merge(ended);
  every.merge(cut);
  if (every.count === 0) return { value: null };
  const ms = stat === "mean" ? every.mean! : every.quantile(quantileOf(stat))!;
  const known = { value: ms / 1_000, ...(stat.startsWith("p") ? { observations: every.count / each } : {}) };
  if (cut.count === 0) return known;
  const unfinished = (100 * cut.count) / every.count;
  const mostMs =
    stat !== "mean"
      ? ended.quantile(quantileOf(stat), cut.count)!
      : cut.max < capMs
        ? ms + (cut.count * capMs - cut.sum) / every.count
        : Infinity;
  if (mostMs === Infinity) return { ...known, atLeast: true, unfinished };
  return { ...known, ...(mostMs > ms * ONE_BUCKET ? { atMost: mostMs / 1_000 } : {}), unfinished };
};

/** Returns the largest value; it is only the least possible if one of them is. Null without data. */
export const largestOf = (all: readonly Measured[]): Measured => {
  const known = all.filter(({ value }) => value !== null);
  if (known.length === 0) return { value: null, ...whyOf(all) };
  const isOpen = known.some(({ atLeast }) => atLeast === true);
  return { value: Math.max(...known.map(({ value }) => value!)), ...(isOpen ? { atLeast: true } : {}) };
};

/** Returns the first reason why there is no data. */
const whyOf = (all: readonly Measured[]): Pick<Measured, "why"> => {
  const why = all.find((one) => one.why !== undefined)?.why;
  return why === undefined ? {} : { why };
};

/** A value, with the name of the thing that has it if there are several. */
export interface Extreme extends Measured {
  readonly name: string | undefined;
}

/** Returns the largest or the smallest value, the first of equals; null without data, with the first reason. */
export const extremeOf = (all: readonly Extreme[], stat: "max" | "min"): Extreme => {
  let best: Extreme = { name: undefined, value: null };
  for (const one of all) {
    const isBetter =
      best.value === null || one.value === null || (stat === "max" ? one.value > best.value : one.value < best.value);
    if (one.value !== null && isBetter) best = one;
  }
  return best.value === null ? { ...best, ...whyOf(all) } : best;
};
