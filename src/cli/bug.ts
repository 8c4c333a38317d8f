/**
 * A fault of ours must never look like a regression, nor like a stack trace that a user should understand:
 * it goes to a file that can be sent to us, and one line says where that is.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, platform, release, tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "./tool.ts";

let folder = tmpdir();

/** The run's own folder, once it is known to be writable. */
export const keepBugReportsIn = (dir: string): void => {
  folder = dir;
};

/** Writes the report and returns the line for stderr. */
export const reportBug = (error: unknown, argv: readonly string[]): string => {
  const summary = error instanceof Error ? error.message : String(error);
  const text = [
    `Firedrill ${VERSION} failed by a fault of its own.`,
    `command: firedrill ${argv.join(" ")}`,
    `node ${process.version}, V8 ${process.versions.v8}, ${platform()} ${release()} ${arch()}`,
    `memory: ${String(Math.round(process.memoryUsage.rss() / 2 ** 20))} MiB`,
    "",
    error instanceof Error ? (error.stack ?? summary) : summary,
    ...(error instanceof Error && error.cause !== undefined ? ["caused by", causeOf(error.cause)] : []),
    "",
  ].join("\n");
  const where = [folder, tmpdir()].find((dir) => couldWrite(dir, text));
  const file = where === undefined ? "could not be written" : `is in ${join(where, NAME)}`;
  return `internal error: ${firstLine(summary)} (a fault of ours, not of your scenario; a report of it ${file})`;
};

const NAME = `firedrill-bug-${String(process.pid)}.txt`;

const couldWrite = (dir: string, text: string): boolean => {
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, NAME), text);
    return true;
  } catch {
    return false;
  }
};

const causeOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
const firstLine = (text: string): string => text.split("\n", 1)[0]!;
