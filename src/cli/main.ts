#!/usr/bin/env node
/**
 * Starts the command line and turns the end of a command into an exit code. All else is loaded by `program.ts`, so that an
 * error of loading ends with a code and a sentence too.
 */
import "./early.ts";
import { printable } from "../base/printable.ts";
import { reportBug } from "./bug.ts";
import { withoutComment } from "./command.ts";
import { EXIT, Refusal, unwritable } from "./exit.ts";
import { openFilesRefusal } from "./limits.ts";

const argv = withoutComment(process.argv.slice(2));

const isOfWriting = (error: unknown): boolean =>
  error instanceof Error && "syscall" in error && ["write", "fsync"].includes(String(error.syscall));

/** Prints the error of a command on stderr and returns its exit code. */
const codeOf = (error: unknown): number => {
  const known = isOfWriting(error) ? unwritable("the output", error) : openFilesRefusal(error);
  const refusal = error instanceof Refusal ? error : known;
  process.stderr.write(`${printable(refusal?.message ?? reportBug(error, argv))}\n`);
  return refusal?.code ?? EXIT.internal;
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
  const { start } = await import("./program.ts");
  await start(argv);
} catch (error) {
  process.exitCode = codeOf(error);
}
