/**
 * What the shells of push ask of the outside, as promises: the methods of the reference classes of `algorithms/push`. One
 * contract suite tests these classes and the real stores. Those are given the time; a real store reads its own clock.
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

/** Members of a part's claims and finished blocks, as of `PartStore`. */
export type PartContents = ReturnType<PartStore["contents"]>;

/** The members of blocks, as of `BlockRecords`, apart from the parts: each can be repaired from the other. */
export interface Records {
  get(name: BlockName): Promise<BlockRecord | undefined>;
  record(name: BlockName, members: readonly number[]): Promise<BlockRecord>;
  finish(name: BlockName, members: readonly number[]): Promise<void>;
  all(task: TaskId, part: number): Promise<ReadonlyMap<number, BlockRecord>>;
  status(task: TaskId, part: number): Promise<RecordsStatus>;
}

/** The task table. */
export interface Tasks {
  /** Adds a task; returns false, and changes nothing, if it is there. */
  add(task: Task): Promise<boolean>;
  /** Changes the state if it is `from`, and returns the state after that. */
  change(id: TaskId, from: TaskState, to: TaskState): Promise<TaskState>;
  /** Sets the number of subscribers to be told. */
  count(id: TaskId, total: number): Promise<void>;
  get(id: TaskId): Promise<Task | undefined>;
  /** Returns tasks under way, and scheduled ones that are due. */
  find(now: Instant): Promise<readonly Task[]>;
}

/** The subscribers, by date and label. */
export interface Audiences {
  /** Returns each subscriber once, in rising order, in pages of at most `size`. */
  pages(audience: Audience, size: number): AsyncIterable<readonly number[]>;
}

/** The subscribers whose app has fetched a task beforehand and shows it itself. */
export interface Prefetched {
  /** Returns those from the first to the last of `uins`, which are in rising order: all of a task may not fit a set (2^24). */
  among(task: TaskId, uins: readonly number[]): Promise<ReadonlySet<number>>;
}

/** Tasks that come due. Each is handed out at least once, and never before the due time. */
export interface DueTasks {
  schedule(task: TaskId, due: Instant): Promise<void>;
  /** Hands out at most `most` tasks, and again after `visibility` what is not acknowledged. */
  take(most: number, visibility: Duration): Promise<readonly Due[]>;
  /** Returns false if there was nothing to acknowledge. */
  acknowledge(task: TaskId): Promise<boolean>;
}

/** The limiter of all workers. */
export interface Limiter {
  /** Asks for `want` pushes. Instants of the answer are on the caller's clock. */
  grant(want: number, rate: Rate): Promise<Grant>;
}

/** One delivery of a block, to be answered exactly once. */
export interface BlockDelivery {
  readonly name: BlockName;
  /** True if it was handed out before: that worker died, lost its connection, or gave it back. */
  readonly isAgain: boolean;
  acknowledge(): void;
  /** Gives it back, to be handed out again once `wait` is over, or up to twice as late. */
  giveBack(wait: Duration): Promise<void>;
}

/** What tells subscribers; returns those that it refuses. A push that comes twice is shown twice, unless it checks task and uin. */
export interface MessageService {
  push(push: PushBatch): Promise<readonly number[]>;
}

/** One batch of a block. */
export interface PushBatch {
  readonly name: BlockName;
  /** The slot that pushes. */
  readonly owner: string;
  readonly uins: readonly number[];
}
