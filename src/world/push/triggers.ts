/** The delay queue on its shard. A failover loses acknowledgements: their triggers are handed out once more. */
import { DelayQueue, type Due } from "../../algorithms/push/trigger.ts";
import { type Instant, seconds } from "../../base/units.ts";
import type { Holding } from "./stores.ts";

/** Time after which a trigger that is not acknowledged is handed out again; chosen. */
const VISIBILITY = seconds(30);
/** Triggers handed out at once; chosen. */
const MOST = 100;

/** The delay queue of a world. */
export class Triggers implements Holding {
  readonly shard: number;
  #queue = new DelayQueue();
  readonly #scheduled = new Map<string, Instant>();
  #acknowledged: readonly { readonly at: Instant; readonly task: string }[] = [];

  constructor(shard: number) {
    this.shard = shard;
  }

  /** Schedules a task. */
  schedule(task: string, due: Instant): void {
    this.#scheduled.set(task, due);
    this.#queue.schedule(task, due);
  }

  /** Takes what is due. */
  take(now: Instant): readonly Due[] {
    return this.#queue.take(now, MOST, VISIBILITY);
  }

  /** Removes a task that has begun. */
  acknowledge(task: string, now: Instant): void {
    this.#queue.acknowledge(task);
    this.#acknowledged = [...this.#acknowledged, { at: now, task }];
  }

  /** Loses acknowledgements later than `to`. */
  rewind(to: Instant): void {
    for (const { at, task } of this.#acknowledged) if (at > to) this.#queue.schedule(task, this.#scheduled.get(task)!);
  }

  /** Loses all tasks: the task table brings them back. */
  clear(): void {
    this.#queue = new DelayQueue();
  }
}
