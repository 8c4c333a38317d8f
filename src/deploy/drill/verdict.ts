/** Judges a drill: all subscribers told, none told again beyond what the deaths excuse, and no second fuller than promised. */
import { slidingBound } from "../../algorithms/push/limiter.ts";
import { type Duration, seconds } from "../../base/units.ts";
import type { Drill, DrillOutcome } from "./drill.ts";
import { UNSYNCED, type DuplicateReason } from "./findings.ts";

/** Returns the most subscribers that a cause tells again. */
export const boundOf = (cause: DuplicateReason, { persistence, withMachine, ...drill }: Drill): number => {
  const { workers, slots, batchSize, blockSize, rate, jitter, kills, lease } = drill;
  // A store that loses writes which it has answered.
  const isForgetful = persistence === "none" || withMachine;
  // Blocks that a slot has, or that a worker left which was killed shortly before.
  const underWay = (workers + kills) * slots * blockSize;
  switch (cause) {
    case "worker killed":
      // The batch of each of its slots.
      return kills * slots * batchSize;
    case "store lost":
      // Batches without an answer to their report; or all of the blocks under way: the records know of all others that they
      // are finished, and a repair tells the store so before a worker takes them up again.
      return isForgetful ? underWay : workers * slots * batchSize;
    case "claim lost": {
      if (!isForgetful) return 0;
      // Blocks that were under way; of what was claimed and finished since the last sync as much as the limiter lets through in that time.
      const unsynced = (jitter + seconds(UNSYNCED / 1_000 - 1)) as Duration;
      return underWay + (persistence === "none" ? 0 : slidingBound(rate, unsynced));
    }
    case "lease expired":
      // The batch of each slot that stands still for a lease: it pushes no other before it has renewed the lease, and then hears
      // that the block is another's. Once for each lease that fits into the time of the drill.
      return Math.ceil((drill.patience * 1_000) / lease) * workers * slots * batchSize;
    case "redelivered":
      // A second worker of a block is kept out while the lease runs, and after that it is an expired lease.
      return 0;
    case "unexplained":
      return 0;
  }
};

/**
 * Returns the most subscribers that can be in two blocks, by what the store showed: each was back in the source after the
 * restart. Between a look and the death, and between the restart and the next look, each slot may have claimed one more block.
 */
const twiceAtMost = ({ workers, slots, blockSize }: Drill, { before, after }: DrillOutcome): number =>
  Math.max(0, after.source - before.source) + 2 * workers * slots * blockSize;

/** Returns what is wrong with an outcome, in words; nothing if the drill has passed. */
export const problemsOf = (drill: Drill, outcome: DrillOutcome): readonly string[] => {
  const { tally, isDone, causes, fullest, bound, exits } = outcome;
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
  // A process that starts while Redis is away ends with 69, and is started again.
  for (const { code, said } of exits) if (code !== 69) problems.push(`a process ended with ${String(code)}: ${said}`);
  return problems;
};
