/** `firedrill run`: replay a scenario, print what was found, and leave a folder with the report. */
import type { Command } from "commander";
import { addInputFlags, addOutputFlags, readFolderName, type RunFlags } from "./settings.ts";

const EXAMPLES = `
Examples:
  firedrill run scenarios/chongqing-unicom-2014.yaml
  firedrill run scenarios/hainan-rerouting.yaml --reps 10..200 --set faults.route.loss=10%
  firedrill run scenarios/hainan-rerouting.yaml --json | jq .verdict

Exit codes: 0 all holds, 1 a threshold is broken, 2 inconclusive, 3 a published figure is missed, 4 nondeterminism,
64 usage, 65 scenario invalid, 66 file not found, 70 internal error, 73 cannot write, 130 interrupted.`;

export const register = (program: Command): void => {
  const command = program.command("run").description("replay a scenario: replications, verdict, report");
  addOutputFlags(addInputFlags(command.argument("<scenario>", "a file, or the name of a shipped scenario")))
    .option("--out <dir>", "folder of the run (default: reports/<scenario>/<run id>)", readFolderName)
    .option("--twice", "run again and compare digests")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: RunFlags) => {
      const { replay } = await import("./replay.ts");
      process.exitCode = await replay(file, flags);
    });
};
