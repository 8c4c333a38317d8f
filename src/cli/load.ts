/** Loads a scenario with the settings of the command line. */
import { renderProblems } from "../scenario/problem.ts";
import { readScenario } from "../scenario/read.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { EXIT, Refusal } from "./exit.ts";
import type { InputFlags } from "./settings.ts";

/** Returns the scenario; throws a `Refusal` with all problems, and code 66 for a missing or 65 for an invalid file. */
export const load = (given: string, { seed, scale, reps, set, faults, interventions }: InputFlags): Scenario => {
  const overrides = {
    ...(seed === undefined ? {} : { seed }),
    ...(scale === undefined ? {} : { scale }),
    ...(reps === undefined ? {} : { replications: reps.least }),
  };
  const without = [...(faults ? [] : ["faults" as const]), ...(interventions ? [] : ["interventions" as const])];
  const reading = readScenario(given, { set, overrides, without });
  if ("scenario" in reading) return reading.scenario;
  throw new Refusal(reading.missing ? EXIT.missing : EXIT.invalid, renderProblems(reading.problems));
};
