/** The delay queue on its shard. What a failover takes back is that a trigger was acknowledged: it is taken once more. */
import { DelayQueue, type Due } from "../../algorithms/push/trigger.ts";
import { type Instant, seconds } from "../../base/units.ts";
import type { Holding } from "./stores.ts";

/** Who took a trigger and says nothing for so long is taken for dead (chosen). */
const VISIBILITY = seconds(30);
const MOST = 100;

export class Triggers implements Holding {
  readonly shard: number;
  #queue = new DelayQueue();
  readonly #scheduled = new Map<string, Instant>();
  #acknowledged: readonly { readonly at: Instant; readonly task: string }[] = [];

  constructor(shard: number) {
    this.shard = shard;
  }

  schedule(task: string, due: Instant): void {
    this.#scheduled.set(task, due);
    this.#queue.schedule(task, due);
  }

  take(now: Instant): readonly Due[] {
    return this.#queue.take(now, MOST, VISIBILITY);
  }

  acknowledge(task: string, now: Instant): void {
    this.#queue.acknowledge(task);
    this.#acknowledged = [...this.#acknowledged, { at: now, task }];
  }

  rewind(to: Instant): void {
    for (const { at, task } of this.#acknowledged) if (at > to) this.#queue.schedule(task, this.#scheduled.get(task)!);
  }

  clear(): void {
    this.#queue = new DelayQueue();
  }
}
