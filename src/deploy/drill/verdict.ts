/** What a drill must come to: everybody told, nobody told again beyond what the deaths excuse, and no second fuller than promised. */
import { slidingBound } from "../../algorithms/push/limiter.ts";
import type { Drill, Outcome } from "./drill.ts";
import { UNSYNCED, type Cause } from "./findings.ts";

/** At most so many are told again for a cause. */
export const boundOf = (cause: Cause, { persistence, withMachine, ...drill }: Drill): number => {
  const { workers, slots, lotSize, blockSize, rate, jitter, kills, lease } = drill;
  switch (cause) {
    case "worker killed":
      // The lot in each of its hands.
      return kills * slots * lotSize;
    case "store lost": {
      if (persistence === "none") return workers * slots * blockSize;
      if (!withMachine) return workers * slots * lotSize;
      // Whoever was told, or taken out of the source to be told, in the seconds whose writes are lost.
      return workers * slots * blockSize + Math.ceil(UNSYNCED / 1_000) * slidingBound(rate, jitter);
    }
    case "lease expired":
      // The lot in each hand of a worker that stands still for a lease: it pushes no other before it has renewed the lease, and then
      // hears that the block is another's. As often as there are leases in the time it may take.
      return Math.ceil((drill.patience * 1_000) / lease) * workers * slots * lotSize;
    case "redelivered":
      // Whoever gets a block that another one has is kept out while the lease runs, and afterwards it is an expired lease.
      return 0;
    case "unexplained":
      return 0;
  }
};

/** What must hold of every drill and does not. */
export const problemsOf = (drill: Drill, outcome: Outcome): readonly string[] => {
  const { tally, isDone, causes, fullest, bound, ends } = outcome;
  const problems: string[] = [];
  if (!isDone) problems.push("the task is not done");
  if (tally.told < drill.subscribers)
    problems.push(`${String(drill.subscribers - tally.told)} were never told, such as ${tally.missed.join(", ")}`);
  if (tally.strangers > 0) problems.push(`${String(tally.strangers)} were told and did not subscribe`);
  for (const [cause, count] of causes)
    if (count > boundOf(cause, drill))
      problems.push(`${String(count)} told again (${cause}), bound ${String(boundOf(cause, drill))}`);
  if (fullest > bound) problems.push(`${String(fullest)} in a second, bound ${String(bound)}`);
  if (bound > drill.capacity) problems.push(`the bound of ${String(bound)} is above the capacity`);
  // One that starts while Redis is away ends with 69, and is started again.
  for (const { code, said } of ends) if (code !== 69) problems.push(`a process ended with ${String(code)}: ${said}`);
  return problems;
};
