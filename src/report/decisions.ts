/**
 * Decisions as people read them: what was done to many gateways in one round, for one reason, is one line and not a
 * hundred.
 */
import type { Decision } from "../simulate/findings.ts";
import { causeInText } from "./older.ts";

/** Names and destinations that are written one by one. */
const TOLD = 3;

const listed = (all: readonly string[], what: string): string => {
  const names = [...new Set(all)];
  return names.length <= TOLD
    ? names.join(", ")
    : `${names.slice(0, TOLD).join(", ")} and ${String(names.length - TOLD)} more ${what}`;
};

/** Returns the reason that gateways led together have in common; undefined for decisions that are about no gateway. */
const causeOf = (decision: Decision): string | undefined => decision.cause ?? causeInText(decision);

const gathered = (members: readonly Decision[], cause: string | undefined): Decision => {
  const [first] = members;
  if (members.length === 1) return first!;
  const common = first!.why.slice(1).filter((reason) => members.every(({ why }) => why.includes(reason)));
  return {
    ...first!,
    what: listed(
      members.map(({ what }) => what),
      "ways",
    ),
    who: `${String(members.length)} gateways: ${listed(
      members.map(({ who }) => who),
      "gateways",
    )}`,
    ip: "",
    why: [cause!, ...common],
  };
};

/** Gathers neighbours about gateways that have time, kind and cause in common, and keeps the order. */
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
  return groups.map(({ cause, members }) => gathered(members, cause));
};
