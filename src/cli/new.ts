/** `firedrill new <name>`: writes a commented scenario to start from. */
import { rmSync, writeFileSync } from "node:fs";
import { InvalidArgumentError, type Command } from "commander";
import { EXIT, Refusal, unwritable } from "./exit.ts";

const readName = (text: string): string => {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(text))
    throw new InvalidArgumentError("write lower-case letters, digits and hyphens, beginning with a letter.");
  return text;
};

/** Adds the command to the program. */
export const register = (program: Command): void => {
  program
    .command("new")
    .description("write a commented scenario to start from: <name>.yaml in this folder")
    .argument("<name>", "name of the scenario", readName)
    .addHelpText(
      "after",
      "\nExit codes: 0 the file was written, 64 the name is not one, 73 the file exists or cannot be written.",
    )
    .action(async (name: string) => {
      const { commandLine, scenarioWord } = await import("./command.ts");
      const file = `${name}.yaml`;
      writeNew(file, storyOf(name));
      process.stdout.write(`${file}\n`);
      process.stderr.write(`run it: ${commandLine(["run", scenarioWord(file)])}\n`);
    });
};

/** Writes a new file whole, or leaves none; throws a `Refusal` if it exists or cannot be written. */
const writeNew = (file: string, text: string): void => {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw new Refusal(EXIT.unwritable, `error ${file} exists: write another name, or remove the file first`);
    rmSync(file, { force: true });
    throw unwritable(file, error) ?? error;
  }
};

const storyOf = (
  name: string,
): string => `# A drill to start from: change one thing at a time, and run it after each change.
# firedrill validate ${name}.yaml prints every problem with what to write instead.
version: 1
name: ${name}
title: A gateway loses every twelfth packet
description: What happened, or what you fear, in a sentence or two.

# Every number has a source: each key here can be named by provenance and expect.
sources:
  us: "Our own assumption: replace it by a report, a measurement or a talk"

# A world with 33 regions, four carriers and three centres.
# firedrill list regions ${name}.yaml prints its names; also carriers, gateways, ports, centres, parameters.
extends: worlds/china-2014.yaml

# One row stands for a thousand people; replications differ in chance only, and give the intervals.
run: { duration: 90 min, warmup: 20 min, scale: 1/1000, replications: 3 }

# What breaks, where, and until when: a time, or the intervention that ends it.
# firedrill list faults explains all kinds, with a line of each.
faults:
  - { id: gateway, at: 40 min, loss: 8 %, where: { gateway: cq-unicom-3g-2 }, until: repair }

# What operators do: firedrill list interventions.
interventions:
  - { id: repair, at: 75 min, withdraw: { gateway: cq-unicom-3g-2 } }

# Parts of the run that figures can name.
windows: { fault: 45 min..75 min }

# Who says so: every parameter that you add or change needs a line.
provenance:
  faults.gateway.loss: { is: assumed, source: us }

# Published figures belong into expect, with a source: a miss means that the model is wrong.
# Your limits belong into thresholds: a miss means that the design is not good enough.
# firedrill list metrics prints all figures.
thresholds:
  - { figure: "alarm.delay.max{fault=gateway}", max: 10 min }
  - { figure: login.success.share, min: 95 % }
  - { figure: "loss.mean{region=chongqing,window=fault}", max: 5 % }
`;
