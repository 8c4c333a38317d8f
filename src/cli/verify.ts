/** `firedrill verify`: compares the golden scenarios with published values and with their earlier results. */
import type { Command } from "commander";
import { addInputFlags, addOutputFlags, type VerifyFlags } from "./settings.ts";

const EXAMPLES = `
Without arguments all goldens in reports/golden/ are run, each at its golden settings.

Examples:
  firedrill verify
  firedrill verify chongqing-unicom-2014 hainan-rerouting --scales
  firedrill verify chongqing-unicom-2014 --accept --reason "gateways lose in bursts now"

Exit codes: 0 all judgements hold and nothing changed, 1 a threshold is broken, 2 inconclusive or different from the
golden, 3 a published value is missed.`;

/** Adds the command to the program. */
export const register = (program: Command): void => {
  const command = program
    .command("verify")
    .description("compare scenarios with published values and with their goldens");
  addOutputFlags(addInputFlags(command.argument("[scenario...]", "scenario files, or names of shipped scenarios")))
    .option("--accept", "rewrite the goldens (needs --reason)")
    .option("--reason <text>", "why the goldens change")
    .option("--scales", "compare each scenario at scales 1/10000, 1/1000 and 1/100 instead")
    .addHelpText("after", EXAMPLES)
    .action(async (given: string[], flags: VerifyFlags) => {
      const { verify } = await import("./stories.ts");
      process.exitCode = await verify(given, flags);
    });
};
