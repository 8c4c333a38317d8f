/**
 * The possible range of each figure, so that no interval claims a loss below zero or a login longer than the run. Times until
 * events that did not happen are censored: they count as the limit, and so does the open end of their interval.
 */
import { inSeconds } from "../base/units.ts";
import type { Figure } from "../scenario/figure-parts.ts";
import type { Censoring } from "../scenario/metric.ts";
import { metricOf } from "../scenario/metrics.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Bounds } from "./intervals.ts";

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };

/** Returns the length of the figure's window in seconds; that of the run for an unknown window. */
export const windowSeconds = (figure: Figure, scenario: Scenario): number => {
  const window = scenario.windows[figure.window];
  return window === undefined ? inSeconds(scenario.run.duration) : inSeconds(window.to) - inSeconds(window.from);
};

/** Returns the least and greatest possible value in the figure's own unit, as its metric declares them. */
export const boundsOf = (figure: Figure, scenario: Scenario): Bounds => {
  const metric = metricOf(figure.metric);
  if (metric?.censored !== undefined) return { low: 0, high: censoredAt(metric.censored, figure, scenario) };
  if (metric?.range !== undefined) return metric.range;
  if (figure.unit === "%") return { low: 0, high: 100 };
  return { low: 0, high: figure.unit === "s" ? inSeconds(scenario.run.duration) : Infinity };
};

/** Returns the seconds at which a time is censored: fixed, or from the first begin to the end of the figure's window. */
const censoredAt = (censored: Censoring, { labels, window }: Figure, scenario: Scenario): number => {
  if ("atSeconds" in censored) return censored.atSeconds;
  const end = inSeconds(scenario.windows[window]?.to ?? scenario.run.duration);
  const begins = censored.since(scenario, labels).map(inSeconds);
  return Math.max(0, end - Math.min(end, ...begins));
};

/**
 * Returns what one event in one replication adds to a figure that counts events: 1 for a count or for the busiest
 * hour, 1 per length of the window for a mean rate. Where people are counted, one event is a row, with all the people that it
 * stands for. Undefined for figures that do not count events.
 */
export const oneEvent = (figure: Figure, scenario: Scenario): number | undefined => {
  const each = metricOf(figure.metric)?.countsPeople === true ? scenario.run.peopleARow : 1;
  const every = /^\/\s*(s|min|h|d)$/.exec(figure.unit)?.[1];
  if (every === undefined) return figure.stat === "count" ? each : undefined;
  return figure.stat === "rate" ? (each * SECONDS[every]!) / windowSeconds(figure, scenario) : each;
};
