/** `firedrill validate`: checks scenario files and prints all their problems. */
import type { Command } from "commander";
import { printable } from "../base/printable.ts";
import { EXIT } from "./exit.ts";
import { readSet } from "./settings.ts";

/** Adds the command to the program. */
export const register = (program: Command): void => {
  program
    .command("validate")
    .description("check scenario files; print all problems with their position and what to write")
    .argument("<file...>", "scenario files, or names of shipped scenarios")
    .option("--set <path=value>", "set a parameter first; can be repeated", readSet, [])
    .option("--json", "print the problems as one JSON array")
    .addHelpText("after", "\nExit codes: 0 all scenarios are valid, 65 a scenario is invalid, 66 a file was not found.")
    .action(async (files: readonly string[], flags: ValidateFlags) => {
      process.exitCode = await validate(files, flags);
    });
};

interface ValidateFlags {
  readonly json?: true;
  readonly set: readonly string[];
}

const validate = async (files: readonly string[], { json, set }: ValidateFlags): Promise<number> => {
  const { readScenario } = await import("../scenario/read.ts");
  const { problemsAsJson, renderProblems } = await import("../scenario/problem.ts");
  const { warningsOf } = await import("../scenario/world.ts");
  const { remarksBeforehand } = await import("../study/foresight.ts");
  const { planOf } = await import("./plan.ts");
  const readings = files.map((file) => ({ file, reading: readScenario(file, { set }) }));
  const wrong = readings.flatMap(({ reading }) => ("problems" in reading ? [reading] : []));
  if (json === true) {
    const problems = wrong.flatMap((reading) => problemsAsJson(reading.problems));
    process.stdout.write(`${JSON.stringify(problems, undefined, 2)}\n`);
  } else {
    for (const { file, reading } of readings)
      if ("scenario" in reading) {
        process.stdout.write(`valid ${printable(file)}: ${summaryOf(reading.scenario)}\n`);
        const remarks = remarksBeforehand(reading.scenario, planOf(reading.scenario, AS_WRITTEN));
        for (const warning of [...warningsOf(reading.scenario), ...remarks])
          process.stderr.write(`note ${printable(file)}: ${warning}\n`);
      } else process.stderr.write(`${renderProblems(reading.problems)}\n`);
  }
  if (wrong.length === 0) return EXIT.held;
  return wrong.every((reading) => reading.missing) ? EXIT.missing : EXIT.invalid;
};

/** A run with all that the scenario says. */
const AS_WRITTEN = { faults: true, interventions: true, twin: true };

interface Summary {
  readonly name: string;
  readonly faults: readonly unknown[];
  readonly interventions: readonly unknown[];
  readonly assumptions: readonly unknown[];
  readonly fingerprint: string;
}

const summaryOf = ({ name, faults, interventions, assumptions, fingerprint }: Summary): string =>
  [
    name,
    many(faults.length, "fault"),
    many(interventions.length, "intervention"),
    `${String(assumptions.length)} parameters with provenance`,
    `fingerprint ${fingerprint.slice(0, 8)}`,
  ].join(", ");

const many = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? "" : "s"}`;
