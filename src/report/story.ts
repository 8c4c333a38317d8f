/** Tells a run in a few sentences, and the method behind its numbers, from the document alone. */
import { sectionOfMetric } from "../scenario/metrics.ts";
import type { RunDocument } from "../study/document.ts";
import { causeOf } from "./causes.ts";
import { byEffect, isChanged } from "./effect.ts";
import { capitalise, labelWithGroup, partsIn } from "./labels.ts";
import { momentsOf } from "./moments.ts";
import { printClock, printCount, printValue } from "./numbers.ts";

/** The most changes after the first that a sentence lists. */
const CHANGES_LISTED = 6;

const beginningOf = (document: RunDocument): readonly string[] => {
  const moments = momentsOf(document);
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) return ["This run has neither a fault nor an intervention."];
  const sentence = `${capitalise(first.text)} at ${printClock(first.at)} of simulated time.`;
  if (last === first) return [sentence];
  const others = moments.slice(1);
  if (others.length <= CHANGES_LISTED)
    return [sentence, `Then ${others.map(({ at, text }) => `${text} at ${printClock(at)}`).join(", ")}.`];
  return [
    sentence,
    `After ${printCount(others.length - 1, "more change")}, the last one comes at ${printClock(last.at)}: ${last.text}.`,
  ];
};

/** True if a figure is about a system with a scheduler: only then is it worth a sentence that it decided nothing. */
const asksAboutScheduler = ({ figures }: RunDocument): boolean =>
  Object.entries(figures).some(
    ([figure, { parts }]) =>
      sectionOfMetric(partsIn({ figure, ...(parts === undefined ? {} : { parts }) }).metric)?.decides !== false,
  );

const reactionOf = (document: RunDocument): readonly string[] => {
  const [first] = document.decisions;
  const count = printCount(document.decisions.length, "decision");
  if (first === undefined) return asksAboutScheduler(document) ? ["The scheduler makes no decision."] : [];
  const who = first.who === "" ? "" : `, ${first.who}`;
  return [`The scheduler makes ${count}, the first at ${printClock(first.at)} (${first.kind}: ${first.what}${who}).`];
};

/** Names the figure with the largest effect on people or, if they feel none, with the largest relative change. */
const effectOf = (document: RunDocument): readonly string[] => {
  const cause = causeOf(document);
  const [figure, result] = byEffect(document).find(([, one]) => isChanged(one)) ?? [];
  if (figure !== undefined && result?.noFault !== undefined) {
    const what = (result.touched ?? 0) > 0 ? "effect on people" : "relative change";
    const them = cause === "fault and intervention" ? "them" : "it";
    return [
      `Largest ${what}: ${labelWithGroup(figure, result)}, ${printValue(result.noFault, result.unit)} without ${cause}, ${printValue(result, result.unit)} with ${them}.`,
    ];
  }
  const hasTwin = Object.values(document.figures).some(({ difference }) => difference !== undefined);
  return hasTwin ? ["No figure changes by more than chance explains."] : [];
};

/** Returns one to four sentences: what was done to the world, what the scheduler decided, which figure changed most. */
export const storyOf = (document: RunDocument): readonly string[] => [
  ...beginningOf(document),
  ...reactionOf(document),
  ...effectOf(document),
];

/** Returns how the numbers were obtained, and their limits; the same for page and markdown. */
export const methodOf = (document: RunDocument): readonly string[] => {
  const { replications, scale, population, partial } = document;
  const hasTwin = Object.values(document.figures).some(({ noFault }) => noFault !== undefined);
  return [
    replications === 1
      ? "One replication was run: values have no interval, and an effect cannot be told from chance."
      : `${printCount(replications, "replication")} with different random draws were run. A value is their mean; an interval is the 95 % t interval of that mean, clipped to the possible range. It covers chance inside the model, not the model's error.`,
    ...(partial === true
      ? ["The run was interrupted: only the finished replications count, and the others are not estimated."]
      : []),
    ...(hasTwin
      ? [
          "Each replication was run again with the same random draws but without any fault or intervention. “Caused by” is the paired difference of the two runs, in which their common chance cancels out.",
        ]
      : ["This run was not repeated without faults and interventions, so no figure shows what they caused."]),
    `Scale ${scale}: ${printCount(population.rows, "row")} stand for ${printCount(population.online, "person").replace("persons", "people")} online; capacities are not scaled. Waits of logins in queues, and their maximum, are not preserved at coarser scales: thresholds on them are judged at scale 1 only, and login times are too long where login queues are overloaded.`,
    "A row is held when its whole interval lies inside its limits, broken when all of it lies outside, else unknown. A limit that allows none, such as at most 0 or at least 100 %, is held if no replication saw any; the row says how much may still be.",
    "A figure “by construction” is fixed by a parameter of the scenario: its agreement shows that the model applies the parameter, and does not validate the model. “As it comes” means that no parameter was set to match the figure.",
    "Timeline and decisions are those of the first replication where no other is named; decisions.json has those of every replication, numbered from 0.",
    ...(document.oddOneOut === undefined
      ? []
      : [
          "The odd one out is furthest from the other replications in a judged figure. It is named if Grubbs’ test shows it at 1 % over all judged figures and replications, of which there must be five.",
        ]),
  ];
};
