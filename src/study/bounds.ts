/**
 * The possible range of each figure, so that no interval claims a loss below zero or a login longer than the run. Times until
 * events that did not happen are censored: they count as the limit, and so does the open end of their interval.
 */
import { inSeconds } from "../base/units.ts";
import type { Figure } from "../scenario/figure-parts.ts";
import type { Censoring } from "../scenario/metric.ts";
import { metricOf, sectionOfMetric } from "../scenario/metrics.ts";
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

/** Returns what this many more events in the window add to a figure that counts them; undefined for other figures. */
const countOf = (more: number, figure: Figure, scenario: Scenario): number | undefined => {
  const every = /^\/\s*(s|min|h|d)$/.exec(figure.unit)?.[1];
  if (every !== undefined)
    return figure.stat === "rate" ? (more * SECONDS[every]!) / windowSeconds(figure, scenario) : more;
  const isCount = figure.stat === "count" || (figure.unit === "" && countsAtOnce(figure));
  return isCount ? more : undefined;
};

/** True if the figure counts people, and one event can count many of them at once. */
export const countsAtOnce = ({ metric }: Figure): boolean => metricOf(metric)?.countsPeople === "at-once";

/**
 * Returns the least that one event in one replication adds to a figure that counts events: 1 for a count or for the busiest
 * hour, 1 per length of the window for a mean rate, all the people that a row stands for where people are counted. Undefined
 * for figures that do not count events.
 */
export const leastEvent = (figure: Figure, scenario: Scenario): number | undefined =>
  countOf(metricOf(figure.metric)?.countsPeople === undefined ? 1 : scenario.run.peopleARow, figure, scenario);

/**
 * Returns the most that one event in one replication adds: the least, or all people in the figure where one event counts many
 * at once, as a single decision moves a whole region. So it is for their share.
 */
export const largestEvent = (figure: Figure, scenario: Scenario): number | undefined => {
  if (figure.unit === "%") return countsAtOnce(figure) ? 100 : undefined;
  const least = leastEvent(figure, scenario);
  if (least === undefined || !countsAtOnce(figure)) return least;
  const people = sectionOfMetric(figure.metric)!.concerned(scenario.world, figure, windowSeconds(figure, scenario));
  return Math.max(least, countOf(people, figure, scenario)!);
};
