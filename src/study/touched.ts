/**
 * A common measure of differences: the people that they touch. A share is of the people in the figure, a count is of people,
 * and a time counts in parts of the longest that it is followed, a percentile for those above it.
 */
import type { Figure } from "../scenario/figure-parts.ts";
import { metricOf, sectionOfMetric } from "../scenario/metrics.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { boundsOf, windowSeconds } from "./bounds.ts";
import type { Interval } from "./document.ts";

/** Returns the share of people whose time is above a statistic; all make a mean, and hardly anybody is above a maximum. */
const shareAbove = (stat: string): number => {
  if (stat === "mean") return 1;
  return stat === "max" ? 0 : 1 - Number(stat.slice(1)) / 100;
};

/**
 * Returns how many people a difference touches, at the end of its interval that is nearer to none: 0 if it may be chance.
 * Undefined for figures that nobody feels, such as the load of a server.
 */
export const peopleTouched = (
  figure: Figure,
  scenario: Scenario,
  { ci95: [low, high] }: Interval,
): number | undefined => {
  if (metricOf(figure.metric)?.isFelt !== true) return undefined;
  const least = Math.max(0, low, -high);
  const seconds = windowSeconds(figure, scenario);
  if (figure.unit === "" || least === 0) return least;
  if (figure.unit === "/s") return least * seconds;
  const people = sectionOfMetric(figure.metric)!.concerned(scenario.world, figure, seconds);
  if (figure.unit === "%") return (least / 100) * people;
  return Math.min(1, least / boundsOf(figure, scenario).high) * shareAbove(figure.stat) * people;
};
