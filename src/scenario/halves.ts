/**
 * The halves of steady windows. A window in which nothing happens, neither a fault nor an intervention before its end, should
 * show a steady state: if its halves differ, the warm-up was too short, or the load is more than what can be served.
 */
import type { Duration, Instant } from "../base/units.ts";
import { minutes, seconds } from "../base/units.ts";
import { type Figure, partsOf, textOf } from "./figure-parts.ts";
import { metricOf } from "./metrics.ts";
import type { Scenario } from "./scenario.ts";

type Span = Scenario["windows"][string];

/** Stats that a steady state does not change; extremes and totals depend on the length of the window. */
const STEADY_STATS = ["mean", "share", "rate", "p50", "p95", "p99"];

/** Windows from this length on are halved at a whole minute, when packets are metered anyway. */
const LONG = minutes(4);

/** Returns both halves of a window, cut at a whole minute or, if it is short, at a whole second; undefined without a second to spare. */
const halvesOf = ({ from, to }: Span): readonly [Span, Span] | undefined => {
  const step: Duration = to - from >= LONG ? minutes(1) : seconds(1);
  const middle = (Math.round((from + to) / 2 / step) * step) as Instant;
  if (middle <= from || middle >= to) return undefined;
  return [
    { from, to: middle, isHalf: true },
    { from: middle, to, isHalf: true },
  ];
};

const nameOf = (window: string, half: 1 | 2): string => `${window}/${String(half)}`;

const isSteady = ({ metric, stat, window }: Figure, { windows, faults, interventions }: Scenario): boolean => {
  const to = windows[window]?.to ?? 0;
  return (
    to > 0 &&
    metricOf(metric)?.hasSteadyState === true &&
    STEADY_STATS.includes(stat) &&
    [...faults, ...interventions].every(({ at }) => at >= to)
  );
};

const inHalf = (figure: Figure, half: 1 | 2): Figure => {
  const halved = { ...figure, window: nameOf(figure.window, half) };
  return { ...halved, text: textOf(partsOf(halved)) };
};

interface Halves {
  readonly figures: readonly [Figure, Figure];
  readonly spans: readonly [Span, Span];
}

const cut = (figure: Figure, scenario: Scenario): Halves | undefined => {
  if (figure.by !== undefined || !isSteady(figure, scenario)) return undefined;
  const spans = halvesOf(scenario.windows[figure.window]!);
  return spans === undefined ? undefined : { figures: [inHalf(figure, 1), inHalf(figure, 2)], spans };
};

/** Returns a judged figure in both halves of its window; undefined if that shows no steady state. */
export const figureByHalves = (figure: Figure, scenario: Scenario): readonly [Figure, Figure] | undefined =>
  cut(figure, scenario)?.figures;

/** Returns the scenario with the halves of its judged steady windows as windows of their own, and the figures in them. */
export const withHalves = (
  scenario: Scenario,
): { readonly scenario: Scenario; readonly figures: readonly Figure[] } => {
  const figures = new Map<string, Figure>();
  const windows: Record<string, Span> = { ...scenario.windows };
  for (const { figure } of [...scenario.expect, ...scenario.thresholds]) {
    const halves = cut(figure, scenario);
    halves?.figures.forEach((half, place) => {
      windows[half.window] = halves.spans[place]!;
      figures.set(half.text, half);
    });
  }
  return figures.size === 0
    ? { scenario, figures: [] }
    : { scenario: { ...scenario, windows }, figures: [...figures.values()] };
};
