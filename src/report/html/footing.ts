/** The lower part of the page: assumptions, method and limits, and how to reproduce the run. */
import type { AssumptionRow, RunDocument } from "../../study/document.ts";
import type { ReportedRun } from "../finished.ts";
import { printCount, printNumber } from "../numbers.ts";
import { methodOf } from "../story.ts";
import { html, NOTHING, type Markup } from "./markup.ts";
import { section, type PageLimits } from "./pieces.ts";

const LONGEST_SOURCE = 300;
const PROVENANCES = ["measured", "published", "calibrated", "assumed"] as const;

const groupNameOf = ({ parameter }: AssumptionRow): string => parameter.split(".")[0] ?? parameter;

const assumption = ({ parameter, value, provenance, source }: AssumptionRow, sources: readonly string[]): Markup =>
  html`<tr data-provenance="${provenance}">
    <th scope="row"><code>${parameter}</code></th>
    <td>${value}</td>
    <td>${provenance}</td>
    <td>${sources.indexOf(source) + 1}</td>
  </tr>`;

/** Lists the parameters of one group, with numbered sources below them: each source is written once. */
const group = (name: string, rows: readonly AssumptionRow[]): Markup => {
  const sources = [...new Set(rows.map(({ source }) => source))];
  return html`<details class="group">
    <summary>${name} (${printNumber(rows.length)})</summary>
    <div class="wide" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">parameter</th>
            <th scope="col">value</th>
            <th scope="col">provenance</th>
            <th scope="col">source, see below</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => assumption(row, sources))}
        </tbody>
      </table>
    </div>
    <ol class="sources" aria-label="Sources of ${name}">
      ${sources.map((source) => html`<li>${source.slice(0, LONGEST_SOURCE)}</li>`)}
    </ol>
  </details>`;
};

const filters = (): Markup =>
  html`<div class="filters">
    <label>Parameter or source contains<input id="assumption-words" type="search" autocomplete="off" /></label
    ><label
      >Provenance<select id="assumption-provenance">
        <option value="">all</option>
        ${PROVENANCES.map((one) => html`<option>${one}</option>`)}
      </select></label
    ><span id="assumption-count" class="note" role="status"></span>
  </div>`;

/** Returns the section of assumptions. */
export const assumptionSection = ({ assumptions }: RunDocument, limits: PageLimits): Markup => {
  if (assumptions.length === 0) return NOTHING;
  const shown = assumptions.slice(0, limits.assumptions);
  const names = [...new Set(shown.map(groupNameOf))];
  const counts = PROVENANCES.map(
    (provenance) => [provenance, assumptions.filter((row) => row.provenance === provenance).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([provenance, count]) => `${printNumber(count)} ${provenance}`);
  const left = assumptions.length - shown.length;
  return section(
    "assumptions",
    "Assumptions",
    html`<p>${printCount(assumptions.length, "parameter")}: ${counts.join(", ")}.</p>
      <div id="assumption-list">
        ${filters()}${names.map((name) =>
          group(
            name,
            shown.filter((row) => groupNameOf(row) === name),
          ),
        )}
      </div>
      ${left > 0 ? html`<p class="note">${printCount(left, "further parameter")}: see run.json.</p>` : NOTHING}`,
  );
};

/** Returns the section on method and limits. */
export const methodSection = (document: RunDocument): Markup =>
  section(
    "method",
    "Method and limits",
    html`<ul class="method">
      ${methodOf(document).map((text) => html`<li>${text}</li>`)}
    </ul>`,
  );

/** Returns the section on how to reproduce the run. */
export const reproduceSection = ({ document, meta }: ReportedRun): Markup => {
  const { tool, scenario, digest, events } = document;
  return section(
    "reproduce",
    "Reproduce",
    html`<pre><code id="reproduce-line">${meta.reproduce}</code></pre>
      <button id="copy" type="button">Copy</button>
      <p class="note">
        firedrill ${tool} · digest ${digest} · scenario fingerprint ${scenario.fingerprint} · ${printNumber(events)}
        events. The same scenario, seed, scale, replications and version give the same digest on any machine.
      </p>
      <p class="note">When the run started, how long it took and on which machine is only in meta.json.</p>`,
  );
};
