/** From what a user typed to a scenario, or every problem at once on stderr. */
import { renderProblems } from "../scenario/problem.ts";
import { readScenario } from "../scenario/read.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { EXIT, Refusal } from "./exit.ts";
import type { InputFlags } from "./settings.ts";

/** Refuses with 66 when there is no such file, and with 65 when it is not right. */
export const load = (given: string, { seed, scale, reps, set }: InputFlags): Scenario => {
  const overrides = {
    ...(seed === undefined ? {} : { seed }),
    ...(scale === undefined ? {} : { scale }),
    ...(reps === undefined ? {} : { replications: reps.least }),
  };
  const reading = readScenario(given, { set, overrides });
  if ("scenario" in reading) return reading.scenario;
  throw new Refusal(reading.missing ? EXIT.missing : EXIT.invalid, renderProblems(reading.problems));
};
