/** `firedrill run`: replays a scenario, prints the results and writes a report. */
import type { Command } from "commander";
import { addInputFlags, addOutputFlags, readFolderName, type RunFlags } from "./settings.ts";

const EXAMPLES = `
Examples:
  firedrill run scenarios/chongqing-unicom-2014.yaml
  firedrill run scenarios/hainan-rerouting.yaml --reps 10..200 --set faults.route.loss=10%
  firedrill run scenarios/hainan-rerouting.yaml --json | jq .verdict

Environment:
  FIREDRILL_CACHE  folder for outcomes that later runs need not compute again, or off; no result depends on it

Exit codes: 0 all judgements hold, 1 a threshold is broken, 2 inconclusive, 3 a published value is missed,
4 nondeterminism, 64 wrong usage, 65 invalid scenario, 66 file not found, 69 too few open files,
70 internal error, 73 output cannot be written, 130 or 143 interrupted.`;

/** Adds the command to the program. */
export const register = (program: Command): void => {
  const command = program.command("run").description("replay a scenario, judge it and write a report");
  addOutputFlags(addInputFlags(command.argument("<scenario>", "scenario file, or name of a shipped scenario")))
    .option("--out <dir>", "folder of the run (default: reports/<scenario>/<run id>)", readFolderName)
    .option("--twice", "run twice and compare the digests")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: RunFlags) => {
      const { replay } = await import("./replay.ts");
      process.exitCode = await replay(file, flags);
    });
};
