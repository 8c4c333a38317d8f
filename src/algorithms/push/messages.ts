/**
 * The effects and inputs of worker and dispatcher. Their driver performs an effect and hands its answer back; "failed" is an
 * answer too, also if it is not known whether the effect was performed.
 * Met by: src/world/push/workers.ts, src/deploy/push/worker.ts
 */
import type { Duration } from "../../base/units.ts";
import type { Claimed, PartStatus, Reported } from "./claim.ts";
import type { Grant } from "./limiter.ts";
import type { BlockRecord, RecordsStatus } from "./records.ts";
import type { BlockName, Task, TaskId, TaskState } from "./task.ts";

type Uins = readonly number[];

/**
 * What a worker wants done. One effect is outstanding at a time. `acknowledge`, `return` and `reconcile` have no answer, and
 * the first two end the worker's part in the block. The driver adds owner, size and lease to a claim.
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
  /** Gives the block back to the queue, which hands it out again to any worker once `after` is over. */
  | { readonly kind: "return"; readonly name: BlockName; readonly after: Duration }
  /** The stores contradict each other. The dispatcher gets it as "reconcile-requested". */
  | { readonly kind: "reconcile"; readonly task: TaskId; readonly why: string };

/** What a worker is told. */
export type WorkerInput =
  /** A delivery of the queue; only while the worker is idle. */
  | { readonly kind: "block"; readonly name: BlockName }
  | { readonly kind: "looked-up"; readonly record: BlockRecord | undefined }
  /** Answers claim, resume and adopt. */
  | { readonly kind: "claimed"; readonly answer: Claimed }
  | { readonly kind: "recorded"; readonly record: BlockRecord }
  | { readonly kind: "granted"; readonly grant: Grant }
  /** The message service did not take `refused`; the worker pushes them again. */
  | { readonly kind: "pushed"; readonly refused: Uins }
  | { readonly kind: "reported"; readonly answer: Reported }
  | { readonly kind: "record-is-finished" }
  | { readonly kind: "finished" }
  | { readonly kind: "failed"; readonly what: string }
  | { readonly kind: "wake" };

/** What both stores know of one part. Read the records first: then the store knows every block of theirs, or has lost it. */
export interface PartView {
  /** Number of the part, from 0. */
  readonly part: number;
  /** Read after `records`. */
  readonly store: PartStatus;
  /** Read before `store`. */
  readonly records: RecordsStatus;
}

/**
 * What a dispatcher wants done. Any number of blocks may be outstanding, and one other effect of each task.
 * `acknowledge-trigger` has no answer. `find` asks the task table for tasks under way, and for scheduled ones that are due:
 * their trigger was lost.
 */
export type DispatcherEffect =
  | { readonly kind: "find" }
  | { readonly kind: "acknowledge-trigger"; readonly task: TaskId }
  /** Changes the state only if it is `from`, and answers with the state after that. */
  | { readonly kind: "set-state"; readonly task: TaskId; readonly from: TaskState; readonly to: TaskState }
  /**
   * Fills the parts with the audience, without subscribers whose app has prefetched the task, by the plan of `reconcile`:
   * another dispatcher may have been quicker, and the store may have lost its blocks.
   */
  | { readonly kind: "fill"; readonly task: TaskId }
  | { readonly kind: "look"; readonly task: TaskId }
  | { readonly kind: "publish"; readonly name: BlockName }
  /** Plans the repairs of every part (reconcile.ts) and performs them in order. */
  | { readonly kind: "reconcile"; readonly task: TaskId };

/** What a dispatcher is told. */
export type DispatcherInput =
  /** A trigger was taken; `task` is the row of the task table. */
  | { readonly kind: "triggered"; readonly task: Task }
  | { readonly kind: "found"; readonly tasks: readonly Task[] }
  | { readonly kind: "stated"; readonly task: TaskId; readonly state: TaskState }
  | { readonly kind: "filled"; readonly task: TaskId }
  | { readonly kind: "looked"; readonly task: TaskId; readonly parts: readonly PartView[] }
  /** The broker has confirmed it. */
  | { readonly kind: "published"; readonly name: BlockName }
  | { readonly kind: "reconciled"; readonly task: TaskId }
  | { readonly kind: "reconcile-requested"; readonly task: TaskId; readonly why: string }
  | { readonly kind: "failed"; readonly effect: DispatcherEffect; readonly what: string }
  | { readonly kind: "wake" };
