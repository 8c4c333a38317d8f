/** Plans a study from the scenario and the command line's options. */
import type { Scenario } from "../scenario/scenario.ts";
import type { StudyPlan } from "../study/replications.ts";
import type { InputFlags } from "./settings.ts";

/** Returns the plan of a study; it has twins only if the scenario has faults or interventions to drop. */
export const planOf = (
  scenario: Scenario,
  flags: Pick<InputFlags, "reps" | "faults" | "interventions" | "twin">,
): StudyPlan => {
  const { replications, replicationsMost = replications } = scenario.run;
  const { least, most } = flags.reps ?? { least: replications, most: replicationsMost };
  const { faults, interventions } = flags;
  const dropped = scenario.faults.length + (interventions ? scenario.interventions.length : 0);
  return { least, most, faults, interventions, twin: flags.twin && faults && dropped > 0 };
};
