/** Defines the charts of judged figures: simulated beside published values, and beside the limits of thresholds. */
import type { ExpectRow, RunDocument, ThresholdRow } from "../../study/document.ts";
import { bandOf, limitOf, limitText } from "../bounds.ts";
import { causeOf } from "../causes.ts";
import { type IntervalChart, ROWS_A_CHART } from "./chart.ts";
import { labelOf, titleOf } from "../labels.ts";
import { printMeasured } from "../measured.ts";
import { printPlain } from "../../base/digits.ts";
import { inWords, printExact, tellsNothing } from "../numbers.ts";
import { isOfDifference } from "../older.ts";

type Row = IntervalChart["rows"][number];

const LABEL_WIDTH = 30;
/** Ends of the part of a row's own scale that values lie in, of 0 to 100. */
const OWN = { from: 4, to: 92 };
/** A scale begins at 0 unless the least value is more than this share of the greatest: there, all would look alike. */
const CUT_FROM = 0.8;
/** A scale that does not include 0 begins this share of its width below the least value. */
const BELOW = 0.2;

/** Breaks a label into lines of about equal length, for the axis of the judged figures. */
const inLines = (label: string): readonly string[] => {
  const lines: string[] = [];
  for (const part of label.split(" · ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= LABEL_WIDTH)
      lines[lines.length - 1] = `${last} · ${part}`;
    else lines.push(part);
  }
  return lines;
};

/** Returns the mean of the replications that were not cut off; null without any. */
const seenIn = (one: Pick<ExpectRow, "value" | "cutOff"> | undefined): number | null =>
  one?.cutOff === undefined ? (one?.value ?? null) : one.cutOff.seen;

const publishedRow = (row: ExpectRow, { figures }: RunDocument): Row => {
  const { min, max } = bandOf(row) ?? {};
  return {
    label: inLines(labelOf(row)),
    published:
      min === undefined && max === undefined ? null : [min ?? 0, max ?? Math.max(min ?? 0, row.ci95?.[1] ?? 0)],
    value: seenIn(row),
    ci95: row.ci95,
    noFault: seenIn(figures[row.figure]?.noFault),
    text: inWords(printMeasured(row)),
    verdict: row.verdict,
    limits: [],
    begins: "",
    isCut: false,
  };
};

/** Puts a threshold's value and limits on a scale of their own, as its unit and size have nothing to do with other rows'. */
const limitRow = (row: ThresholdRow, { figures }: RunDocument): Row => {
  const { min, max } = limitOf(row) ?? {};
  const value = seenIn(row);
  const noFault = isOfDifference(row) ? null : seenIn(figures[row.figure]?.noFault);
  const isKnown =
    row.value !== null && row.ci95 !== null && !tellsNothing({ value: row.value, ci95: row.ci95 }, row.unit);
  const ci95 = isKnown ? row.ci95 : null;
  const seen = [value, ...(ci95 ?? []), noFault].filter((one) => one !== null);
  const known = [...seen, ...[min, max].filter((one) => one !== undefined)];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const isCut = seen.length > 0 && least > CUT_FROM * most;
  const from = isCut ? least - BELOW * (most - least || most) : Math.min(0, least);
  const width = most - from || 1;
  const place = (value: number): number => OWN.from + ((OWN.to - OWN.from) * (value - from)) / width;
  const limitAt = (at: number | undefined, side: "max" | "min", words: string): Row["limits"] =>
    at === undefined ? [] : [{ at: place(at), text: `${words} ${printExact(at, row.unit)}`, side }];
  return {
    label: inLines(isOfDifference(row) ? `Change of: ${labelOf(row)}` : labelOf(row)),
    published: null,
    value: value === null ? null : place(value),
    ci95: ci95 === null ? null : [place(ci95[0]), place(ci95[1])],
    noFault: noFault === null ? null : place(noFault),
    text: inWords(printMeasured(row)),
    verdict: row.verdict,
    limits: [...limitAt(min, "min", "at least"), ...limitAt(max, "max", "at most")],
    begins: isCut || from === min ? "" : printPlain(from),
    isCut,
  };
};

const UNITS: ReadonlyMap<string, { readonly file: string; readonly words: string }> = new Map([
  ["%", { file: "percent", words: "percent" }],
  ["s", { file: "seconds", words: "seconds" }],
  ["", { file: "numbers", words: "numbers" }],
]);

/** Names what the rows are about: their metric if they have one in common. */
const subjectOf = (rows: readonly (ExpectRow | ThresholdRow)[], otherwise: string): string => {
  const titles = [...new Set(rows.map(titleOf))];
  return titles.length === 1 ? titles[0]! : otherwise;
};

const inParts = <Item>(rows: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(rows.length / ROWS_A_CHART) }, (_, i) =>
    rows.slice(i * ROWS_A_CHART, (i + 1) * ROWS_A_CHART),
  );

const numbered = (text: string, i: number, sign: string): string => (i === 0 ? text : `${text}${sign}${String(i + 1)}`);

type Shared = Pick<IntervalChart, "kind" | "caption" | "lacks">;

const publishedCharts = (document: RunDocument, shared: Shared): readonly IntervalChart[] =>
  [...new Set(document.expect.map(({ unit }) => unit))].flatMap((unit) => {
    const { file, words } = UNITS.get(unit) ?? { file: unit.replaceAll(/[^a-z0-9]+/gi, "-"), words: unit };
    return inParts(document.expect.filter((row) => row.unit === unit)).map((rows, i): IntervalChart => ({
      ...shared,
      name: numbered(`published-${file}`, i, "-"),
      title: numbered(`${subjectOf(rows, `Figures in ${words}`)}: published and simulated`, i, ", "),
      isOwnScale: false,
      description: rows
        .map((row) => `${labelOf(row)}: published ${row.published}, simulated ${printMeasured(row)}, ${row.verdict}.`)
        .join(" "),
      unit,
      table: {
        header: ["figure", "published", "simulated [95 % CI]", "verdict"],
        rows: rows.map((row) => [labelOf(row), row.published, printMeasured(row), row.verdict]),
      },
      rows: rows.map((row) => publishedRow(row, document)),
    }));
  });

const limitCharts = (document: RunDocument, shared: Shared): readonly IntervalChart[] =>
  inParts(document.thresholds).map((rows, i): IntervalChart => ({
    ...shared,
    name: numbered("limits", i, "-"),
    title: numbered(`${subjectOf(rows, "Judged figures")}: limits and simulated values`, i, ", "),
    isOwnScale: true,
    description: rows
      .map((row) => `${labelOf(row)}: limit ${limitText(row)}, simulated ${printMeasured(row)}, ${row.verdict}.`)
      .join(" "),
    unit: "",
    table: {
      header: ["figure", "limit", "simulated [95 % CI]", "verdict"],
      rows: rows.map((row) => [labelOf(row), limitText(row), printMeasured(row), row.verdict]),
    },
    rows: rows.map((row) => limitRow(row, document)),
  }));

/** Returns charts of all judged figures: published ones, by unit, then thresholds. */
export const judgedCharts = (document: RunDocument, caption: string): readonly IntervalChart[] => {
  const shared: Shared = { kind: "intervals", caption, lacks: causeOf(document) };
  return [...publishedCharts(document, shared), ...limitCharts(document, shared)];
};
