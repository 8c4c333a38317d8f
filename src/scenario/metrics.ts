/**
 * The catalogue of metrics: everything that a run can measure. An unknown figure is rejected before the run starts, so that
 * no threshold passes because its figure is not measured.
 */
import type { Metric, Stat } from "./metric.ts";
import type { Section } from "./section.ts";
import { SECTIONS } from "./sections.ts";

const OWNED: readonly (readonly [Metric, Section])[] = SECTIONS.flatMap((section: Section) =>
  Object.entries(section.metrics).map(([name, metric]) => [{ name, ...metric }, section] as const),
);
const BY_NAME = new Map(OWNED.map((owned) => [owned[0].name, owned]));

/** All metrics, in the order of the sections. */
export const METRICS: readonly Metric[] = OWNED.map(([metric]) => metric);

/** The names of all figures, such as `login.time.p95`. */
export const METRIC_NAMES: readonly string[] = METRICS.flatMap(({ name, stats: own }) =>
  own.map((stat) => `${name}.${stat.name}`),
);

/** Returns the metric of a name without stat, such as `login.time`; undefined if this version does not know it. */
export const metricOf = (name: string): Metric | undefined => BY_NAME.get(name)?.[0];

/** Returns the section that declares a metric; undefined if this version does not know it. */
export const sectionOfMetric = (name: string): Section | undefined => BY_NAME.get(name)?.[1];

/** Returns the metric and stat of a name such as `login.time.p95`; undefined if either is unknown. */
export const findMetric = (name: string): { readonly metric: Metric; readonly stat: Stat } | undefined => {
  const dot = name.lastIndexOf(".");
  const metric = metricOf(name.slice(0, dot));
  const stat = metric?.stats.find((one) => one.name === name.slice(dot + 1));
  return metric === undefined || stat === undefined ? undefined : { metric, stat };
};
