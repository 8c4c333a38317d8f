/**
 * What the shells of push ask of the outside, as promises: the same words as the reference classes of `algorithms/push`, which
 * one contract suite holds against each of the real stores. Where those are handed the time, a real store reads its own clock.
 */
import type { Audience } from "../algorithms/push/audience.ts";
import type { Claimed, PartStatus, PartStore, Reported } from "../algorithms/push/claim.ts";
import type { Grant, Rate } from "../algorithms/push/limiter.ts";
import type { BlockRecord, RecordsStatus } from "../algorithms/push/records.ts";
import type { BlockName, Task, TaskId, TaskState } from "../algorithms/push/task.ts";
import type { Due } from "../algorithms/push/trigger.ts";
import type { Duration, Instant } from "../base/units.ts";

/** The parts of all tasks: source sets, claims and finished blocks, as of `PartStore`. */
export interface Parts {
  fill(task: TaskId, part: number, members: readonly number[]): Promise<number>;
  claim(name: BlockName, owner: string, size: number, lease: Duration): Promise<Claimed>;
  resume(name: BlockName, owner: string, lease: Duration): Promise<Claimed>;
  adopt(name: BlockName, owner: string, members: readonly number[], lease: Duration): Promise<Claimed>;
  report(name: BlockName, owner: string, uins: readonly number[], lease: Duration): Promise<Reported>;
  restore(name: BlockName, members: readonly number[]): Promise<void>;
  finish(name: BlockName, members: readonly number[]): Promise<void>;
  status(task: TaskId, part: number): Promise<PartStatus>;
  contents(task: TaskId, part: number): Promise<PartContents>;
}

export type PartContents = ReturnType<PartStore["contents"]>;

/** Who is in which block, as of `BlockRecords`, apart from the parts: each can be mended from the other. */
export interface Records {
  get(name: BlockName): Promise<BlockRecord | undefined>;
  record(name: BlockName, members: readonly number[]): Promise<BlockRecord>;
  finish(name: BlockName, members: readonly number[]): Promise<void>;
  all(task: TaskId, part: number): Promise<ReadonlyMap<number, BlockRecord>>;
  status(task: TaskId, part: number): Promise<RecordsStatus>;
}

/** The task table. */
export interface Tasks {
  /** Answers false, and changes nothing, when the task is there. */
  add(task: Task): Promise<boolean>;
  /** Changes the state if `from` stands; answers what stands then. */
  change(id: TaskId, from: TaskState, to: TaskState): Promise<TaskState>;
  /** How many are to be told. */
  count(id: TaskId, total: number): Promise<void>;
  get(id: TaskId): Promise<Task | undefined>;
  /** Tasks under way, and those that are due and still scheduled. */
  find(now: Instant): Promise<readonly Task[]>;
}

/** Who subscribed, by date and label. */
export interface Audiences {
  /** Everybody once, in rising order, up to so many a page. */
  pages(audience: Audience, size: number): AsyncIterable<readonly number[]>;
}

/** Who has fetched a task beforehand, and shows it without being told. */
export interface Prefetched {
  /** Those between the first and the last of these, which are in rising order: a task's subscribers may be more than fit a set (2^24). */
  among(task: TaskId, uins: readonly number[]): Promise<ReadonlySet<number>>;
}

/** Tasks that come due. Handing out is at least once, and never before the due time. */
export interface DueTasks {
  schedule(task: TaskId, due: Instant): Promise<void>;
  take(most: number, visibility: Duration): Promise<readonly Due[]>;
  /** Whether there was something to acknowledge. */
  acknowledge(task: TaskId): Promise<boolean>;
}

export interface Limiter {
  /** Instants of the answer are on the asker's clock. */
  grant(want: number, rate: Rate): Promise<Grant>;
}

/** One delivery of a block, to be answered exactly once. */
export interface Delivery {
  readonly name: BlockName;
  /** Whether it was handed out before: that worker died, lost its connection, or gave it back. */
  readonly isAgain: boolean;
  acknowledge(): void;
  /** Gives it back, to be handed out again once `wait` is over, or up to twice as late. */
  giveBack(wait: Duration): Promise<void>;
}

/** What tells people: it answers who could not be told. Whoever pushes twice is shown twice, or once if it minds `task` and uin. */
export interface MessageService {
  push(push: Push): Promise<readonly number[]>;
}

export interface Push {
  readonly name: BlockName;
  /** Of the delivery that pushes. */
  readonly owner: string;
  readonly uins: readonly number[];
}
