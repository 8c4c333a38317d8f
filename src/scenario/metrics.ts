/**
 * The catalogue of metrics: everything that can be asked of a run. A figure that is not in it is refused before the run
 * starts, so that no threshold passes because nobody measured it.
 */
import type { Metric, Stat } from "./metric.ts";
import type { Section } from "./section.ts";
import { SECTIONS } from "./sections.ts";

const OWNED: readonly (readonly [Metric, Section])[] = SECTIONS.flatMap((section: Section) =>
  Object.entries(section.metrics).map(([name, metric]) => [{ name, ...metric }, section] as const),
);
const BY_NAME = new Map(OWNED.map((owned) => [owned[0].name, owned]));

export const METRICS: readonly Metric[] = OWNED.map(([metric]) => metric);

/** Every figure's name, `login.time.p95` and so on. */
export const METRIC_NAMES: readonly string[] = METRICS.flatMap(({ name, stats: own }) =>
  own.map((stat) => `${name}.${stat.name}`),
);

/** Returns the metric of a name without stat, such as `login.time`; undefined for one that this version does not know. */
export const metricOf = (name: string): Metric | undefined => BY_NAME.get(name)?.[0];

/** Returns the section that declares a metric; undefined for one that this version does not know. */
export const sectionOfMetric = (name: string): Section | undefined => BY_NAME.get(name)?.[1];

/** Returns the metric and stat of a dotted name whose last part is the stat. */
export const findMetric = (name: string): { readonly metric: Metric; readonly stat: Stat } | undefined => {
  const dot = name.lastIndexOf(".");
  const metric = metricOf(name.slice(0, dot));
  const stat = metric?.stats.find((one) => one.name === name.slice(dot + 1));
  return metric === undefined || stat === undefined ? undefined : { metric, stat };
};
