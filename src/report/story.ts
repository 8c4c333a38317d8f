/** What happened, in a few sentences that a planner can read aloud. Built from the document alone. */
import { sectionOfMetric } from "../scenario/metrics.ts";
import type { RunDocument } from "../study/document.ts";
import { causeOf } from "./causes.ts";
import { labelWithGroup, partsIn } from "./labels.ts";
import { momentsOf } from "./moments.ts";
import { printClock, printCount, printValue } from "./numbers.ts";

const capitalise = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** More changes than this after the first are no sentence. */
const CHANGES_TOLD = 6;

const beginningOf = (document: RunDocument): readonly string[] => {
  const moments = momentsOf(document);
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) return ["Nothing was done to this world: no fault, no intervention."];
  const sentence = `${capitalise(first.text)} at ${printClock(first.at)} of simulated time.`;
  if (last === first) return [sentence];
  const others = moments.slice(1);
  if (others.length <= CHANGES_TOLD)
    return [sentence, `Then ${others.map(({ at, text }) => `${text} at ${printClock(at)}`).join(", ")}.`];
  return [
    sentence,
    `${printCount(others.length - 1, "change")} later, the last comes at ${printClock(last.at)}: ${last.text}.`,
  ];
};

/** False if no figure is about a system with a scheduler: that it did nothing is no news then. */
const asksAboutDecider = ({ figures }: RunDocument): boolean =>
  Object.entries(figures).some(
    ([figure, { parts }]) =>
      sectionOfMetric(partsIn({ figure, ...(parts === undefined ? {} : { parts }) }).metric)?.decides !== false,
  );

const reactionOf = (document: RunDocument): readonly string[] => {
  const [first] = document.decisions;
  const count = printCount(document.decisions.length, "decision");
  if (first === undefined) return asksAboutDecider(document) ? ["The scheduler decides nothing."] : [];
  const who = first.who === "" ? "" : `, ${first.who}`;
  return [`The scheduler takes ${count}, the first at ${printClock(first.at)} (${first.kind}: ${first.what}${who}).`];
};

/** Names the figure that moved most for its size; one that was 0 before counts as moved more than all others. */
const effectOf = (document: RunDocument): readonly string[] => {
  const cause = causeOf(document);
  let most = 0;
  let sentence: string | undefined;
  for (const [figure, result] of Object.entries(document.figures)) {
    const { noFault, difference, unit } = result;
    if (noFault === undefined || difference === undefined || difference.value === 0) continue;
    const [low, high] = difference.ci95;
    const size = Math.abs(difference.value / noFault.value);
    if ((low <= 0 && high >= 0) || size <= most) continue;
    most = size;
    sentence = `Moved most: ${labelWithGroup(figure, result)}, ${printValue(noFault, unit)} without ${cause}, ${printValue(result, unit)} with ${cause === "fault and intervention" ? "them" : "it"}.`;
  }
  if (sentence !== undefined) return [sentence];
  const hasTwin = Object.values(document.figures).some(({ difference }) => difference !== undefined);
  return hasTwin ? ["No figure moves beyond its interval."] : [];
};

/** Returns two to four sentences: what was done to the world, what the scheduler did, what moved most. */
export const storyOf = (document: RunDocument): readonly string[] => [
  ...beginningOf(document),
  ...reactionOf(document),
  ...effectOf(document),
];

/** Returns how the numbers came about and what they cannot say; the same for page and markdown. */
export const methodOf = (document: RunDocument): readonly string[] => {
  const { replications, scale, population, partial } = document;
  const hasTwin = Object.values(document.figures).some(({ noFault }) => noFault !== undefined);
  return [
    replications === 1
      ? "One replication was run: a value has no interval, and chance cannot be told from effect."
      : `${printCount(replications, "replication")} with different chance were run. A value is their mean; an interval is the 95 % t interval of that mean, clipped to what is possible. It speaks of chance inside the model, not of the model's error.`,
    ...(partial === true
      ? ["The run was interrupted: only the finished replications count, and none of the rest is estimated."]
      : []),
    ...(hasTwin
      ? [
          "Each replication was run again with the same chance but without any fault or intervention. What is “caused by” these is the paired difference, so what both share cancels.",
        ]
      : ["There is no run without faults and interventions beside this one, so no figure says what they caused."]),
    `Scale ${scale}: ${printCount(population.rows, "row")} stand for ${printCount(population.online, "person").replace("persons", "people")} online; capacities are not scaled. Times that logins wait in queues, and the longest of them, do not survive scaling: thresholds on them are judged at 1:1 only, and where doors are overrun login times come out too long.`,
    "A row is held when its whole interval lies inside what was asked, broken when all of it lies outside, else unknown.",
    "A figure “by construction” is fixed by a parameter that was typed in: its agreement shows that the model does as told, and is no validation. “As it comes” means that nothing was set to it.",
    "Timeline and decisions are those of the first replication.",
  ];
};
