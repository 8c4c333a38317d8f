/**
 * Goldens: the accepted result of a story's run, with the reason for accepting it. A golden is a readable summary with the
 * digest, so that a difference can be reviewed by eye. It leaves out the assumptions, as the scenario's fingerprint covers
 * them, and the tool's version, which is not part of the model. Facts that a document has as text and as values are kept as
 * text alone.
 */
import { printPlain } from "../base/digits.ts";
import { isDeepStrictEqual } from "node:util";
import type { FigureResult, RunDocument } from "./document.ts";

/** The number of decisions that a golden lists; the digest covers all (chosen: a golden stays under 60 KB). */
const DECISIONS_SHOWN = 40;

/** The accepted result of a story. */
export interface Golden extends Omit<RunDocument, "schema" | "tool" | "assumptions" | "partial"> {
  readonly schema: "firedrill.golden/1";
  /** Why this result was accepted. */
  readonly reason: string;
  /** The number of all decisions; the list has the first of them. */
  readonly decisionsInAll: number;
}

/** Returns the golden of a run. */
export const goldenOf = (document: RunDocument, reason: string): Golden => {
  const { schema, tool, assumptions, partial, ...rest } = document;
  return {
    schema: "firedrill.golden/1",
    reason,
    ...rest,
    figures: Object.fromEntries(
      Object.entries(rest.figures).map(([figure, { parts, trials, unfinished, within, touched, ...result }]) => [
        figure,
        result,
      ]),
    ),
    expect: rest.expect.map(({ parts, why, remarks, ...row }) => row),
    thresholds: rest.thresholds.map(({ parts, min, max, why, remarks, ...row }) => row),
    timeline: rest.timeline.map(({ kind, id, ...event }) => event),
    decisions: rest.decisions.slice(0, DECISIONS_SHOWN).map(({ cause, ...decision }) => decision),
    decisionsInAll: rest.decisions.length,
  };
};

/** One difference between two goldens. */
export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** Returns all differences except the reason. */
export const changesBetween = (before: Golden, after: Golden): readonly Change[] => {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Golden)[];
  const parts = keys
    .filter((key) => !["reason", "figures", "digest"].includes(key) && !same(before[key], after[key]))
    .map((key) => ({ what: key, before: brief(before[key]), after: brief(after[key]) }));
  const names = [...new Set([...Object.keys(before.figures), ...Object.keys(after.figures)])];
  const figures = names
    .filter((name) => !same(before.figures[name], after.figures[name]))
    .map((what) => ({ what, before: figureText(before.figures[what]), after: figureText(after.figures[what]) }));
  if (before.digest === after.digest) return [...parts, ...figures];
  const what = figures.length === 0 ? "digest (behaviour changed, figures did not)" : "digest";
  return [{ what, before: before.digest, after: after.digest }, ...parts, ...figures];
};

/** True if both print the same JSON, in any order of keys: what is read back has the order of its schema. */
const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a), plain(b));

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

const brief = (value: unknown): string => {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return `${String(value.length)} entries`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
};

const figureText = (figure: FigureResult | undefined): string => {
  if (figure === undefined) return "none";
  const [low, high] = figure.ci95;
  return `${printPlain(figure.value)} ${figure.unit} [${printPlain(low)}, ${printPlain(high)}]`.replaceAll("  ", " ");
};
