/**
 * What a figure can be at all, so that no interval claims a loss below nothing or a login longer than
 * anybody waits. Times of what did not happen are censored: they stand at the limit, and so do open ends.
 */
import { inSeconds } from "../base/units.ts";
import type { Figure } from "../scenario/figure-parts.ts";
import type { Censoring } from "../scenario/metric.ts";
import { metricOf } from "../scenario/metrics.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Bounds } from "./intervals.ts";

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };

/** Length of the figure's window in seconds; of the whole run where the window is not known. */
const windowSeconds = (figure: Figure, scenario: Scenario): number => {
  const window = scenario.windows[figure.window];
  return window === undefined ? inSeconds(scenario.run.duration) : inSeconds(window.to) - inSeconds(window.from);
};

/** Returns the least and greatest possible value in the figure's own unit, as its metric declares them. */
export const boundsOf = (figure: Figure, scenario: Scenario): Bounds => {
  const metric = metricOf(figure.metric);
  if (metric?.censored !== undefined)
    return { low: 0, high: censoredAt(metric.censored, figure, scenario), censored: true };
  if (metric?.range !== undefined) return metric.range;
  if (figure.unit === "%") return { low: 0, high: 100 };
  return { low: 0, high: figure.unit === "s" ? inSeconds(scenario.run.duration) : Infinity };
};

/** Seconds at which a time is cut off: fixed, or from the first begin to the end of the figure's window. */
const censoredAt = (censored: Censoring, { labels, window }: Figure, scenario: Scenario): number => {
  if ("atSeconds" in censored) return censored.atSeconds;
  const end = inSeconds(scenario.windows[window]?.to ?? scenario.run.duration);
  const begins = censored.since(scenario, labels).map(inSeconds);
  return Math.max(0, end - Math.min(end, ...begins));
};

/**
 * What one event in one replication adds to a figure that counts events: 1 for a count or for the busiest
 * hour, one in the window's length for a mean rate. Undefined for figures that count none.
 */
export const oneEvent = (figure: Figure, scenario: Scenario): number | undefined => {
  const every = /^\/\s*(s|min|h|d)$/.exec(figure.unit)?.[1];
  if (every === undefined) return figure.stat === "count" ? 1 : undefined;
  return figure.stat === "rate" ? SECONDS[every]! / windowSeconds(figure, scenario) : 1;
};
