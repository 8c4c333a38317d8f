/** Renders a verified scenario for a terminal: published and simulated values, and changes of the golden. */
import { createColors } from "picocolors";
import { printableAll } from "../base/printable.ts";
import { changedText } from "../report/changed.ts";
import { labelOf } from "../report/labels.ts";
import { NO_BREAK } from "../report/numbers.ts";
import { renderTable, type TableCell } from "../report/table.ts";
import type { JudgedRow } from "../report/bounds.ts";
import { printMeasured } from "../report/measured.ts";
import { remarksOf, SIGNS } from "../report/verdict.ts";
import type { RunDocument, Verdict } from "../study/document.ts";
import type { Change } from "../study/golden.ts";

/** A verified scenario. */
export interface StoryResult {
  /** The results of the run. */
  readonly document: RunDocument;
  /** Differences from the golden; undefined if there is none. */
  readonly changes: readonly Change[] | undefined;
}

const WIDTH = 118;

/** Returns a verified scenario as tables for a terminal. */
export const storyText = (story: StoryResult, color: boolean): string => {
  const { document, changes } = printableAll(story);
  const colors = createColors(color);
  const paints = { held: colors.green, broken: colors.red, unknown: colors.yellow };
  const sign = (verdict: Verdict): TableCell => ({
    text: `${SIGNS[verdict]}${NO_BREAK}${verdict}`,
    paint: paints[verdict],
  });
  const style = { width: WIDTH, header: colors.dim };
  const { scenario, scale, replications, expect, thresholds, invariants } = document;
  const noted = (row: JudgedRow): { readonly note?: TableCell } => {
    const text = remarksOf(row).join(" · ");
    return text === "" ? {} : { note: { text, paint: colors.dim } };
  };
  const rows = [
    ...expect.map((row) => ({
      ...noted(row),
      cells: [
        sign(row.verdict),
        { text: labelOf(row) },
        { text: row.published },
        { text: printMeasured(row) },
        { text: row.kind },
      ],
    })),
    ...thresholds.map((row) => ({
      ...noted(row),
      cells: [
        sign(row.verdict),
        { text: labelOf(row) },
        { text: row.limit },
        { text: printMeasured(row) },
        { text: "threshold" },
      ],
    })),
    ...invariants.map((row) => ({
      cells: [sign(row.verdict), { text: row.name }, { text: "" }, { text: row.why ?? "" }, { text: "invariant" }],
    })),
  ];
  const columns = ["", "figure", "published or limit", "simulated", "kind"].map((title) => ({
    title,
    align: "left" as const,
  }));
  return [
    `${colors.bold(scenario.name)} · scale ${scale} · ${String(replications)} replications · digest ${document.digest}`,
    ...[changedText(document) ?? []].flat(),
    ...renderTable(columns, rows, style),
    ...changeLines(changes, style),
    "",
    "",
  ].join("\n");
};

const changeLines = (
  changes: StoryResult["changes"],
  style: { width: number; header: (text: string) => string },
): readonly string[] => {
  if (changes === undefined) return ["", "golden: none; add --accept --reason TEXT to create it"];
  if (changes.length === 0) return ["", "golden: unchanged"];
  const columns = ["golden", "before", "after"].map((title) => ({ title, align: "left" as const }));
  const rows = changes.map(({ what, before, after }) => ({ cells: [what, before, after].map((text) => ({ text })) }));
  const advice = "golden: changed; if the change is meant, add --accept --reason TEXT";
  return ["", ...renderTable(columns, rows, style), "", advice];
};
