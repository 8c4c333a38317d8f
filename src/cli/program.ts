/** The commands of the program. Each has its own file and loads other modules only when it runs, so that help is fast. */
import { Command, CommanderError } from "commander";
import { printable } from "../base/printable.ts";
import { EXIT } from "./exit.ts";
import { register as registerFidelity } from "./fidelity.ts";
import { register as registerList } from "./list.ts";
import { register as registerNew } from "./new.ts";
import { register as registerReport } from "./report.ts";
import { register as registerRun } from "./run.ts";
import { register as registerSchema } from "./schema.ts";
import { VERSION } from "./tool.ts";
import { register as registerValidate } from "./validate.ts";
import { register as registerVerify } from "./verify.ts";

const program = new Command("firedrill")
  .description("A fire drill for messaging backbones: replay network incidents against the real algorithms.")
  .version(VERSION)
  .configureOutput({ writeErr: (text) => void process.stderr.write(printable(text)) })
  .showHelpAfterError("(firedrill --help, or firedrill <command> --help)");

const COMMANDS = [
  registerRun,
  registerVerify,
  registerReport,
  registerValidate,
  registerSchema,
  registerList,
  registerNew,
  registerFidelity,
];
for (const register of COMMANDS) register(program);

/** Makes commander throw instead of exiting; subcommands do not inherit the setting. */
const throwInsteadOfExiting = (command: Command): void => {
  command.exitOverride();
  for (const one of command.commands) throwInsteadOfExiting(one);
};
throwInsteadOfExiting(program);

/** Runs the command that the words name; sets the exit code if commander has refused them or has printed help. */
export const start = async (argv: readonly string[]): Promise<void> => {
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed its message; its exit code is 0 for help and version only.
    process.exitCode = error.exitCode === 0 ? EXIT.held : EXIT.usage;
  }
};
