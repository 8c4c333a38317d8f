/**
 * At least once means that some are told twice. Each time has a cause, and each cause repeats no more than what was under
 * way when it struck: a lot for whatever hits one worker, and for a store that fails over what it had been told last.
 * Met by: src/world/push/doubts.ts
 */

export type DuplicateCause = "crash" | "redelivery" | "unanswered" | "lease-expiry" | "failover";

/** What happened, counted. */
export interface Mishaps {
  /** Workers that died. */
  readonly crashes: number;
  /** Blocks that a broker handed out again though their worker lives: a running lease keeps the second one out. */
  readonly redeliveries: number;
  /** Effects of workers whose answers were lost. */
  readonly unanswered: number;
  /** Blocks taken over from a worker that lives, but was held up for longer than its lease. */
  readonly takeovers: number;
  /** Members whose report, or whose claim, was among the lost writes: once for each of the two. */
  readonly forgotten: number;
  /** Workers that had a block of a part when its store failed over. */
  readonly unaware: number;
}

/**
 * The most that each cause tells again. A claim that is forgotten puts its members back into the source, though the records
 * keep the block too; a report that is forgotten puts them back into their block. A worker whose claim is forgotten pushes
 * one more lot before it hears of it, or else finishes its block: then whoever was given that name anew pushes the one more.
 */
export const duplicatesAtMost = (
  { crashes, unanswered, takeovers, forgotten, unaware }: Mishaps,
  lotSize: number,
): Readonly<Record<DuplicateCause, number>> => ({
  crash: crashes * lotSize,
  redelivery: 0,
  unanswered: unanswered * lotSize,
  "lease-expiry": takeovers * lotSize,
  failover: forgotten + unaware * lotSize,
});
