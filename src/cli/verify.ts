/** `firedrill verify`: the golden stories against what was published of them, and against what they were before. */
import type { Command } from "commander";
import { addInputFlags, addOutputFlags, type VerifyFlags } from "./settings.ts";

const EXAMPLES = `
Without arguments all stories in reports/golden/ are run, each at its golden settings.

Examples:
  firedrill verify
  firedrill verify chongqing-unicom-2014 hainan-rerouting --scales
  firedrill verify chongqing-unicom-2014 --accept --reason "gateways lose in bursts now"

Exit codes: 0 all holds and nothing changed, 1 a threshold is broken, 2 inconclusive or other than the golden,
3 a published figure is missed.`;

export const register = (program: Command): void => {
  const command = program
    .command("verify")
    .description("published figures against simulated ones, goldens before and after");
  addOutputFlags(addInputFlags(command.argument("[scenario...]", "files, or names of shipped scenarios")))
    .option("--accept", "rewrite the goldens")
    .option("--reason <text>", "why the goldens change")
    .option("--scales", "compare each story at 1/10000, 1/1000 and 1/100 instead")
    .addHelpText("after", EXAMPLES)
    .action(async (given: string[], flags: VerifyFlags) => {
      const { verify } = await import("./stories.ts");
      process.exitCode = await verify(given, flags);
    });
};
