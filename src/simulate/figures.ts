/** Reads the figures of one run, each from the system that declares it. */
import type { Figure } from "../scenario/figure-parts.ts";
import { sectionOfMetric } from "../scenario/metrics.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { namesOfScenario } from "../scenario/known.ts";
import type { FigureSample } from "./replication.ts";
import { largestOf, type Measured } from "./samples.ts";
import type { Running, System } from "./system.ts";

/** Returns one figure of one run; its value is null without data, or if the world lacks its system. */
export const figureSample = (
  figure: Figure,
  scenario: Scenario,
  running: ReadonlyMap<System, Running>,
): FigureSample => {
  const system = [...running].find(([{ section }]) => section === sectionOfMetric(figure.metric))?.[1];
  if (system === undefined) return { value: null };
  if (figure.by !== undefined) return groupedSample(figure, figure.by, scenario, system);
  const { name, ...measured } = system.read(figure, figure.labels);
  return { ...measured, ...(name === undefined ? {} : { binds: name }) };
};

/** Returns a figure by groups; its value is that of the largest group. */
const groupedSample = (figure: Figure, by: string, scenario: Scenario, system: Running): FigureSample => {
  const groups: Record<string, Measured> = {};
  const all: Measured[] = [];
  for (const group of system.groups?.(figure) ?? namesOfScenario(scenario)[by] ?? []) {
    const { name, ...measured } = system.read(figure, [
      ...figure.labels,
      { label: by, values: [group], negated: false },
    ]);
    all.push(measured);
    if (measured.value !== null) groups[group] = measured;
  }
  return { ...largestOf(all), groups };
};
