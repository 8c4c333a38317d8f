/**
 * What worker and dispatcher say to the outside, and hear from it. Whoever drives them performs an effect and hands its
 * answer back; "failed" is an answer too, also where it is not known whether the effect was performed.
 * Met by: src/world/push/workers.ts, src/deploy/push/worker.ts
 */
import type { Duration } from "../../base/units.ts";
import type { Claimed, PartStatus, Reported } from "./claim.ts";
import type { Grant } from "./limiter.ts";
import type { BlockRecord, RecordsStatus } from "./records.ts";
import type { BlockName, Task, TaskId, TaskState } from "./task.ts";

type Uins = readonly number[];

/**
 * One is outstanding at a time: each is answered before the next. `acknowledge`, `return` and `reconcile` have no answer,
 * and the first two end the worker's part in the block. Owner, size and lease of a claim are the driver's to add.
 */
export type WorkerEffect =
  | { readonly kind: "look-up" | "claim" | "resume"; readonly name: BlockName }
  | {
      readonly kind: "adopt" | "record" | "record-finished" | "finish";
      readonly name: BlockName;
      readonly members: Uins;
    }
  | { readonly kind: "grant"; readonly want: number }
  | { readonly kind: "push" | "report"; readonly name: BlockName; readonly uins: Uins }
  | { readonly kind: "acknowledge"; readonly name: BlockName }
  /** Back to the queue: to be handed out again, to anybody, after so long. */
  | { readonly kind: "return"; readonly name: BlockName; readonly after: Duration }
  /** The stores contradict each other: the dispatcher hears of it as "doubted". */
  | { readonly kind: "reconcile"; readonly task: TaskId; readonly why: string };

export type WorkerInput =
  | { readonly kind: "block"; readonly name: BlockName }
  | { readonly kind: "looked-up"; readonly record: BlockRecord | undefined }
  /** Answers claim, resume and adopt. */
  | { readonly kind: "claimed"; readonly answer: Claimed }
  | { readonly kind: "recorded"; readonly record: BlockRecord }
  | { readonly kind: "granted"; readonly grant: Grant }
  /** `refused` were not taken by the message service; they are tried again. */
  | { readonly kind: "pushed"; readonly refused: Uins }
  | { readonly kind: "reported"; readonly answer: Reported }
  | { readonly kind: "record-is-finished" }
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly what: string }
  | { readonly kind: "wake" };

/** What one part looks like. Read the records first and the store after: then the store knows every block they know, or has lost it. */
export interface PartView {
  readonly part: number;
  readonly store: PartStatus;
  readonly records: RecordsStatus;
}

/**
 * Many may be outstanding, one of each task but for blocks. `acknowledge-trigger` has no answer. `find` asks the task table
 * for tasks under way, and for those that are due and still scheduled: a trigger that was lost.
 */
export type DispatcherEffect =
  | { readonly kind: "find" }
  | { readonly kind: "acknowledge-trigger"; readonly task: TaskId }
  /** Changed only if `from` still stands; the answer is what stands then. */
  | { readonly kind: "set-state"; readonly task: TaskId; readonly from: TaskState; readonly to: TaskState }
  /**
   * The audience, without those who have prefetched, goes into the parts, by the same plan as below: there may be blocks
   * already, of another dispatcher who was quicker, and a store that has lost them.
   */
  | { readonly kind: "fill"; readonly task: TaskId }
  | { readonly kind: "look"; readonly task: TaskId }
  | { readonly kind: "publish"; readonly name: BlockName }
  /** Plans the repairs of every part (reconcile.ts) and performs them in order. */
  | { readonly kind: "reconcile"; readonly task: TaskId };

export type DispatcherInput =
  /** A trigger was taken, with the row of its task. */
  | { readonly kind: "triggered"; readonly task: Task }
  | { readonly kind: "found"; readonly tasks: readonly Task[] }
  | { readonly kind: "stated"; readonly task: TaskId; readonly state: TaskState }
  | { readonly kind: "filled"; readonly task: TaskId }
  | { readonly kind: "looked"; readonly task: TaskId; readonly parts: readonly PartView[] }
  /** The broker has confirmed it. */
  | { readonly kind: "published"; readonly name: BlockName }
  | { readonly kind: "reconciled"; readonly task: TaskId }
  | { readonly kind: "doubted"; readonly task: TaskId; readonly why: string }
  | { readonly kind: "failed"; readonly effect: DispatcherEffect; readonly what: string }
  | { readonly kind: "wake" };

/** Times of a worker; all by its own clock. A lease must outlast a grant and the margin. */
export interface WorkerPolicy {
  readonly lotSize: number;
  readonly lease: Duration;
  /** Before a block that failed is tried again. */
  readonly pause: Duration;
  /** It renews a lease so long before the end. */
  readonly margin: Duration;
  /** From its asking for a grant until that is void, at the longest: the limit's horizon and the jitter. */
  readonly grantLasts: Duration;
}

export interface DispatcherPolicy {
  readonly blockSize: number;
  /** Unfinished blocks in all: enough for two looks at the full pace. */
  readonly ahead: number;
  /** The message service's limit, in subscribers; blocks are published no faster. */
  readonly perSecond: number;
  /** Time between two looks at a task. */
  readonly look: Duration;
  /** Time between two searches for tasks that nobody has told of. */
  readonly find: Duration;
  /** A block that nobody holds is published again after so long: longer than a block waits in the queue. */
  readonly patience: Duration;
}
