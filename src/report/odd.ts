/** Names the odd one out of a run's replications, for all reports. */
import type { RunDocument } from "../study/document.ts";
import { capitalise, labelOf } from "./labels.ts";
import { printReplication, printValue } from "./numbers.ts";

/** Returns one sentence, e.g. "Replication 8 is the odd one out: … is 900 s, others 150 s to 190 s."; undefined without one. */
export const oddText = ({ oddOneOut: odd }: RunDocument): string | undefined => {
  if (odd === undefined) return undefined;
  const { replication, value, unit, atLeast } = odd;
  const [low, high] = odd.others.map((one) => printValue({ value: one, ci95: [one, one] }, unit));
  const cutOff = { n: 1, of: 1, seen: null, beyond: value };
  const own = printValue({ value, ci95: [value, value], ...(atLeast === true ? { atLeast, cutOff } : {}) }, unit);
  const others = low === high ? low! : `${low!} to ${high!}`;
  return `${capitalise(printReplication(replication))} is the odd one out: ${labelOf(odd)} is ${own}, in the others ${others}.`;
};
