/**
 * The transport model against measured TCP: every cell of a measured file is lived some thousands of times and its
 * distribution held against the measured one. Limits were stated before the model was judged by them.
 */
import { Draws, RandomStream } from "../base/random.ts";
import type { MeasuredCell } from "../scenario/measured.ts";
import { type Sample, type Sampler, samplerOf, Unmodelled } from "./measured.ts";

/** A value with its 95 % interval; null where it failed too often to say. */
interface Measured {
  readonly v: number | null;
  readonly ci: readonly [number | null, number | null];
}

export type FidelityVerdict = "held" | "broken" | "unknown";

/** Errors are absolute shares but for the mean's, which is relative. */
export interface Limits {
  readonly ks: number;
  readonly success: number;
  readonly mean: number | undefined;
}

export interface CellResult {
  readonly id: string;
  readonly kind: string;
  readonly lossBand: string;
  readonly limits: Limits;
  readonly verdict: FidelityVerdict;
  readonly reason?: string;
  readonly ks: number | null;
  readonly meanError: number | null;
  readonly successError: number | null;
  readonly model: Readonly<Record<string, unknown>> | null;
}

/** What a cell is judged by, and with whom: kind and how lossy it is. */
export const bandOf = ({ kind, params }: MeasuredCell): { readonly lossBand: string; readonly limits: Limits } => {
  const number = (key: string): number => (typeof params[key] === "number" ? params[key] : 0);
  const loss = Math.max(number("loss_up"), number("loss_down"), number("loss"), number("mean"));
  const limits = (ks: number, success: number, mean?: number): Limits => ({ ks, success, mean });
  switch (kind) {
    case "connect":
      return { lossBand: "all", limits: limits(0.05, 0.01, 0.1) };
    case "login":
    case "login_variant":
      if (loss <= 0.1) return { lossBand: "to 10 %", limits: limits(0.06, 0.005, 0.12) };
      if (loss <= 0.3) return { lossBand: "20–26 %", limits: limits(0.08, 0.02, 0.1) };
      return { lossBand: "40 %", limits: limits(0.09, 0.06, 0.1) };
    case "login_burst":
      return String(params["loss_model"]).startsWith("gilbert_time")
        ? { lossBand: "outages in time", limits: limits(0.05, 0.01, 0.15) }
        : { lossBand: "bursts of packets", limits: limits(0.1, 0.05) };
    case "login_jitter":
    case "login_asym":
      return { lossBand: "all", limits: limits(0.08, 0.01, 0.12) };
    case "upload":
      return { lossBand: "all", limits: limits(0.2, 0.03, 0.2) };
    default:
      return { lossBand: "all", limits: limits(0.06, 0.01, 0.1) };
  }
};

/** Of fewer connections nothing can be said. Chosen. */
const LEAST = 10;

/** Lives a cell `samples` times and judges it. The same cell gives the same answer wherever it stands in a file. */
export const judgeCell = (cell: MeasuredCell, samples: number): CellResult => {
  const { id, kind } = cell;
  const { lossBand, limits } = bandOf(cell);
  const about = { id, kind, lossBand, limits };
  let sampler: Sampler;
  try {
    if (cell.stats.n < LEAST) throw new Unmodelled(`${String(cell.stats.n)} connections are too few to judge by`);
    sampler = samplerOf(cell);
    const draws = new Draws("fidelity", id);
    const chance = new RandomStream();
    const lived = Array.from({ length: samples }, (_, index) => {
      draws.at(0, index, 0);
      return sampler(chance.from(draws.out));
    });
    return { ...about, ...compare(cell, lived, limits) };
  } catch (error) {
    if (!(error instanceof Unmodelled)) throw error;
    const nothing = { ks: null, meanError: null, successError: null, model: null };
    return { ...about, verdict: "unknown", reason: error.message, ...nothing };
  }
};

type Known = Measured & { readonly v: number };

const isKnown = (value: Measured | undefined): value is Known => value !== undefined && value.v !== null;

const compare = (
  { stats, outcomes }: MeasuredCell,
  lived: readonly Sample[],
  limits: Limits,
): Omit<CellResult, "id" | "kind" | "lossBand" | "limits"> => {
  const times = Float64Array.from(lived, ({ ms }) => ms).sort();
  const n = times.length;
  const model: Record<string, unknown> = { n };
  const judged: boolean[] = [];
  const ks = tolerantKs(times, stats.q101_ms);
  judged.push(ks <= limits.ks);

  let meanError: number | null = null;
  const meanKey = isKnown(stats.mean_censored_30s_ms) ? "mean_censored_30s_ms" : "mean_of_successes_ms";
  const measuredMean = stats[meanKey];
  if (isKnown(measuredMean)) {
    const counted = meanKey === "mean_censored_30s_ms" ? times.map((ms) => Math.min(ms, 30_000)) : finite(times);
    // Where the model never succeeds it has no mean of successes, and is altogether wrong.
    const mean = counted.length === 0 ? Infinity : counted.reduce((sum, ms) => sum + ms, 0) / counted.length;
    model[meanKey] = Number.isFinite(mean) ? rounded(mean) : null;
    // Of a mean of next to nothing, a tenth of a millisecond is what clocks can tell.
    meanError = Number.isFinite(mean) ? (mean - measuredMean.v) / Math.max(measuredMean.v, 0.1) : 1;
    if (limits.mean !== undefined) judged.push(Math.abs(meanError) <= limits.mean || isWithin(mean, measuredMean));
  }

  let successError: number | null = null;
  const share = (value: number, error: number, measured: Measured | undefined): void => {
    if (successError === null || Math.abs(error) > Math.abs(successError)) successError = error;
    judged.push(Math.abs(error) <= limits.success || (measured !== undefined && isWithin(value, measured)));
  };
  for (const [key, limit] of [
    ["success_10s", 10_000],
    ["success_30s", 30_000],
  ] as const) {
    const measured = stats[key];
    if (!isKnown(measured)) continue;
    const value = countTo(times, limit) / n;
    model[key] = rounded(value);
    share(value, value - measured.v, measured);
  }
  if (outcomes !== undefined) {
    const found: Record<string, number> = {};
    for (const { ending } of lived) found[ending] = (found[ending] ?? 0) + 1;
    for (const name of Object.keys(found)) found[name]! /= n;
    const names = [...new Set([...Object.keys(outcomes), ...Object.keys(found)])].sort();
    for (const name of names) {
      const [value, measured] = [found[name] ?? 0, outcomes[name] ?? 0];
      share(value, value - measured, { v: measured, ci: wilson(measured, stats.n) });
    }
    model["outcomes"] = Object.fromEntries(names.map((name) => [name, rounded(found[name] ?? 0)]));
  }
  model["q101_ms"] = Array.from({ length: 101 }, (_, percent) => {
    const ms = times[Math.round((percent / 100) * (n - 1))]!;
    return Number.isFinite(ms) ? Math.round(ms * 10) / 10 : null;
  });
  const verdict = judged.every(Boolean) ? "held" : "broken";
  return {
    verdict,
    ks: rounded(ks),
    meanError: meanError === null ? null : rounded(meanError),
    successError: successError === null ? null : rounded(successError),
    model,
  };
};

/** A share's 95 % interval (Wilson): files give none for outcomes. */
const wilson = (share: number, n: number): readonly [number, number] => {
  const z2 = 1.96 * 1.96;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
};

const rounded = (value: number): number => Number(value.toPrecision(5));
const finite = (times: Float64Array): Float64Array => times.filter((ms) => Number.isFinite(ms));

/** The model's value lies within the measured interval, widened by half its width at each end. */
const isWithin = (value: number, { ci: [low, high] }: Measured): boolean =>
  low !== null && high !== null && value >= low - (high - low) / 2 && value <= high + (high - low) / 2;

/** How many of ascending times are at most this. */
const countTo = (times: Float64Array, limit: number): number => {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A shift of this much does not count: what a host adds to an atom of a distribution. */
const STRETCH = 1.015;
const SHIFT_MS = 3;

/**
 * Kolmogorov and Smirnov's distance that forgives a shift of 3 ms and 1.5 %: the largest of F_A(x) − F_B(1.015 x + 3 ms)
 * over all x and both orders. `times` ascending, failures infinite; of the measured only 101 order statistics are known, so
 * its share at a time is known to within one percent, and the kinder end is taken.
 */
export const tolerantKs = (times: Float64Array, q101: readonly (number | null)[]): number => {
  const measured = Float64Array.from(q101, (ms) => ms ?? Infinity).sort();
  const most = measured.length - 1;
  const modelShare = (ms: number): number => countTo(times, ms) / times.length;
  const measuredHigh = (ms: number): number => Math.min(1, countTo(measured, ms) / most);
  const measuredLow = (ms: number): number => Math.max(0, countTo(measured, ms) - 1) / most;
  let distance = 0;
  for (const ms of [...times, ...measured]) {
    if (!Number.isFinite(ms)) continue;
    const later = STRETCH * ms + SHIFT_MS;
    distance = Math.max(distance, modelShare(ms) - measuredHigh(later), measuredLow(ms) - modelShare(later));
  }
  return distance;
};
