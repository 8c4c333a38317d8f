/**
 * At least once means that some are told twice. Each repetition has a cause, and each cause repeats at most what was under way
 * when it came: one batch for a mishap of one worker, and the last writes for a store that fails over.
 * Met by: src/world/push/audit.ts
 */

/** Why a subscriber is told again. */
export type DuplicateCause = "crash" | "redelivery" | "unanswered" | "lease-expiry" | "failover";

/** Numbers of mishaps. */
export interface Mishaps {
  /** Workers that died. */
  readonly crashes: number;
  /** Blocks that a broker handed out again though their worker lives: the running lease keeps the second worker out. */
  readonly redeliveries: number;
  /** Effects of workers that were not answered. */
  readonly unanswered: number;
  /** Blocks taken over from a worker that lives, and was held up for longer than its lease. */
  readonly takeovers: number;
  /** Members whose report or claim was among the lost writes: counted once for each of the two. */
  readonly forgotten: number;
  /** Workers that had a block of a part when its store failed over. */
  readonly unaware: number;
}

/**
 * Returns the most subscribers that each cause tells again. A forgotten claim puts its members back into the source, though
 * the records keep the block too; a forgotten report puts them back into their block. A worker whose claim is forgotten pushes
 * one more batch before it learns of it. If it finishes its block instead, the worker of the new block of that name does.
 */
export const duplicatesAtMost = (
  { crashes, unanswered, takeovers, forgotten, unaware }: Mishaps,
  batchSize: number,
): Readonly<Record<DuplicateCause, number>> => ({
  crash: crashes * batchSize,
  redelivery: 0,
  unanswered: unanswered * batchSize,
  "lease-expiry": takeovers * batchSize,
  failover: forgotten + unaware * batchSize,
});
