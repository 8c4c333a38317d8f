/**
 * Call trees of tasks as the exchange walks them: every node with what each call to it looks up. Settings are copied, since objects
 * read from scenarios differ in shape, and the compiler gives up on reads of more than four shapes.
 */
import type { CallNode, Origin } from "./callers.ts";
import { ServiceTimes } from "./service-time.ts";
import type { Tier, TierMachine } from "./tiers.ts";

/** A node of a call tree, and what is known of its tier and of the entry of its tasks. */
export interface Node extends Omit<CallNode, "calls"> {
  /** Its number among the nodes of all trees. */
  readonly number: number;
  /** Entry of its tasks. */
  readonly entry: number;
  /** That entry as a caller. */
  readonly origin: Origin;
  /** Identity of the entry's draws. */
  readonly key: number;
  /** Machines of its tier. */
  readonly machines: readonly TierMachine[];
  /** Computing times of its tier. */
  readonly work: ServiceTimes;
  /** Cost of putting a request of its tier on a core, us. */
  readonly switching: number;
  /** True if its tier stops working for callers that have given up. */
  readonly earlyAbort: boolean;
  /** Calls it makes, one after the other. */
  readonly calls: readonly Node[];
}

/** Returns all nodes by number, and by entry the root of its tasks. */
export const nodesOf = (
  origins: readonly Origin[],
  tiers: readonly Tier[],
): { readonly nodes: readonly Node[]; readonly roots: readonly Node[] } => {
  const nodes: Node[] = [];
  const add = (node: CallNode, entry: number): Node => {
    const origin = origins[entry]!;
    const { machines, model } = tiers[node.tier]!;
    const { tier, ordinal, requestDelay, replyDelay } = node;
    const calls = node.calls.map((call) => add(call, entry));
    const added: Node = {
      number: nodes.length,
      entry,
      origin,
      key: origin.key,
      tier,
      machines,
      work: new ServiceTimes(model.work),
      switching: model.units.switching,
      earlyAbort: model.earlyAbort,
      ordinal,
      requestDelay,
      replyDelay,
      calls,
    };
    nodes.push(added);
    return added;
  };
  return { roots: origins.map(({ root }, entry) => add(root, entry)), nodes };
};
