import type { RunDocument } from "../study/document.ts";

/**
 * Exit codes, so that a script can tell a bad design from a wrong model, a typing mistake or a fault of ours.
 * Of several the first of internal, nondeterministic, missed, broken, unknown, held wins.
 */
export const EXIT = {
  /** Every expectation, threshold and gate rule holds. */
  held: 0,
  /** A threshold or gate rule is broken: the design is not good enough, or got worse. */
  broken: 1,
  /** Inconclusive: no data, precision not reached, baseline missing or made by another model. */
  unknown: 2,
  /** A published figure is missed: the model is wrong. */
  missed: 3,
  /** The same seed gave another digest. */
  nondeterministic: 4,
  usage: 64,
  invalid: 65,
  missing: 66,
  unavailable: 69,
  internal: 70,
  unwritable: 73,
  interrupted: 130,
} as const;

/** Ends a command with this code and this one line on stderr: for what a user or his machine caused, never for our own faults. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a run's rows say: a broken invariant is a fault of ours, a missed published figure one of the model. */
export const exitOf = ({ invariants, expect, thresholds }: RunDocument): number => {
  const has = (rows: readonly { readonly verdict: string }[], verdict: string): boolean =>
    rows.some((row) => row.verdict === verdict);
  if (has(invariants, "broken")) return EXIT.internal;
  if (has(expect, "broken")) return EXIT.missed;
  if (has(thresholds, "broken")) return EXIT.broken;
  return has([...invariants, ...expect, ...thresholds], "unknown") ? EXIT.unknown : EXIT.held;
};

/** Most telling first. */
const PRECEDENCE = [EXIT.internal, EXIT.nondeterministic, EXIT.missed, EXIT.broken, EXIT.unknown, EXIT.held] as const;

/** The code of several results: the first in the order of precedence. */
export const worstOf = (codes: readonly number[]): number =>
  PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.held;

const UNWRITABLE = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"];

/** Whether an error says that something cannot be written to: a full disk, no permission, a folder in the way. */
export const isUnwritable = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && UNWRITABLE.includes(String(error.code));
