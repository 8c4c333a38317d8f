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
    .map((key) => changeOf(key, before[key], after[key]));
  const names = [...new Set([...Object.keys(before.figures), ...Object.keys(after.figures)])];
  const figures = names
    .filter((name) => !same(before.figures[name], after.figures[name]))
    .map((what) => {
      const [one, other] = [figureText(before.figures[what]), figureText(after.figures[what])];
      const isShown = one !== other;
      return isShown ? { what, before: one, after: other } : changeOf(what, before.figures[what], after.figures[what]);
    });
  if (before.digest === after.digest) return [...parts, ...figures];
  const what = figures.length === 0 ? "digest (behaviour changed, figures did not)" : "digest";
  return [{ what, before: before.digest, after: after.digest }, ...parts, ...figures];
};

/** Returns the first difference within two values, named by its path. */
const changeOf = (what: string, before: unknown, after: unknown): Change => {
  const { path, one, other } = firstDifference(plain(before), plain(after), []) ?? {
    path: [],
    one: before,
    other: after,
  };
  return { what: [what, ...path].join("."), before: brief(one), after: brief(other) };
};

interface Difference {
  readonly path: readonly string[];
  readonly one: unknown;
  readonly other: unknown;
}

const firstDifference = (one: unknown, other: unknown, path: readonly string[]): Difference | undefined => {
  if (isDeepStrictEqual(one, other)) return undefined;
  const isList = Array.isArray(one) && Array.isArray(other) && one.length === other.length;
  if (!isList && !(isMap(one) && isMap(other))) return { path, one, other };
  const [a, b] = [one as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => firstDifference(a[key], b[key], [...path, key]) ?? [])[0];
};

const isMap = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** True if both print the same JSON, in any order of keys: what is read back has the order of its schema. */
const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a), plain(b));

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

const brief = (value: unknown): string => {
  if (value === undefined) return "none";
  if (Array.isArray(value)) return `${String(value.length)} entries`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= 64 ? text : `${text.slice(0, 63)}…`;
};

const figureText = (figure: FigureResult | undefined): string => {
  if (figure === undefined) return "none";
  const [low, high] = figure.ci95;
  return `${printPlain(figure.value)} ${figure.unit} [${printPlain(low)}, ${printPlain(high)}]`.replaceAll("  ", " ");
};
