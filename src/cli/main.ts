#!/usr/bin/env node
/**
 * The command line. Each command has its own file and loads other modules only when it runs, so that help is fast. This
 * file turns the end of a command into an exit code.
 */
import "./early.ts";
import { Command, CommanderError } from "commander";
import { printable } from "../base/printable.ts";
import { reportBug } from "./bug.ts";
import { withoutComment } from "./command.ts";
import { EXIT, isUnwritable, Refusal } from "./exit.ts";
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

const argv = withoutComment(process.argv.slice(2));

/** Prints the error of a command on stderr and returns its exit code. */
const codeOf = (error: unknown): number => {
  // Commander has printed its message; its exit code is 0 for help and version only.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage;
  if (isUnwritable(error) && error.syscall === "write") {
    process.stderr.write(`error cannot write: ${printable(error.message)}\n`);
    return EXIT.unwritable;
  }
  if (error instanceof Refusal) {
    process.stderr.write(`${printable(error.message)}\n`);
    return error.code;
  }
  if (isUnwritable(error) && ["EMFILE", "ENFILE", "EFBIG"].includes(error.code ?? "")) {
    const advice = "raise the limit (ulimit -n, ulimit -f), or write fewer --workers";
    process.stderr.write(`error a limit of this machine was reached: ${printable(error.message)}: ${advice}\n`);
    return EXIT.unwritable;
  }
  process.stderr.write(`${printable(reportBug(error, argv))}\n`);
  return EXIT.internal;
};

/** Ignores a reader that closes the pipe early, such as `head`: the output is dropped, the work is completed. */
const forgiveClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "EPIPE") throw error;
};
process.stdout.on("error", forgiveClosedPipe);
process.stderr.on("error", forgiveClosedPipe);

const die = (error: unknown): void => process.exit(codeOf(error));
process.on("uncaughtException", die);
process.on("unhandledRejection", die);

try {
  await program.parseAsync(argv, { from: "user" });
} catch (error) {
  process.exitCode = codeOf(error);
}
