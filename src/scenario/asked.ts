/** Lists the figures of a run: those that the scenario names, and the standard ones of its systems. */
import type { Figure } from "./figure-parts.ts";
import { sectionOf } from "./known.ts";
import { sectionOfMetric } from "./metrics.ts";
import type { Scenario } from "./scenario.ts";
import type { Section } from "./section.ts";
import { SECTIONS } from "./sections.ts";

const ALL: readonly Section[] = SECTIONS;

/** True if a fault, intervention, expectation or threshold concerns the section. */
const isInvolved = (section: Section, { faults, interventions, expect, thresholds }: Scenario): boolean =>
  interventions.some(({ action }) => section.actions.includes(action.kind)) ||
  faults.some((fault) => sectionOf(fault) === section) ||
  [...expect, ...thresholds].some(({ figure }) => sectionOfMetric(figure.metric) === section);

/**
 * Returns the sections that a run reports on. A section that every world has is left out if the world also has an
 * optional one and no fault, intervention or figure concerns it.
 */
export const reportedSections = (scenario: Scenario): readonly Section[] => {
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

/** Returns every figure that a run computes, each once: those of expectations and thresholds, then the standard ones. */
export const figuresOf = (scenario: Scenario): readonly Figure[] => {
  const asked = [...scenario.expect, ...scenario.thresholds].map(({ figure }) => figure);
  const standard = reportedSections(scenario).flatMap(standardOf);
  return [...new Map([...asked, ...standard].map((figure) => [figure.text, figure])).values()];
};
