/**
 * Prints a run for the terminal: the run, its figures beside the published ones, the scheduler's decisions with their
 * reasons, and the verdict. The text is the same without colour.
 */
import { printableAll } from "../base/printable.ts";
import { gather } from "./decisions.ts";
import { createColors } from "picocolors";
import type { Decision } from "../simulate/findings.ts";
import type { Interval, RunDocument, Verdict } from "../study/document.ts";
import { causeOf } from "./causes.ts";
import { changedText } from "./changed.ts";
import { labelOf, labelWithGroup } from "./labels.ts";
import { NO_BREAK, printClock, printCount, printDifference, printInterval, printNumber } from "./numbers.ts";
import { type JudgedRow, limitText } from "./bounds.ts";
import { oddText } from "./odd.ts";
import { renderTable, wrap, type TableCell, type Column } from "./table.ts";
import { printMeasured } from "./measured.ts";
import { kindOf, remarksOf, SIGNS, summarise, type Finding } from "./verdict.ts";

/** Options of the terminal's text. */
export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; less than 80 counts as 80, more than 120 as 120. */
  readonly columns?: number;
}

const NARROWEST = 80;
const WIDEST = 120;
const MOST_DECISIONS = 12;
const LONGEST_TOGETHER = 12;
/** The least width of the column of figures' names; chosen. */
const LEAD_WIDTH = 32;

type Colors = ReturnType<typeof createColors>;

interface Pen {
  readonly colors: Colors;
  readonly width: number;
}

const paintOf = (colors: Colors, verdict: Verdict): ((text: string) => string) =>
  ({ held: colors.green, broken: colors.red, unknown: colors.yellow })[verdict];

const verdictCell = ({ colors }: Pen, verdict: Verdict): TableCell => ({
  text: `${SIGNS[verdict]}${NO_BREAK}${verdict}`,
  paint: paintOf(colors, verdict),
});

const column = (title: string, align: Column["align"] = "left"): Column => ({ title, align });

const section = (
  pen: Pen,
  title: string,
  columns: readonly Column[],
  rows: Parameters<typeof renderTable>[1],
  leadWidth = 0,
) =>
  rows.length === 0
    ? []
    : [
        "",
        pen.colors.bold(title),
        ...renderTable(columns, rows, { width: pen.width, header: pen.colors.dim, leadWidth }),
      ];

/** Wraps text to the terminal, with a hanging indent. */
const paragraph = ({ width }: Pen, first: string, text: string): readonly string[] => {
  const indent = " ".repeat([...first].length);
  return wrap(text, width - indent.length).map((line, i) => (i === 0 ? first : indent) + line);
};

const titleLines = (document: RunDocument, pen: Pen): readonly string[] => {
  const { scenario, scale, replications, seed, population, events, digest } = document;
  const count = printCount(replications, "replication") + (document.partial === true ? ", interrupted" : "");
  const facts = `${printNumber(population.online)} people online as ${printNumber(population.rows)} rows · ${printNumber(events)} events · digest ${digest}`;
  return [
    `${pen.colors.bold(scenario.name)} · scale ${scale} · ${count} · seed ${seed}`,
    ...wrap(scenario.title, pen.width),
    ...wrap(changedText(document) ?? "", pen.width)
      .filter((line) => line !== "")
      .map(pen.colors.yellow),
    ...wrap(facts, pen.width).map(pen.colors.dim),
  ];
};

/** Keeps a text such as "≤ 300 s" on one line; a published sentence may break. */
const together = (text: string): string => (text.length <= LONGEST_TOGETHER ? text.replaceAll(" ", NO_BREAK) : text);

/** Makes a label that may break after the dot between its parts, but not before it. */
const labelCell = (label: string): TableCell => ({ text: label.replaceAll(" · ", `${NO_BREAK}· `) });

const figureRows = (document: RunDocument): readonly (readonly TableCell[])[] => {
  const published = new Map(document.expect.map((row) => [row.figure, row.published]));
  const print = (interval: Interval | undefined, how: (interval: Interval) => string): TableCell => ({
    text: interval === undefined ? "–" : how(interval),
  });
  return Object.entries(document.figures).map(([figure, result]) => [
    labelCell(labelWithGroup(figure, result)),
    { text: together(published.get(figure) ?? "–") },
    { text: printInterval(result, result.unit) },
    print(result.noFault, (interval) => printInterval(interval, result.unit)),
    print(result.difference, (interval) => printDifference(interval, result.unit)),
  ]);
};

const figureLines = (document: RunDocument, pen: Pen): readonly string[] => {
  const hasTwin = Object.values(document.figures).some(({ noFault }) => noFault !== undefined);
  const columns = [column("figure"), column("published", "right"), column("simulated [95 % CI]", "right")];
  const twin = [column(`without ${causeOf(document)}`, "right"), column("difference", "right")];
  const rows = figureRows(document).map((row) => ({ cells: hasTwin ? row : row.slice(0, columns.length) }));
  const lines = section(pen, "Figures", hasTwin ? [...columns, ...twin] : columns, rows, LEAD_WIDTH);
  if (document.replications > 1 || lines.length === 0) return lines;
  return [...lines, pen.colors.dim("one replication: its values have no interval")];
};

const judgedLines = (document: RunDocument, pen: Pen): readonly string[] => {
  const small = (text: string): TableCell => ({ text, paint: pen.colors.dim });
  const columns = (asked: string): readonly Column[] => [
    column("verdict"),
    column("figure"),
    column(asked, "right"),
    column("simulated", "right"),
  ];
  const cells = (row: JudgedRow, asked: string): readonly TableCell[] => [
    verdictCell(pen, row.verdict),
    labelCell(labelOf(row)),
    { text: together(asked) },
    { text: printMeasured(row) },
  ];
  const noted = (texts: readonly string[]): { readonly note?: TableCell } =>
    texts.length === 0 ? {} : { note: small(texts.join(" · ")) };
  const expected = document.expect.map((row) => ({
    cells: cells(row, row.published),
    ...noted([kindOf(row), row.source, ...remarksOf(row)]),
  }));
  const limited = document.thresholds.map((row) => ({ cells: cells(row, limitText(row)), ...noted(remarksOf(row)) }));
  const invariants = document.invariants.map(({ name, verdict, why }) => ({
    cells: [verdictCell(pen, verdict), { text: name }],
    ...(why === undefined ? {} : { note: small(why) }),
  }));
  return [
    ...section(pen, "Published figures", columns("published"), expected),
    ...section(pen, "Thresholds", columns("limit"), limited),
    ...section(pen, "Invariants", [column("verdict"), column("invariant")], invariants),
  ];
};

const notJudgedLines = ({ notJudged }: RunDocument, pen: Pen): readonly string[] =>
  notJudged.length === 0
    ? []
    : ["", pen.colors.bold("Not judged"), ...notJudged.flatMap((text) => paragraph(pen, "  ", text))];

const decisionLines = (decision: Decision, pen: Pen): readonly string[] => {
  const { at, kind, what, who, ip, why } = decision;
  const subject = [who, ip].filter((part) => part !== "").join(" ");
  const clock = printClock(at).padStart(9);
  const indent = " ".repeat(clock.length + 2);
  return [
    ...paragraph(pen, `${clock}  `, `${kind}: ${what}${subject === "" ? "" : ` · ${subject}`}`),
    ...why.flatMap((reason) => paragraph(pen, indent, reason)).map(pen.colors.dim),
  ];
};

const decisionsLines = ({ decisions }: RunDocument, pen: Pen): readonly string[] => {
  if (decisions.length === 0) return [];
  const groups = gather(decisions);
  const rest = groups.length - MOST_DECISIONS;
  return [
    "",
    pen.colors.bold("Decisions of the scheduler, first replication"),
    ...groups.slice(0, MOST_DECISIONS).flatMap((decision) => decisionLines(decision, pen)),
    ...(rest > 0
      ? [
          pen.colors.dim(
            `  … and ${printNumber(rest)} more in report.html; decisions.json has those of every replication`,
          ),
        ]
      : []),
  ];
};

const findingLines = (findings: readonly Finding[], pen: Pen): readonly string[] => {
  const paints = {
    SIMULATOR: pen.colors.red,
    MODEL: pen.colors.red,
    DESIGN: pen.colors.red,
    STORY: pen.colors.red,
    UNKNOWN: pen.colors.yellow,
  };
  return findings.flatMap(({ kind, text }) =>
    paragraph(pen, `  ${kind}  `, text).map((line, i) => (i === 0 ? line.replace(kind, paints[kind](kind)) : line)),
  );
};

const verdictLines = (document: RunDocument, pen: Pen): readonly string[] => {
  const { verdict, headline, findings, note } = summarise(document);
  const odd = oddText(document);
  const sign = paintOf(pen.colors, verdict)(SIGNS[verdict]);
  const lines = wrap(`verdict ${headline}`, pen.width - 2);
  return [
    "",
    ...lines.map((line, i) => (i === 0 ? `${sign} ${pen.colors.bold(line)}` : `  ${line}`)),
    ...findingLines(findings, pen),
    ...(note === undefined ? [] : paragraph(pen, "  ", note)),
    ...(odd === undefined ? [] : paragraph(pen, "  ", odd)),
  ];
};

/** Returns the text for a terminal, ending with the verdict and a newline. */
export const renderText = (given: RunDocument, options: TextOptions): string => {
  const document = printableAll(given);
  const width = Math.min(WIDEST, Math.max(NARROWEST, options.columns ?? WIDEST));
  const pen = { colors: createColors(options.color), width };
  const lines = [titleLines, figureLines, judgedLines, notJudgedLines, decisionsLines, verdictLines].flatMap((part) =>
    part(document, pen),
  );
  return `${lines.join("\n")}\n`;
};
