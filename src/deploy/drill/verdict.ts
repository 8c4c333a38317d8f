/** What a drill must come to: everybody told, nobody told again beyond what the deaths excuse, and no second fuller than promised. */
import { slidingBound } from "../../algorithms/push/limiter.ts";
import { type Duration, seconds } from "../../base/units.ts";
import type { Drill, Outcome } from "./drill.ts";
import { UNSYNCED, type Cause } from "./findings.ts";

/** At most so many are told again for a cause. */
export const boundOf = (cause: Cause, { persistence, withMachine, ...drill }: Drill): number => {
  const { workers, slots, lotSize, blockSize, rate, jitter, kills, lease } = drill;
  // Writes that it has answered die with it.
  const isForgetful = persistence === "none" || withMachine;
  // In somebody's hands, or left by a worker killed shortly before and not taken up yet.
  const underWay = (workers + kills) * slots * blockSize;
  switch (cause) {
    case "worker killed":
      // The lot in each of its hands.
      return kills * slots * lotSize;
    case "store lost":
      // Lots whose report was not answered; or blocks that were under way, whole: the records know of all others that they are
      // finished, whatever the store has forgotten of them, and have it told so before anybody takes them up again.
      return isForgetful ? underWay : workers * slots * lotSize;
    case "claim lost": {
      if (!isForgetful) return 0;
      // Blocks that were under way; of what was claimed and finished since the last sync as much as the limiter lets through in that time.
      const unsynced = (jitter + seconds(UNSYNCED / 1_000 - 1)) as Duration;
      return underWay + (persistence === "none" ? 0 : slidingBound(rate, unsynced));
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

/**
 * The most who can be in two blocks, by what the store itself showed: each was back in its source when it lived again. Between
 * a look at it and its death, and between its return and the next look, each hand may have claimed one more block.
 */
const twiceAtMost = ({ workers, slots, blockSize }: Drill, { before, after }: Outcome): number =>
  Math.max(0, after.source - before.source) + 2 * workers * slots * blockSize;

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
  const [inTwo, twice] = [causes.get("claim lost") ?? 0, twiceAtMost(drill, outcome)];
  if (drill.persistence !== "none" && inTwo > twice)
    problems.push(`${String(inTwo)} were in two blocks, and only ${String(twice)} can have been back in the source`);
  if (fullest > bound) problems.push(`${String(fullest)} in a second, bound ${String(bound)}`);
  if (bound > drill.capacity) problems.push(`the bound of ${String(bound)} is above the capacity`);
  // One that starts while Redis is away ends with 69, and is started again.
  for (const { code, said } of ends) if (code !== 69) problems.push(`a process ended with ${String(code)}: ${said}`);
  return problems;
};
