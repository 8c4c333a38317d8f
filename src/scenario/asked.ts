/** What a run of a scenario is asked: the figures that it names, and those that every run of its systems prints. */
import { sectionOf } from "./faults.ts";
import type { Figure } from "./figure-parts.ts";
import { sectionOfMetric } from "./metrics.ts";
import type { Scenario } from "./scenario.ts";
import type { Section } from "./section.ts";
import { SECTIONS } from "./sections.ts";

const ALL: readonly Section[] = SECTIONS;

/** True if something happens in the section, or is asked about it. */
const isInvolved = (section: Section, { faults, interventions, expect, thresholds }: Scenario): boolean =>
  interventions.some(({ action }) => Object.hasOwn(section.interventions, action.kind)) ||
  faults.some((fault) => sectionOf(fault) === section) ||
  [...expect, ...thresholds].some(({ figure }) => sectionOfMetric(figure.metric) === section);

/**
 * Returns the sections that a run reports on: those that only some worlds have, where this one has them. A section that
 * every world has is left out if it only carries another one, and nothing happens in it or is asked about it.
 */
export const sectionsTold = (scenario: Scenario): readonly Section[] => {
  const here = ALL.filter((section) => section.isIn(scenario.world));
  const isOptional = (section: Section): boolean => !section.isIn({});
  const hasOthers = here.some(isOptional);
  return here.filter((section) => isOptional(section) || !hasOthers || isInvolved(section, scenario));
};

const standardOf = ({ metrics }: Section): readonly Figure[] =>
  Object.entries(metrics).flatMap(([metric, { stats }]) =>
    stats
      .filter(({ isStandard }) => isStandard)
      .map(({ name: stat, unit }): Figure => {
        const text = `${metric}.${stat}`;
        return { text, metric, stat, labels: [], window: "run", by: undefined, unit };
      }),
  );

/** Returns every figure that a run of this scenario computes: expectations' and thresholds', then the standard ones; each once. */
export const figuresOf = (scenario: Scenario): readonly Figure[] => {
  const asked = [...scenario.expect, ...scenario.thresholds].map(({ figure }) => figure);
  const standard = sectionsTold(scenario).flatMap(standardOf);
  return [...new Map([...asked, ...standard].map((figure) => [figure.text, figure])).values()];
};
