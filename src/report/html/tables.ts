/** Charts and tables of the page: every judged value beside its limit or published value. */
import type { ExpectRow, RunDocument, ThresholdRow } from "../../study/document.ts";
import { limitText } from "../bounds.ts";
import { causeOf } from "../causes.ts";
import type { ChartDefinition } from "../charts/chart.ts";
import { markersOf } from "../moments.ts";
import { printClock, printCount, printDifference } from "../numbers.ts";
import { html, NOTHING, type Markup } from "./markup.ts";
import { asked, badge, interval, measured, named, section, type PageLimits, changeCaption } from "./pieces.ts";

const chartFigure = (definition: ChartDefinition): Markup => {
  const { name, title, description, kind, table } = definition;
  const rows = kind === "intervals" ? ` rows-${String(definition.rows.length)}` : "";
  return html`<figure aria-labelledby="title-${name}">
    <figcaption><h3 id="title-${name}">${title}</h3></figcaption>
    <div class="canvas${rows}">
      <canvas id="chart-${name}" role="img" aria-label="${title}. ${description}"></canvas>
    </div>
    <details>
      <summary>${title} as a table</summary>
      <div class="wide" tabindex="0">
        <table>
          <thead>
            <tr>
              ${table.header.map((cell, i) => html`<th scope="col" ${i === 0 ? NOTHING : html` class="number"`}>${cell}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${table.rows.map(
              (row) =>
                html`<tr>
                  ${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`;
};

/** Says what the charts show, as far as it is drawn. */
const introductionOf = (document: RunDocument, shown: readonly ChartDefinition[]): readonly string[] => {
  const drawn = shown.filter((definition) => definition.kind === "lines");
  if (drawn.length === 0) return [];
  const hasTwin = drawn.some(({ series }) => series.some(({ noFault }) => noFault !== undefined));
  return [
    document.replications > 1
      ? "Lines are means over replications with their 95 % band, clipped to the range of the replications."
      : "Lines are the values of the only replication.",
    ...(hasTwin ? [`Dashed lines are the same seeds without ${causeOf(document)}.`] : []),
    ...(drawn.some(({ decisions }) => decisions.length > 0) ? ["Triangles are decisions of the scheduler."] : []),
    "Long lines are thinned to keep this page small; timeline.json and the pictures in charts/ have every sample.",
  ];
};

/** Returns the section of charts, each with its table. */
export const chartSection = (
  document: RunDocument,
  definitions: readonly ChartDefinition[],
  limits: PageLimits,
): Markup => {
  if (definitions.length === 0) return NOTHING;
  const shown = definitions.slice(0, limits.charts);
  const left = definitions.length - shown.length;
  const markers = markersOf(document);
  const key =
    markers.length === 0
      ? NOTHING
      : html`<ol class="key" aria-label="Marks in the charts">
          ${markers.map(({ at, number, text }) => html`<li><span class="mark">${number}</span><time>${printClock(at)}</time><span>${text}</span></li>`)}
        </ol>`;
  return section(
    "charts",
    "Charts",
    html`<noscript><p class="note">Charts need scripts; each has its numbers in a table.</p></noscript>
      <p class="note">${introductionOf(document, shown).join(" ")}</p>
      ${key}${shown.map(chartFigure)}${left > 0 ? html`<p class="note">${printCount(left, "further chart")}: see charts/ beside this page.</p>` : NOTHING}`,
  );
};

const kindOf = ({ kind, fixedBy }: ExpectRow): Markup =>
  kind === "as-it-comes"
    ? html`as it comes`
    : html`by
      construction${fixedBy === undefined ? NOTHING : html`<br /><code class="exact">${fixedBy.join(", ")}</code>`}`;

/** Returns the section of published figures. */
export const publishedSection = (document: RunDocument): Markup =>
  document.expect.length === 0
    ? NOTHING
    : section(
        "published",
        "Published and simulated",
        html`<div class="wide" tabindex="0">
          <table class="stack">
            ${changeCaption(document)}
            <thead>
              <tr>
                <th scope="col">figure</th>
                <th scope="col">verdict</th>
                <th scope="col" class="number">published</th>
                <th scope="col" class="number">simulated</th>
                <th scope="col" class="number">without ${causeOf(document)}</th>
                <th scope="col">kind</th>
                <th scope="col">source</th>
              </tr>
            </thead>
            <tbody>
              ${document.expect.map(
                (row) =>
                  html`<tr>
                    <th scope="row">${asked(row)}</th>
                    <td data-label="verdict">${badge(row.verdict)}</td>
                    <td class="asked" data-label="published">${row.published}</td>
                    <td class="number" data-label="simulated">${measured(row)}</td>
                    <td class="number" data-label="without ${causeOf(document)}">
                      ${interval(document.figures[row.figure]?.noFault, row.unit)}
                    </td>
                    <td data-label="kind">${kindOf(row)}</td>
                    <td data-label="source">${row.source}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`,
      );

const thresholdRow = (row: ThresholdRow): Markup =>
  html`<tr>
    <th scope="row">${asked(row)}</th>
    <td data-label="verdict">${badge(row.verdict)}</td>
    <td class="asked" data-label="limit">${limitText(row)}</td>
    <td class="number" data-label="simulated">${measured(row)}</td>
  </tr>`;

/** Returns the section of thresholds and invariants. */
export const thresholdSection = (document: RunDocument): Markup => {
  const { thresholds, notJudged, invariants } = document;
  const table =
    thresholds.length === 0
      ? html`<p class="note">No threshold was set.</p>`
      : html`<div class="wide" tabindex="0">
          <table class="stack">
            ${changeCaption(document)}
            <thead>
              <tr>
                <th scope="col">figure</th>
                <th scope="col">verdict</th>
                <th scope="col" class="number">limit</th>
                <th scope="col" class="number">simulated</th>
              </tr>
            </thead>
            <tbody>
              ${thresholds.map(thresholdRow)}
            </tbody>
          </table>
        </div>`;
  const skipped =
    notJudged.length === 0
      ? NOTHING
      : html`<h3>Not judged</h3>
          <ul>
            ${notJudged.map((text) => html`<li><code>${text}</code></li>`)}
          </ul>`;
  const kept = invariants.map(
    ({ name, verdict, why }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${badge(verdict)}</td>
        <td>${why ?? ""}</td>
      </tr>`,
  );
  const checks =
    kept.length === 0
      ? NOTHING
      : html`<details${invariants.some(({ verdict }) => verdict !== "held") ? html` open` : NOTHING}><summary>${printCount(kept.length, "invariant")} of the simulator</summary><div class="wide" tabindex="0"><table><thead><tr><th scope="col">invariant</th><th scope="col">verdict</th><th scope="col">why</th></tr></thead><tbody>${kept}</tbody></table></div></details>`;
  return section("thresholds", "Thresholds", html`${table}${skipped}${checks}`);
};

/** Returns the section of all figures with their exact names. */
export const figureSection = (document: RunDocument, limits: PageLimits): Markup => {
  const rows = Object.entries(document.figures);
  if (rows.length === 0) return NOTHING;
  const left = rows.length - limits.figures;
  return section(
    "all-figures",
    "All figures",
    html`<details>
      <summary>${printCount(rows.length, "figure")} with exact names</summary>
      <div class="wide" tabindex="0">
        <table class="stack">
          ${changeCaption(document)}
          <thead>
            <tr>
              <th scope="col">figure</th>
              <th scope="col" class="number">simulated</th>
              <th scope="col" class="number">without ${causeOf(document)}</th>
              <th scope="col" class="number">caused by ${causeOf(document)}</th>
              <th scope="col" class="number">replications with data</th>
            </tr>
          </thead>
          <tbody>
            ${rows.slice(0, limits.figures).map(
              ([figure, result]) =>
                html`<tr>
                  <th scope="row">${named({ figure, ...result }, result)}</th>
                  <td class="number" data-label="simulated">${interval(result, result.unit)}</td>
                  <td class="number" data-label="without ${causeOf(document)}">
                    ${interval(result.noFault, result.unit)}
                  </td>
                  <td class="number" data-label="caused by ${causeOf(document)}">
                    ${result.difference === undefined ? "–" : printDifference(result.difference, result.unit)}
                  </td>
                  <td class="number" data-label="replications with data">${result.n}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${left > 0 ? html`<p class="note">${printCount(left, "further figure")}: see run.json.</p>` : NOTHING}
    </details>`,
  );
};
