/** The scheduler's decisions: those of the first replication stand among the events, those of the others can be opened. */
import type { Decision } from "../../simulate/findings.ts";
import type { RunDocument, ReplicationDecisions } from "../../study/document.ts";
import { gather } from "../decisions.ts";
import { capitalise } from "../labels.ts";
import { printClock, printCount, printNumber, printReplication } from "../numbers.ts";
import { html, NOTHING, type Markup } from "./markup.ts";
import type { PageLimits } from "./pieces.ts";

const LONGEST_REASON = 500;
/** The most replications beside the first whose decisions a page has; chosen. */
const MOST_REPLICATIONS = 20;

const reasons = (why: readonly string[]): Markup =>
  why.length === 0
    ? NOTHING
    : html`<ul class="why">
        ${why.map((reason) => html`<li>${reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason}</li>`)}
      </ul>`;

/** Returns one line of a list of events. */
export const eventLine = (at: number, mark: Markup, content: Markup, kind: string): Markup =>
  html`<li class="${kind}">
    <time>${printClock(at)}</time><span>${mark}</span>
    <div class="what">${content}</div>
  </li>`;

/** Returns a decision with its reasons as a line of a list of events. */
export const decisionLine = ({ at, kind, what, who, ip, why }: Decision): Markup =>
  eventLine(
    at,
    html`<span aria-hidden="true">▲</span>`,
    html`<span class="tag">${kind}</span> ${what}
      <span class="who">${[who, ip].filter((part) => part !== "").join(" ")}</span>${reasons(why)}`,
    "decision",
  );

const placeOf = (replication: number): string => printReplication(replication).replace(" ", "-");

/** Returns where the page has the decisions of the odd one out; undefined if it made none, or if they are not known. */
export const placeOfOdd = (
  { oddOneOut: odd }: RunDocument,
  all: readonly ReplicationDecisions[],
): string | undefined => {
  const at = all.findIndex(({ replication }) => replication === odd?.replication);
  if (at < 0 || all[at]!.decisions.length === 0) return undefined;
  return at === 0 ? "events" : placeOf(all[at]!.replication);
};

/** Returns the decisions of the other replications, one to open at a time, the odd one out first; nothing if there are none. */
export const otherReplications = (
  { oddOneOut: odd }: RunDocument,
  all: readonly ReplicationDecisions[],
  limits: PageLimits,
): Markup => {
  const others = all
    .slice(1)
    .toSorted((a, b) => Number(b.replication === odd?.replication) - Number(a.replication === odd?.replication));
  if (others.every(({ decisions }) => decisions.length === 0)) return NOTHING;
  const shown = others.slice(0, MOST_REPLICATIONS);
  const most = Math.max(1, Math.floor(limits.decisions / shown.length));
  const which = shown.length < others.length ? `, of ${printCount(shown.length, "replication")}` : "";
  return html`<h3>Decisions in other replications</h3>
    <p class="note">
      The first ${printNumber(most)} decisions of each${which}. All are in decisions.json, which counts replications
      from 0, as replications.csv does.
    </p>
    ${shown.map(
      ({ replication, decisions }) =>
        html`<details name="replication" id="${placeOf(replication)}">
          <summary>
            ${capitalise(printReplication(replication))}:
            ${printCount(decisions.length, "decision")}${replication === odd?.replication ? ", the odd one out" : ""}
          </summary>
          <ol class="events">
            ${gather(decisions).slice(0, most).map(decisionLine)}
          </ol>
        </details>`,
    )}`;
};
