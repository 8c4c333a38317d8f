/**
 * Merges decisions for readers: the same step for many gateways, in one round and for one reason, becomes a single
 * decision, and evidence that was told before is not told again.
 */
import type { Decision } from "../simulate/findings.ts";
import { printClock, printCount } from "./numbers.ts";
import { causeInText } from "./older.ts";

/** The number of names or destinations that are listed; further ones are counted. */
const NAMES_LISTED = 3;

const listed = (all: readonly string[], what: string): string => {
  const names = [...new Set(all)];
  return names.length <= NAMES_LISTED
    ? names.join(", ")
    : `${names.slice(0, NAMES_LISTED).join(", ")} and ${printCount(names.length - NAMES_LISTED, `more ${what}`)}`;
};

/** Returns the reason that gateways moved together have in common; undefined for decisions that are not about a gateway. */
const causeOf = (decision: Decision): string | undefined => decision.cause ?? causeInText(decision);

const gathered = (members: readonly Decision[], cause: string | undefined): Decision => {
  const [first] = members;
  if (members.length === 1) return first!;
  const common = first!.why.slice(1).filter((reason) => members.every(({ why }) => why.includes(reason)));
  return {
    ...first!,
    what: listed(
      members.map(({ what }) => what),
      "way",
    ),
    who: `${String(members.length)} gateways: ${listed(
      members.map(({ who }) => who),
      "gateway",
    )}`,
    ip: "",
    why: [cause!, ...common],
  };
};

/** So many reasons that an earlier decision gave are folded into one line. */
const REPEATS_FOLDED = 2;

/** Folds the reasons that earlier decisions gave word for word: they rest on the same evidence. */
const withoutRepeats = (decisions: readonly Decision[]): readonly Decision[] => {
  const given = new Map<string, number>();
  return decisions.map((decision) => {
    const { why, at } = decision;
    const repeated = why.filter((reason) => given.has(reason));
    const [first] = repeated;
    for (const reason of why) if (!given.has(reason)) given.set(reason, at);
    if (first === undefined || repeated.length < REPEATS_FOLDED) return decision;
    const fresh = why.filter((reason) => !repeated.includes(reason));
    return {
      ...decision,
      why: [...fresh, `${printCount(repeated.length, "reason")} as above, at ${printClock(given.get(first)!)}`],
    };
  });
};

/** Merges consecutive decisions about gateways that have time, kind and cause in common, and folds repeated reasons. */
export const gather = (decisions: readonly Decision[]): readonly Decision[] => {
  const groups: { readonly cause: string | undefined; readonly members: Decision[] }[] = [];
  for (const decision of decisions) {
    const cause = causeOf(decision);
    const group = groups.at(-1);
    const first = group?.members[0];
    const isAlike =
      cause !== undefined && cause === group?.cause && first!.at === decision.at && first!.kind === decision.kind;
    if (isAlike) group.members.push(decision);
    else groups.push({ cause, members: [decision] });
  }
  return withoutRepeats(groups.map(({ cause, members }) => gathered(members, cause)));
};
