/**
 * Compares the transport model with measured TCP: simulates every cell of a measured file some thousands of times and compares
 * the distributions. The limits were stated before the model was judged by them.
 */
import { Draws, RandomStream } from "../base/random.ts";
import type { MeasuredCell } from "../scenario/measured.ts";
import { type Sample, type Sampler, samplerOf, Unmodelled } from "./measured.ts";

/** A value with its 95 % interval; null where failures left too few samples. */
interface Measured {
  readonly v: number | null;
  readonly ci: readonly [number | null, number | null];
}

/** Held within the limits, broken, or unknown because the cell cannot be modelled or judged. */
export type FidelityVerdict = "held" | "broken" | "unknown";

/** Largest allowed errors: of distance and success as absolute shares, of the mean relative to it. */
export interface FidelityLimits {
  readonly ks: number;
  readonly success: number;
  readonly mean: number | undefined;
}

/** One judged cell: its errors, null where they were not judged, and the simulated statistics. */
export interface CellResult {
  readonly id: string;
  readonly kind: string;
  readonly lossBand: string;
  readonly limits: FidelityLimits;
  readonly verdict: FidelityVerdict;
  readonly reason?: string;
  readonly ks: number | null;
  readonly meanError: number | null;
  readonly successError: number | null;
  readonly model: Readonly<Record<string, unknown>> | null;
}

/** Returns the limits of a cell and its loss band; cells of one kind and band share their limits. */
export const bandOf = ({
  kind,
  params,
}: MeasuredCell): { readonly lossBand: string; readonly limits: FidelityLimits } => {
  const number = (key: string): number => (typeof params[key] === "number" ? params[key] : 0);
  const loss = Math.max(number("loss_up"), number("loss_down"), number("loss"), number("mean"));
  const limits = (ks: number, success: number, mean?: number): FidelityLimits => ({ ks, success, mean });
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

/** The least number of measured connections by which a cell is judged. Chosen. */
const CONNECTIONS_MIN = 10;

/** Events that may be simulated for one cell. Chosen: up to a quarter of an hour of one core. */
const EVENTS_MOST = 100_000_000;

/** Simulates a cell `samples` times and judges it; unknown if that takes more events than `eventsMost`. The result does not depend on the cell's place in its file. */
export const judgeCell = (cell: MeasuredCell, samples: number, eventsMost = EVENTS_MOST): CellResult => {
  const { id, kind } = cell;
  const { lossBand, limits } = bandOf(cell);
  const about = { id, kind, lossBand, limits };
  let sampler: Sampler;
  try {
    if (cell.stats.n < CONNECTIONS_MIN)
      throw new Unmodelled(`${String(cell.stats.n)} connections are too few to judge by`);
    sampler = samplerOf(cell);
    const draws = new Draws("fidelity", id);
    const chance = new RandomStream();
    let events = 0;
    const simulated = Array.from({ length: samples }, (_, index) => {
      draws.at(0, index, 0);
      const sample = sampler(chance.from(draws.out));
      events += sample.events;
      if (events > eventsMost)
        throw new Unmodelled(
          `stopped after ${String(index + 1)} of ${String(samples)} connections, at the limit of ${String(eventsMost)} events: give fewer --samples`,
        );
      return sample;
    });
    return { ...about, ...compare(cell, simulated, limits) };
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
  simulated: readonly Sample[],
  limits: FidelityLimits,
): Omit<CellResult, "id" | "kind" | "lossBand" | "limits"> => {
  const times = Float64Array.from(simulated, ({ ms }) => ms).sort();
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
    // A model that never succeeds has no mean of successes: an error of 100 %.
    const mean = counted.length === 0 ? Infinity : counted.reduce((sum, ms) => sum + ms, 0) / counted.length;
    model[meanKey] = Number.isFinite(mean) ? rounded(mean) : null;
    // Clocks resolve a tenth of a millisecond: a smaller measured mean counts as that.
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
    for (const { ending } of simulated) found[ending] = (found[ending] ?? 0) + 1;
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

/** Returns a share's 95 % interval (Wilson), which files do not give for outcomes. */
const wilson = (share: number, n: number): readonly [number, number] => {
  const z2 = 1.96 * 1.96;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
};

const rounded = (value: number): number => Number(value.toPrecision(5));
const finite = (times: Float64Array): Float64Array => times.filter((ms) => Number.isFinite(ms));

/** True if the model's value lies within the measured interval, widened by half its width at each end. */
const isWithin = (value: number, { ci: [low, high] }: Measured): boolean =>
  low !== null && high !== null && value >= low - (high - low) / 2 && value <= high + (high - low) / 2;

/** Returns the number of ascending times that are at most `limit`. */
const countTo = (times: Float64Array, limit: number): number => {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Tolerated shift of a distribution, as factor and ms: the time that a host itself adds to a measurement. */
const STRETCH = 1.015;
const SHIFT_MS = 3;

/**
 * Returns the Kolmogorov–Smirnov distance with a tolerance of 3 ms and 1.5 %: the largest F_A(x) − F_B(1.015 x + 3 ms)
 * over all x and both orders. `times` are ascending, failures infinite. The measured distribution is known by 101 order
 * statistics, so its share at a time is known to within one percent; the end that favours the model is taken.
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
