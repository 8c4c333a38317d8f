/**
 * Reports internal errors: the stack trace is written to a file that the user can send to us, and one line on stderr names
 * the file. So a bug of Firedrill never looks like a failed scenario.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, platform, release, tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "./tool.ts";

let folder = tmpdir();

/** Sets the folder of bug reports; it must be writable. */
export const keepBugReportsIn = (dir: string): void => {
  folder = dir;
};

/** Writes a bug report and returns the line for stderr. */
export const reportBug = (error: unknown, argv: readonly string[]): string => {
  const summary = error instanceof Error ? error.message : String(error);
  const text = [
    `Firedrill ${VERSION} failed with an internal error.`,
    `command: firedrill ${argv.join(" ")}`,
    `node ${process.version}, V8 ${process.versions.v8}, ${platform()} ${release()} ${arch()}`,
    `memory: ${String(Math.round(process.resourceUsage().maxRSS / 2 ** 10))} MiB`,
    "",
    error instanceof Error ? (error.stack ?? summary) : summary,
    ...(error instanceof Error && error.cause !== undefined ? ["caused by", causeOf(error.cause)] : []),
    "",
  ].join("\n");
  const where = [folder, tmpdir()].find((dir) => couldWrite(dir, text));
  const file = where === undefined ? "the bug report could not be written" : `bug report: ${join(where, NAME)}`;
  return `internal error: ${firstLine(summary)} (a bug of Firedrill, not an error in your scenario; ${file})`;
};

const NAME = `firedrill-bug-${String(process.pid)}.txt`;

const couldWrite = (dir: string, text: string): boolean => {
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, NAME), text, { flag: "wx" });
    return true;
  } catch {
    return false;
  }
};

const causeOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
const firstLine = (text: string): string => text.split("\n", 1)[0]!;
