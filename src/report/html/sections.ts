/** Parts of the page in sentences: verdict, key figures, and events. */
import { gather } from "../decisions.ts";
import type { FigureResult, RunDocument, RunPictures, Verdict } from "../../study/document.ts";
import { verdictOf } from "../../study/judge.ts";
import { causeBy, type DifferenceCause } from "../causes.ts";
import { changedText } from "../changed.ts";
import { byEffect, ORDER } from "../effect.ts";
import type { ReportedRun } from "../finished.ts";
import { labelWithGroup, type Named, partsIn } from "../labels.ts";
import { markersOf } from "../moments.ts";
import { printCount, printDifference, printNumber, printRange, printValue } from "../numbers.ts";
import { oddText } from "../odd.ts";
import { storyOf } from "../story.ts";
import { SIGNS, summarise } from "../verdict.ts";
import { decisionLine, eventLine, otherReplications, placeOfOdd } from "./decisions.ts";
import { html, NOTHING, type Markup } from "./markup.ts";
import { badge, section, type PageLimits } from "./pieces.ts";

const MOST_CARDS = 8;
const EVENTS_OPEN = 40;

const factsOf = ({ scenario, scale, replications, seed, population, partial }: RunDocument): string =>
  `${scenario.name} · scale ${scale} · ${printCount(replications, "replication")}${partial === true ? " finished, then interrupted" : ""} · seed ${seed} · ${printNumber(population.online)} people online as ${printNumber(population.rows)} rows`;

/** Returns the title and the verdict with its reasons. */
export const heading = (run: ReportedRun): Markup => {
  const { document } = run;
  const { verdict, headline, findings, note } = summarise(document);
  const changed = changedText(document);
  const tone = { SIMULATOR: "broken", MODEL: "broken", DESIGN: "broken", STORY: "broken", UNKNOWN: "unknown" };
  return html`<div class="top">
      <span class="brand">Firedrill</span><button id="theme" type="button">Dark colours</button>
    </div>
    <h1>${document.scenario.title}</h1>
    <p class="facts">${factsOf(document)}</p>
    ${changed === undefined ? NOTHING : html`<p class="facts changed"><strong>${changed}</strong></p>`}
    <div class="verdict ${verdict}">
      <p class="headline"><span class="sign" aria-hidden="true">${SIGNS[verdict]}</span>${headline}</p>
      ${
        findings.length === 0
          ? NOTHING
          : html`<ul>
              ${findings.map(({ kind, text }) => html`<li><span class="kind ${tone[kind]}">${kind}</span>${text}</li>`)}
            </ul>`
      }
      ${note === undefined ? NOTHING : html`<p class="shows">${note}</p>`} ${oddOf(run)}
      <p class="story">${storyOf(document).join(" ")}</p>
    </div>`;
};

/** Names the odd one out, with a link to its decisions. */
const oddOf = ({ document, decisions }: ReportedRun): Markup => {
  const text = oddText(document);
  const place = placeOfOdd(document, decisions);
  if (text === undefined) return NOTHING;
  return html`<p class="shows">
    ${text}${place === undefined ? NOTHING : html` <a href="#${place}">Its decisions</a>`}
  </p>`;
};

/** Returns the judged figures, then the others by effect. */
const keyFigures = (document: RunDocument): readonly string[] => {
  const { figures, expect, thresholds } = document;
  const asked = [...expect, ...thresholds].map(({ figure }) => figure).filter((figure) => figure in figures);
  return [...new Set([...asked, ...byEffect(document).map(([figure]) => figure)])].slice(0, MOST_CARDS);
};

const causedBy = ({ difference, noFault, unit }: FigureResult, cause: DifferenceCause | undefined): Markup => {
  if (difference === undefined || noFault === undefined) return NOTHING;
  const [low, high] = difference.ci95;
  const isMoved = low > 0 || high < 0;
  if (cause === undefined)
    return html`<p class="caused">neither fault nor intervention by then: ${printDifference(difference, unit)}</p>`;
  const without = `without ${cause === "fault and intervention" ? "them" : "it"} ${printValue(noFault, unit)}`;
  return isMoved
    ? html`<p class="caused">
        caused by ${cause}: <strong>${printDifference(difference, unit)}</strong><br /><span class="note"
          >${without}</span
        >
      </p>`
    : html`<p class="caused">
        ${difference.value === 0 ? `no effect of ${cause} seen` : `not certain to be an effect of ${cause}`}:
        ${printDifference(difference, unit)}<br /><span class="note">${without}</span>
      </p>`;
};

/** Returns the section of key figures. */
export const keySection = (document: RunDocument, { windows }: RunPictures): Markup => {
  const endOf = (named: Named): number => windows.find(({ name }) => name === partsIn(named).window)?.to ?? Infinity;
  // A figure may be judged twice: the card shows the worse verdict.
  const verdicts = new Map<string, Verdict>();
  for (const { figure, verdict } of [...document.expect, ...document.thresholds]) {
    const before = verdicts.get(figure);
    verdicts.set(figure, before === undefined ? verdict : verdictOf([{ verdict: before }, { verdict }]));
  }
  const cards = keyFigures(document).flatMap((figure) => {
    const result = document.figures[figure];
    if (result === undefined) return [];
    const verdict = verdicts.get(figure);
    const range = printRange(result, result.unit);
    return [
      html`<li>
        <p class="name">
          ${labelWithGroup(figure, result)}${verdict === undefined ? NOTHING : html` ${badge(verdict)}`}
        </p>
        <p class="value">${printValue(result, result.unit)}</p>
        <p class="small">
          ${range !== "" ? `95 % interval ${range}` : result.cutOff === undefined ? "no interval" : "no interval: it was cut off"}
        </p>
        ${causedBy(result, causeBy(document, endOf({ figure, ...result })))}
      </li>`,
    ];
  });
  const hasTwin = Object.values(document.figures).some(({ difference }) => difference !== undefined);
  return cards.length === 0
    ? NOTHING
    : section(
        "figures",
        "Key figures",
        html`${hasTwin ? html`<p class="note">${ORDER}</p>` : NOTHING}
          <ul class="cards">
            ${cards}
          </ul>`,
      );
};

interface Event {
  readonly at: number;
  readonly markup: Markup;
}

const eventsOf = (document: RunDocument): readonly Event[] => {
  const numbers = new Map(markersOf(document).map(({ at, number }) => [at, number]));
  const happened = document.timeline.map(({ at, what, who }) => {
    const number = numbers.get(at);
    const mark =
      number === undefined ? NOTHING : html`<span class="mark" title="mark ${number} in the charts">${number}</span>`;
    return { at, markup: eventLine(at, mark, html`${what} <span class="who">${who}</span>`, "happened") };
  });
  const decided = gather(document.decisions).map((one) => ({ at: one.at, markup: decisionLine(one) }));
  return [...happened, ...decided].toSorted((a, b) => a.at - b.at);
};

/** Returns the section of events and decisions. */
export const eventSection = ({ document, decisions }: ReportedRun, limits: PageLimits): Markup => {
  const events = eventsOf(document);
  const others = otherReplications(document, decisions, limits);
  if (events.length === 0 && others === NOTHING) return NOTHING;
  const markups = events.slice(0, limits.events).map(({ markup }) => markup);
  const more = markups.slice(EVENTS_OPEN);
  const { timeline, decisions: own } = document;
  const marks = [...(timeline.length > 0 ? ["numbers"] : []), ...(own.length > 0 ? ["triangles"] : [])].join(" and ");
  const left = events.length - markups.length;
  return section(
    "events",
    "What happened, and what the scheduler decided",
    html`<p class="note">First replication.${marks === "" ? "" : ` The ${marks} are those in the charts.`}</p>
      <ol class="events">
        ${markups.slice(0, EVENTS_OPEN)}
      </ol>
      ${
        more.length === 0
          ? NOTHING
          : html`<details>
              <summary>${printCount(more.length, "more event")}</summary>
              <ol class="events">
                ${more}
              </ol>
            </details>`
      }
      ${left > 0 ? html`<p class="note">${printCount(left, "further event")}: see run.json.</p>` : NOTHING}${others}`,
  );
};
