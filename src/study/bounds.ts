/**
 * What a figure can be at all, so that no interval claims a loss below nothing or a login longer than
 * anybody waits. Times of what did not happen are censored: they stand at the limit, and so do open ends.
 */
import { type Instant, inSeconds } from "../base/units.ts";
import type { Figure, Scenario } from "../scenario/scenario.ts";
import type { Bounds } from "./intervals.ts";

/** A login that is not through after this many seconds counts as this long (the contract of `login.time`). */
const LOGIN_CENSORED = 60;

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };

/** What these measure began with a fault, and is censored at the end of the figure's window. */
const FROM_A_FAULT = ["alarm.delay", "reroute.delay", "back.delay"];

/** Length of the figure's window in seconds; of the whole run where the window is not known. */
const windowSeconds = (figure: Figure, scenario: Scenario): number => {
  const window = scenario.windows[figure.window];
  return window === undefined ? inSeconds(scenario.run.duration) : inSeconds(window.to) - inSeconds(window.from);
};

/** Percentages of something that can be exceeded: a server may hold more than it should, and be asked for more than it has. */
const EXCEEDABLE = ["server.load", "centre.load", "centre.bought", "back.stretch"];
/** Those that say what is missing when they are below nothing: there is no more left than all, and no less than none of what is needed. */
export const spareBounds = (figure: string): Bounds | undefined => {
  if (figure.startsWith("centre.headroom.")) return { low: -Infinity, high: 100 };
  return figure.startsWith("centre.margin.") ? { low: -100, high: Infinity } : undefined;
};

/** In the figure's own unit. */
export const boundsOf = (figure: Figure, scenario: Scenario): Bounds => {
  const spare = spareBounds(`${figure.metric}.${figure.stat}`);
  if (spare !== undefined) return spare;
  if (figure.unit === "%") return { low: 0, high: EXCEEDABLE.includes(figure.metric) ? Infinity : 100 };
  if (figure.metric === "login.time") return { low: 0, high: LOGIN_CENSORED, censored: true };
  if (FROM_A_FAULT.includes(figure.metric)) return { low: 0, high: longestDelay(figure, scenario), censored: true };
  if (figure.metric === "evacuation.delay") return { low: 0, high: longestLeaving(figure, scenario), censored: true };
  return { low: 0, high: figure.unit === "s" ? inSeconds(scenario.run.duration) : Infinity };
};

/** Seconds from the first fault that the figure is about to its window's end. */
const longestDelay = (figure: Figure, scenario: Scenario): number => {
  const begun = scenario.faults.filter(({ id }) => isAbout(figure, "fault", id));
  return longestSince(begun, figure, scenario);
};

/** Seconds from the first order to leave a centre that the figure is about to its window's end. */
const longestLeaving = (figure: Figure, scenario: Scenario): number => {
  const ordered = scenario.interventions.filter(
    ({ action }) => action.kind === "evacuate" && isAbout(figure, "centre", action.plan.centre),
  );
  return longestSince(ordered, figure, scenario);
};

const longestSince = (begun: readonly { readonly at: Instant }[], figure: Figure, scenario: Scenario): number => {
  const end = inSeconds(scenario.windows[figure.window]?.to ?? scenario.run.duration);
  return Math.max(0, end - Math.min(end, ...begun.map(({ at }) => inSeconds(at))));
};

const isAbout = ({ labels }: Figure, about: string, name: string): boolean =>
  labels.every(({ label, values, negated }) => label !== about || values.includes(name) !== negated);

/**
 * What one event in one replication adds to a figure that counts events: 1 for a count or for the busiest
 * hour, one in the window's length for a mean rate. Undefined for figures that count none.
 */
export const oneEvent = (figure: Figure, scenario: Scenario): number | undefined => {
  const every = /^\/\s*(s|min|h|d)$/.exec(figure.unit)?.[1];
  if (every === undefined) return figure.stat === "count" ? 1 : undefined;
  return figure.stat === "rate" ? SECONDS[every]! / windowSeconds(figure, scenario) : 1;
};
