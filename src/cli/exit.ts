/** Exit codes: a script can tell a bad design from a wrong model, an input error and an internal error. */
import type { RunDocument } from "../study/document.ts";

/** All exit codes. Of several results the first of internal, nondeterministic, missed, broken, unknown, held applies. */
export const EXIT = {
  /** Every expectation, threshold and gate rule holds. */
  held: 0,
  /** A threshold or gate rule is broken: the design is not good enough, or has become worse. */
  broken: 1,
  /** Inconclusive: no data, precision not reached, or no baseline of the same model. */
  unknown: 2,
  /** A published value is missed: the model is wrong. */
  missed: 3,
  /** The same seed gave a different digest. */
  nondeterministic: 4,
  /** The command line is wrong. */
  usage: 64,
  /** An input file is invalid. */
  invalid: 65,
  /** An input file does not exist. */
  missing: 66,
  /** The machine does not let the command open the files that it needs. */
  unavailable: 69,
  /** A bug of Firedrill, or a broken invariant. */
  internal: 70,
  /** The output cannot be written. */
  unwritable: 73,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
  /** Stopped by SIGTERM. */
  terminated: 143,
} as const;

/** Ends a command with an exit code and a message on stderr: for errors of the input or the machine, not for bugs. */
export class Refusal extends Error {
  /** The exit code. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Returns the exit code of a run: a broken invariant is a bug, a missed published value an error of the model. */
export const exitOf = ({ invariants, expect, thresholds }: RunDocument): number => {
  const has = (rows: readonly { readonly verdict: string }[], verdict: string): boolean =>
    rows.some((row) => row.verdict === verdict);
  if (has(invariants, "broken")) return EXIT.internal;
  if (has(expect, "broken")) return EXIT.missed;
  if (has(thresholds, "broken")) return EXIT.broken;
  return has([...invariants, ...expect, ...thresholds], "unknown") ? EXIT.unknown : EXIT.held;
};

/** Most important first. */
const PRECEDENCE = [EXIT.internal, EXIT.nondeterministic, EXIT.missed, EXIT.broken, EXIT.unknown, EXIT.held] as const;

/** Returns the exit code of several results: the first in the order of precedence. */
export const worstOf = (codes: readonly number[]): number =>
  PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.held;

/** What an error of the system means for a path that is written, and what to do about it. */
const UNWRITABLE: Readonly<Record<string, string>> = {
  EACCES: "permission is missing",
  EPERM: "permission is missing",
  EROFS: "the disk can only be read",
  ENOSPC: "the disk is full: free some of it, or write to another one",
  EDQUOT: "your part of the disk is full: free some of it, or write to another one",
  EFBIG: "a file becomes larger than this shell allows: raise the limit: ulimit -f unlimited",
  ENOTDIR: "a part of the path is a file",
  EISDIR: "a folder has this name",
  ERR_FS_EISDIR: "a folder has this name",
  ENAMETOOLONG: "the name is too long",
  EEXIST: "a file has this name",
  ENOENT: "no such folder",
  ELOOP: "its symbolic links lead in a circle",
};

/** Returns the refusal for a place that cannot be written: a full disk, no permission, a folder in its place; undefined for any other error. */
export const unwritable = (where: string, error: unknown): Refusal | undefined => {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code, path } = error as NodeJS.ErrnoException;
  const why = UNWRITABLE[String(code)];
  const which = path === undefined || path === where ? "" : `, ${path}`;
  return why === undefined
    ? undefined
    : new Refusal(EXIT.unwritable, `error cannot write to ${where}: ${why} (${String(code)}${which})`);
};
