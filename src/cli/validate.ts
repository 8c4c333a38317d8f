/** `firedrill validate`: says whether scenario files are right, and of those that are not everything that is wrong. */
import type { Command } from "commander";
import { EXIT } from "./exit.ts";

export const register = (program: Command): void => {
  program
    .command("validate")
    .description("check scenario files; every problem at once, with its place and what to write instead")
    .argument("<file...>", "scenario files, or names of shipped scenarios")
    .option("--json", "print the problems as one JSON array")
    .addHelpText("after", "\nExit codes: 0 all valid, 65 a scenario is invalid, 66 a file is not there.")
    .action(async (files: readonly string[], flags: { readonly json?: true }) => {
      process.exitCode = await validate(files, flags.json === true);
    });
};

const validate = async (files: readonly string[], json: boolean): Promise<number> => {
  const { readScenario } = await import("../scenario/read.ts");
  const { problemsAsJson, renderProblems } = await import("../scenario/problem.ts");
  const { warningsOf } = await import("../scenario/world.ts");
  const readings = files.map((file) => ({ file, reading: readScenario(file) }));
  const wrong = readings.flatMap(({ reading }) => ("problems" in reading ? [reading] : []));
  if (json) {
    const problems = wrong.flatMap((reading) => problemsAsJson(reading.problems));
    process.stdout.write(`${JSON.stringify(problems, undefined, 2)}\n`);
  } else {
    for (const { file, reading } of readings)
      if ("scenario" in reading) {
        process.stdout.write(`valid ${file}: ${summaryOf(reading.scenario)}\n`);
        for (const warning of warningsOf(reading.scenario)) process.stderr.write(`note ${file}: ${warning}\n`);
      } else process.stderr.write(`${renderProblems(reading.problems)}\n`);
  }
  if (wrong.length === 0) return EXIT.held;
  return wrong.every((reading) => reading.missing) ? EXIT.missing : EXIT.invalid;
};

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
