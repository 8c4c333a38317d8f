/**
 * Decisions as people read them: what was done to many gateways in one round, for one reason, is one line and not a
 * hundred.
 */
import type { Decision } from "../simulate/findings.ts";

/** Kinds that are about a gateway each. */
const FOR_EACH = ["move", "step", "restore"];
/** Names and destinations that are told one by one. */
const TOLD = 3;

const listed = (all: readonly string[], what: string): string => {
  const names = [...new Set(all)];
  return names.length <= TOLD
    ? names.join(", ")
    : `${names.slice(0, TOLD).join(", ")} and ${String(names.length - TOLD)} more ${what}`;
};

/** Why, without the addresses that differ from gateway to gateway. */
const cause = ({ why }: Decision): string => {
  const first = why[0] ?? "";
  return first.startsWith("back to ") ? first.slice(first.indexOf(": ") + 2) : first.split(": leaving ")[0]!;
};

const gathered = (members: readonly Decision[]): Decision => {
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
    why: [cause(first!), ...common],
  };
};

/** In their order; neighbours of one time, kind and cause are gathered. */
export const gather = (decisions: readonly Decision[]): readonly Decision[] => {
  const groups: Decision[][] = [];
  for (const decision of decisions) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const isAlike =
      first !== undefined &&
      first.at === decision.at &&
      first.kind === decision.kind &&
      FOR_EACH.includes(decision.kind) &&
      cause(first) === cause(decision);
    if (isAlike) group!.push(decision);
    else groups.push([decision]);
  }
  return groups.map(gathered);
};
