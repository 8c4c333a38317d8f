/**
 * Puts the verdict into words. Findings come in kinds that call for different people: the SIMULATOR broke an invariant, the
 * MODEL misses a published figure (then no other figure can be trusted), the DESIGN misses its threshold, or the STORY does
 * not show the failure that it is about.
 */
import { metricOf } from "../scenario/metrics.ts";
import type { ExpectRow, RunDocument, Verdict } from "../study/document.ts";
import { bandOf, type RowLimits, limitOf, limitText, type LimitedRow, missOf, type JudgedRow } from "./bounds.ts";
import { printMeasured } from "./measured.ts";
import { groupOf, labelOf, partsIn } from "./labels.ts";
import { printCount, printNumber, printValue, unitOfDifference } from "./numbers.ts";

/** One reason why a run is not green. */
export interface Finding {
  readonly kind: "SIMULATOR" | "MODEL" | "DESIGN" | "STORY" | "UNKNOWN";
  /** One sentence: the row, its value, and by how much it misses. */
  readonly text: string;
}

/** The verdict of a run with its reasons. */
export interface Summary {
  readonly verdict: Verdict;
  /** The verdict and what it means, in one line. */
  readonly headline: string;
  /** The reasons, worst first; empty if everything holds. */
  readonly findings: readonly Finding[];
  /** Names the thresholds that are green only while something fails; undefined without any. */
  readonly note: string | undefined;
}

/** The sign of each verdict. */
export const SIGNS: Readonly<Record<Verdict, string>> = { held: "✓", broken: "✗", unknown: "?" };

const MEANINGS: Readonly<Record<Finding["kind"], string>> = {
  SIMULATOR: "the simulator broke an invariant of its own, so its numbers prove nothing",
  MODEL: "the model misses a published figure, so it cannot be trusted where it was checked",
  DESIGN: "the design misses its own threshold",
  STORY: "the failure that the story is meant to show does not happen",
  UNKNOWN: "some rows could not be judged",
};

const isAt = (verdict: Verdict) => (row: { readonly verdict: Verdict }) => row.verdict === verdict;

/** Returns the fullest resource of a row; undefined where nothing is loaded, as none is fuller than another. */
const bottleneckIn = (row: JudgedRow): string | undefined =>
  row.value === 0 && metricOf(partsIn(row).metric)?.better === "low" ? undefined : row.binds;

/** Names the group that decides a row, e.g. "smallest: Chongqing"; undefined without groups. */
const decidingOf = (row: JudgedRow): string | undefined =>
  row.group === undefined ? undefined : `${row.group.is}: ${groupOf(row, row.group.name)}`;

/** Returns the label of a row, with the group that decides it. */
const labelWithDeciding = (row: JudgedRow): string => {
  const deciding = decidingOf(row);
  return deciding === undefined ? labelOf(row) : `${labelOf(row)} (${deciding})`;
};

/** Returns the remarks on a row: the group that decides, why it is unknown, what it leaves out, the fullest resource, and that it is green only while something fails. */
export const remarksOf = (row: JudgedRow): readonly string[] => {
  const { shows, why, remarks = [] } = row;
  const bottleneck = bottleneckIn(row);
  return [
    ...[decidingOf(row), why].filter((text) => text !== undefined),
    ...remarks,
    ...(bottleneck === undefined ? [] : [`bottleneck: ${bottleneck}`]),
    ...(shows === undefined ? [] : ["green only while something fails"]),
  ];
};

/** Prints whether a parameter fixes a published figure, e.g. "as it comes" or "by construction, fixed by loss". */
export const kindOf = ({ kind, fixedBy }: Pick<ExpectRow, "kind" | "fixedBy">): string => {
  if (kind === "as-it-comes") return "as it comes";
  return fixedBy === undefined ? "by construction" : `by construction, fixed by ${fixedBy.join(", ")}`;
};

/** Prints the size of a miss, with the digits of the value it belongs to. */
const printMiss = (by: number, value: number, { ci95, unit }: JudgedRow): string => {
  const [low, high] = ci95 ?? [value, value];
  return printValue({ value: by, ci95: [by - (value - low), by + (high - value)] }, unitOfDifference(unit));
};

const missed = (
  row: LimitedRow,
  asked: string,
  bounds: RowLimits | undefined,
  kind: "MODEL" | "DESIGN" | "STORY",
): Finding => {
  const value = row.value ?? 0;
  const isKnown = row.value !== null && row.atLeast !== true && row.atMost !== true;
  const miss = bounds === undefined || !isKnown ? undefined : missOf(value, bounds);
  const by = miss === undefined ? "" : `, ${printMiss(miss.by, value, row)} ${miss.side} it`;
  const what = kind === "MODEL" ? `published is ${asked}` : `the limit is ${asked}`;
  return { kind, text: `${labelWithDeciding(row)} is ${printMeasured(row)}; ${what}${by}${bottleneckOf(row)}` };
};

const bottleneckOf = (row: JudgedRow): string => {
  const bottleneck = bottleneckIn(row);
  return bottleneck === undefined ? "" : `; the bottleneck is ${bottleneck}`;
};

const undecided = (row: LimitedRow, asked: string): Finding => {
  const why =
    row.why ?? (row.value === null ? "no data" : "its interval is partly outside: more replications narrow it");
  const is = row.value === null ? "" : ` is ${printMeasured(row)},`;
  return { kind: "UNKNOWN", text: `${labelWithDeciding(row)}${is} against ${asked}: ${why}${bottleneckOf(row)}` };
};

/** Returns all reasons why the run is not green, worst first. */
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
      .map((row) => missed(row, limitText(row), limitOf(row), row.shows === undefined ? "DESIGN" : "STORY")),
    ...expect.filter(isAt("unknown")).map((row) => undecided(row, row.published)),
    ...thresholds.filter(isAt("unknown")).map((row) => undecided(row, limitText(row))),
    ...(document.unproved ?? []).map((text): Finding => ({ kind: "UNKNOWN", text: `not judged: ${text}` })),
    ...(document.partial === true ? [{ kind: "UNKNOWN", text: INTERRUPTED } as const] : []),
  ];
};

const INTERRUPTED = "the run was interrupted, so that its rows rest on fewer replications than were asked for";

const heldHeadline = ({ expect, thresholds, notJudged, invariants }: RunDocument): string => {
  const fixed = expect.filter(({ kind }) => kind === "by-construction").length;
  const counted = [
    [expect.length, "published figure", fixed === 0 ? "" : ` (${printNumber(fixed)} by construction)`],
    [thresholds.length, "threshold", ""],
    [invariants.length, "invariant", ""],
  ] as const;
  const words = counted
    .filter(([count]) => count > 0)
    .map(([count, noun, remark]) => `${printCount(count, noun)}${remark}`);
  const left = notJudged.length === 0 ? "" : `; ${printCount(notJudged.length, "row")} not judged`;
  if (words.length === 0) return `held: this run has no rows to judge${left}`;
  const none = expect.length + thresholds.length === 0 ? "no figure is judged; " : "";
  return `held: ${none}${words.join(", ")}, all met${left}`;
};

const noteOf = ({ thresholds }: RunDocument): string | undefined => {
  const shown = thresholds.filter(({ shows }) => shows !== undefined);
  if (shown.length === 0) return undefined;
  const rows = shown.map((row) => `${labelOf(row)} ${limitText(row)}`).join("; ");
  const count = `${printNumber(shown.length)} of ${printCount(thresholds.length, "threshold")}`;
  return `Shows a failure: ${count} can be green only while something fails: ${rows}.`;
};

/** Summarises the run, for the end of the terminal's text and the top of the page. */
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
