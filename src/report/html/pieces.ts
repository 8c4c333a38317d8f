/** Small parts that several sections of the page use. */
import type { FigureResult, Interval, RunDocument, Verdict } from "../../study/document.ts";
import { type JudgedRow, type LimitedRow, limitsIn } from "../bounds.ts";
import { changedText } from "../changed.ts";
import { groupOf, labelOf, type Named } from "../labels.ts";
import { printCount, printRange, printValue } from "../numbers.ts";
import { intervalIn } from "../measured.ts";
import { remarksOf, SIGNS } from "../verdict.ts";
import { html, NOTHING, type Markup } from "./markup.ts";

/** The most entries of each long list of a page; the number of those left out is printed. */
export interface PageLimits {
  readonly events: number;
  /** Of all replications beside the first together. */
  readonly decisions: number;
  readonly charts: number;
  readonly figures: number;
  readonly assumptions: number;
}

/** Returns a verdict with its sign. */
export const badge = (verdict: Verdict): Markup =>
  html`<span class="badge ${verdict}">${SIGNS[verdict]} ${verdict}</span>`;

/** Returns a value with its interval, told from the limits; a dash for undefined. */
export const interval = (given: Interval | undefined, unit: string, limits: readonly number[] = []): Markup =>
  given === undefined
    ? html`<span class="note">–</span>`
    : html`${printValue(given, unit, limits)}<br /><span class="range">${printRange(given, unit, limits)}</span>`;

/** Returns the simulated value of a judged row, or "no data". */
export const measured = (row: LimitedRow): Markup => {
  const one = intervalIn(row);
  const limits = limitsIn(row);
  return one === undefined ? html`<span class="note">no data</span>` : interval(one, row.unit, limits);
};

/** Returns a figure in words and as its exact text, with its groups if it has any. */
export const named = (one: Named, result?: FigureResult): Markup => {
  const groups = Object.entries(result?.groups ?? {}).toSorted(([, a], [, b]) => b.value - a.value);
  const unit = result?.unit ?? "";
  const list =
    groups.length === 0
      ? NOTHING
      : html`<details>
          <summary>${printCount(groups.length, "group")}, largest ${groupOf(one, groups[0]?.[0] ?? "")}</summary>
          ${groups
            .slice(0, 40)
            .map(
              ([group, found]) =>
                html`<div class="note">
                  ${groupOf(one, group)}: ${printValue(found, unit)} ${printRange(found, unit)}
                </div>`,
            )}
        </details>`;
  return html`${labelOf(one)}<code class="exact">${one.figure}</code>${list}`;
};

/** Returns the name of a judged row, with its remarks. */
export const asked = (row: JudgedRow): Markup =>
  html`${named(row)}${remarksOf(row).map((remark) => html`<div class="note">${remark}</div>`)}`;

/** Returns a section with a heading that can be linked to. */
export const section = (id: string, title: string, content: Markup): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;

/** Returns the caption of a table with results: what the command changed of the file; nothing if it changed nothing. */
export const changeCaption = (document: RunDocument): Markup => {
  const text = changedText(document);
  return text === undefined
    ? NOTHING
    : html`<caption>
        ${text}
      </caption>`;
};
