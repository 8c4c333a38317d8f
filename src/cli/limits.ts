/**
 * Knows the system's limit on open files. A thread opens all modules that it loads at once, so that many threads reach the
 * limit long before the processor is busy, and what Node says then names neither the limit nor the cause.
 */
import { printCount } from "../report/numbers.ts";
import { EXIT, Refusal } from "./exit.ts";

/** Files that the command itself has open when threads start. Measured: fewer than 60. */
const OWN_FILES = 64;
/** Files that one thread opens at once. Measured with 1 to 8 threads: 110 to 140. */
const FILES_A_THREAD = 160;

/** Returns how many files this process may have open; `Infinity` where the system has no such limit. */
const mostOpenFiles = (): number => {
  const { userLimits } = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } };
  };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : Infinity;
};

const filesOf = (threads: number): number => OWN_FILES + threads * FILES_A_THREAD;

/**
 * Returns how many of the wanted threads the limit on open files allows, at least one. Throws a `Refusal` if it allows none,
 * or fewer than were asked for.
 */
export const threadsAllowed = (wanted: number, isAsked: boolean): number => {
  const limit = mostOpenFiles();
  const allowed = Math.floor((limit - OWN_FILES) / FILES_A_THREAD);
  if (allowed >= wanted) return wanted;
  if (allowed >= 1 && !isAsked) return allowed;
  const files = filesOf(isAsked ? wanted : 1);
  const noun = printCount(isAsked ? wanted : 1, "thread");
  const instead = allowed < 1 ? "" : `write --workers ${String(allowed)}, or `;
  throw new Refusal(
    EXIT.unavailable,
    `error ${noun} may open ${String(files)} files at once, and this shell allows ${String(limit)}: ${instead}raise the limit: ulimit -n ${String(files)}`,
  );
};

/** Returns the refusal for a file that cannot be opened because too many are open; undefined for any other error. */
export const openFilesRefusal = (error: unknown): Refusal | undefined => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code !== "EMFILE" && code !== "ENFILE") return undefined;
  const files = String(filesOf(1));
  const shell = `this shell allows ${String(mostOpenFiles())}, and ${files} are needed: raise the limit: ulimit -n ${files}`;
  const why =
    code === "EMFILE" ? shell : "all programs of this machine together have reached its limit: end some of them";
  return new Refusal(EXIT.unavailable, `error too many files are open: ${why}`);
};
