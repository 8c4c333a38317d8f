/**
 * The verdict in words. Red comes in kinds that call for different people: the MODEL misses a published figure (ours to
 * mend, nothing below it can be trusted), the DESIGN misses its own threshold, or the STORY does not show what it is about.
 */
import type { RunDocument, Verdict } from "../study/document.ts";
import { bandOf, type Bounds, limitOf, missOf, type JudgedRow } from "./bounds.ts";
import { labelOf } from "./labels.ts";
import { printCount, printInterval, printNumber, printValue, unitOfDifference } from "./numbers.ts";

export interface Finding {
  readonly kind: "SIMULATOR" | "MODEL" | "DESIGN" | "STORY" | "UNKNOWN";
  /** One sentence: which row, what it is, by how much. */
  readonly text: string;
}

export interface Summary {
  readonly verdict: Verdict;
  /** The verdict and what it means, in one line. */
  readonly headline: string;
  /** Why, worst first; empty when all holds. */
  readonly findings: readonly Finding[];
  /** Which thresholds are green only while something fails; undefined when there are none. */
  readonly note: string | undefined;
}

export const SIGNS: Readonly<Record<Verdict, string>> = { held: "✓", broken: "✗", unknown: "?" };

const MEANINGS: Readonly<Record<Finding["kind"], string>> = {
  SIMULATOR: "the simulator broke an invariant of its own, so its numbers prove nothing",
  MODEL: "the model misses a published figure, so it is not to be trusted where it was checked",
  DESIGN: "the design misses its own threshold",
  STORY: "a failure that the story shows does not happen",
  UNKNOWN: "some rows could not be judged",
};

const isAt = (verdict: Verdict) => (row: { readonly verdict: Verdict }) => row.verdict === verdict;

/** Prints a measured value, e.g. "5.20 % [5.05, 5.35]", or that there is no data. */
export const printMeasured = ({ value, ci95, unit, atLeast }: JudgedRow): string =>
  value === null || ci95 === null
    ? "no data"
    : printInterval({ value, ci95, ...(atLeast === true ? { atLeast } : {}) }, unit);

/** Returns the remarks on a row: what binds, and that it is green only while something fails. */
export const remarksOf = ({ binds, shows }: JudgedRow): readonly string[] => [
  ...(binds === undefined ? [] : [`binds: ${binds}`]),
  ...(shows === undefined ? [] : ["green only while something fails"]),
];

/** Prints the size of a miss, with the digits of the value it belongs to. */
const printMiss = (by: number, value: number, { ci95, unit }: JudgedRow): string => {
  const [low, high] = ci95 ?? [value, value];
  return printValue({ value: by, ci95: [by - (value - low), by + (high - value)] }, unitOfDifference(unit));
};

const missed = (
  row: JudgedRow,
  asked: string,
  bounds: Bounds | undefined,
  kind: "MODEL" | "DESIGN" | "STORY",
): Finding => {
  const value = row.value ?? 0;
  const miss = bounds === undefined || row.value === null ? undefined : missOf(value, bounds);
  const by = miss === undefined ? "" : `, ${printMiss(miss.by, value, row)} ${miss.side} it`;
  const what = kind === "MODEL" ? `published is ${asked}` : `the limit is ${asked}`;
  return { kind, text: `${labelOf(row)} is ${printMeasured(row)}; ${what}${by}${boundBy(row)}` };
};

const boundBy = ({ binds }: JudgedRow): string => (binds === undefined ? "" : `; what binds is ${binds}`);

const undecided = (row: JudgedRow, asked: string): Finding => ({
  kind: "UNKNOWN",
  text:
    row.value === null
      ? `${labelOf(row)} has no data in any replication; asked is ${asked}`
      : `${labelOf(row)} is ${printMeasured(row)}, which straddles ${asked}; more replications narrow it${boundBy(row)}`,
});

/** Returns all that keeps the run from green, worst first. */
const findingsOf = (document: RunDocument): readonly Finding[] => {
  const { expect, thresholds } = document;
  return [
    ...document.invariants
      .filter((row) => row.verdict !== "held")
      .map((row): Finding => ({
        kind: row.verdict === "broken" ? "SIMULATOR" : "UNKNOWN",
        text: `invariant “${row.name}” ${row.verdict === "broken" ? "broke" : "could not be judged"}${row.why === undefined ? "" : `: ${row.why}`}`,
      })),
    ...expect.filter(isAt("broken")).map((row) => missed(row, row.published, bandOf(row), "MODEL")),
    ...thresholds
      .filter(isAt("broken"))
      .map((row) => missed(row, row.limit, limitOf(row), row.shows === undefined ? "DESIGN" : "STORY")),
    ...expect.filter(isAt("unknown")).map((row) => undecided(row, row.published)),
    ...thresholds.filter(isAt("unknown")).map((row) => undecided(row, row.limit)),
  ];
};

const heldHeadline = ({ expect, thresholds, invariants }: RunDocument): string => {
  const counted = [
    [expect.length, "published figure"],
    [thresholds.length, "threshold"],
    [invariants.length, "invariant"],
  ] as const;
  const words = counted.filter(([count]) => count > 0).map(([count, noun]) => printCount(count, noun));
  return words.length === 0 ? "held: nothing was asked of this run" : `held: ${words.join(", ")}, all met`;
};

const noteOf = ({ thresholds }: RunDocument): string | undefined => {
  const shown = thresholds.filter(({ shows }) => shows !== undefined);
  if (shown.length === 0) return undefined;
  const rows = shown.map((row) => `${labelOf(row)} ${row.limit}`).join("; ");
  const count = `${printNumber(shown.length)} of ${printCount(thresholds.length, "threshold")}`;
  return `Shows a failure: ${count} can be green only while something fails: ${rows}.`;
};

/** Sums the run up, for the last line of the terminal and the first of the page. */
export const summarise = (document: RunDocument): Summary => {
  const findings = findingsOf(document);
  const kinds = [...new Set(findings.map(({ kind }) => kind))].filter(
    (kind) => kind !== "UNKNOWN" || document.verdict === "unknown",
  );
  const headline =
    document.verdict === "held"
      ? heldHeadline(document)
      : [document.verdict, kinds.map((kind) => MEANINGS[kind]).join("; ")].filter((part) => part !== "").join(": ");
  return { verdict: document.verdict, headline, findings, note: noteOf(document) };
};
