/**
 * Tests whether the warm-up is too short, in windows in which nothing happens that could change a figure.
 *
 * Drift: the first half of the window is compared with the second over the replications. A difference that chance shows in
 * less than 1 % of studies is a drift, and the figure is heading for its second half plus the drift.
 *
 * Memory: if the halves go together over the replications, the world remembers its state for as long as the window. With an
 * exponential memory of time constant tau, means of two adjacent spans of length h correlate by
 * (1 - e^-x)^2 / (2 (x - 1 + e^-x)), x = h / tau, which gives tau; and a figure that starts at 0 has by then come as far as
 * 1 - e^(-t / tau) of its steady value. That is the standard relaxation of queues (e.g. Odoni and Roth 1983).
 */
import { printShort } from "../base/digits.ts";
import { mean, sampleCorrelation } from "simple-statistics";
import { inSeconds } from "../base/units.ts";
import type { Figure } from "../scenario/figure-parts.ts";
import { figureByHalves } from "../scenario/halves.ts";
import { metricOf } from "../scenario/metrics.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Bounds, intervalOf, observed } from "./intervals.ts";
import type { Pair } from "./replications.ts";

/** A figure that has not settled in its window. */
export interface Drift {
  /** What shows it. */
  readonly text: string;
  /** 95 % interval of where it is heading. */
  readonly heading: readonly [number, number];
}

/** A figure that gets ever worse within its window. */
export interface Endless {
  /** Why there is no end to it. */
  readonly why: string;
  /** From its value to the worst possible one. */
  readonly heading: readonly [number, number];
}

interface Halves {
  readonly first: number;
  readonly second: number;
}

/** Error of both tests. */
const ERROR = 0.01;
/** The normal quantile of a one-sided test with that error. */
const NORMAL = 2.326;
/** A drift of less than this share of the value changes no verdict that a reader would trust; chosen. */
const NOTABLE = 0.02;
/** Replications from which a correlation is tested. Chosen: with fewer, only one above 0.87 would be seen. */
const ENOUGH = 6;

const ANYTHING: Bounds = { low: -Infinity, high: Infinity };

/** Returns the drift of a judged figure, of one with `by=` that of a group; undefined if its window is not steady by design, or shows none. */
export const driftOf = (
  figure: Figure,
  scenario: Scenario,
  pairs: readonly Pair[],
  { bounds, group }: { readonly bounds: Bounds; readonly group?: string | undefined },
): Drift | undefined => {
  const halves = figureByHalves(figure, scenario);
  if (halves === undefined) return undefined;
  const both = pairs.flatMap(({ run: { figures } }): Halves[] => {
    const [first, second] = halves.map(({ text }) => {
      const sample = group === undefined ? figures[text] : figures[text]?.groups?.[group];
      return sample?.value ?? null;
    }) as [number | null, number | null];
    return first === null || second === null ? [] : [{ first, second }];
  });
  if (both.length < 2) return undefined;
  return differenceOf(both, bounds, figure.unit) ?? memoryOf(both, figure, scenario, bounds);
};

/** Returns where a figure is heading while `backlog`, told in words, grows behind it: there is no end to it. Undefined if it stays. */
export const endlessOf = (
  { metric, stat, unit }: Figure,
  backlog: string | undefined,
  value: number | undefined,
  { low, high }: Bounds,
): Endless | undefined => {
  const declared = metricOf(metric);
  if (backlog === undefined || value === undefined) return undefined;
  if (declared?.growsWithBacklog !== true || stat === "rate") return undefined;
  const worst: readonly [number, number] =
    declared.better === "high" ? [low, value] : [value, unit === "%" ? high : Infinity];
  return { why: `${backlog}: it has no end within the window`, heading: worst };
};

const print = (value: number, unit: string): string => `${printShort(value, 3)} ${unit}`.trimEnd();

const differenceOf = (both: readonly Halves[], bounds: Bounds, unit: string): Drift | undefined => {
  const drifts = observed(both.map(({ first, second }) => second - first));
  const { value, ci95 } = intervalOf(drifts, { bounds: ANYTHING, error: ERROR })!;
  const [first, second] = [mean(both.map((one) => one.first)), mean(both.map((one) => one.second))];
  const isChance = ci95[0] <= 0 && ci95[1] >= 0;
  if (isChance || Math.abs(value) < NOTABLE * Math.abs((first + second) / 2)) return undefined;
  const goals = observed(both.map((one) => 2 * one.second - one.first));
  return {
    text: `drifts within its window, from ${print(first, unit)} in its first half to ${print(second, unit)} in its second: the warm-up is too short, or more comes than can be served`,
    heading: intervalOf(goals, { bounds })!.ci95,
  };
};

/** Returns the correlation of adjacent spans that are `x` time constants long. */
const correlationAt = (x: number): number => ((1 - Math.exp(-x)) * (1 - Math.exp(-x))) / (2 * (x - 1 + Math.exp(-x)));

const memoryOf = (
  both: readonly Halves[],
  { metric, window }: Figure,
  scenario: Scenario,
  bounds: Bounds,
): Drift | undefined => {
  if (metricOf(metric)?.startsEmpty !== true || both.length < ENOUGH) return undefined;
  const r = sampleCorrelation(
    both.map((one) => one.first),
    both.map((one) => one.second),
  );
  // Fisher's transformation: a correlation that is none is normal with this deviation.
  if (!(Math.atanh(Math.min(r, 1 - 1e-9)) * Math.sqrt(both.length - 3) > NORMAL)) return undefined;
  const { from, to } = scenario.windows[window]!;
  const length = inSeconds(to) - inSeconds(from);
  const tau = timeConstant(r, length / 2);
  const reached = (seconds: number): number => Math.exp(-seconds / tau);
  const share = 1 - (tau / length) * (reached(inSeconds(from)) - reached(inSeconds(to)));
  if (1 - share < NOTABLE) return undefined;
  const goals = observed(both.map(({ first, second }) => (first + second) / 2 / share));
  return {
    text: `is remembered for about ${print(tau, "s")}, so that a start from an empty world ${print(inSeconds(from), "s")} before its window makes it about ${print(100 * (1 - share), "%")} too low: the warm-up is too short`,
    heading: intervalOf(goals, { bounds })!.ci95,
  };
};

/** Returns the time constant at which adjacent spans of `span` seconds correlate by `r`, at most two spans: more cannot be seen. */
const timeConstant = (r: number, span: number): number => {
  let [low, high] = [0.5, 1_000];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (correlationAt(middle) > r) low = middle;
    else high = middle;
  }
  return span / low;
};
