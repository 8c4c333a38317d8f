/**
 * The delay queue that starts tasks at their time: a sorted set by due time, out of which one step takes what is due and
 * hides it for a while. Who took a task and did not acknowledge it is taken for dead, and the task is handed out again.
 * The queue is only the quick way: the task table knows every due time too.
 * Met by: src/world/push/triggers.ts, src/deploy/redis/triggers.ts, src/deploy/rabbitmq/triggers.ts
 */
import { after, type Duration, type Instant, NEVER } from "../../base/units.ts";
import type { TaskId } from "./task.ts";

export interface Due {
  readonly task: TaskId;
  readonly due: Instant;
  /** How often it has been handed out, this time included. */
  readonly taken: number;
}

interface Entry {
  readonly due: Instant;
  readonly taken: number;
  /** Its score: due, or hidden until then. */
  readonly at: Instant;
}

export class DelayQueue {
  readonly #entries = new Map<TaskId, Entry>();

  /** A task has one due time: a later word replaces an earlier one, and the same word again changes nothing. */
  schedule(task: TaskId, due: Instant): void {
    if (this.#entries.get(task)?.due === due) return;
    this.#entries.set(task, { due, taken: 0, at: due });
  }

  /** The first so many that are due, earliest first; hidden until `now + visibility` unless acknowledged before. */
  take(now: Instant, most: number, visibility: Duration): readonly Due[] {
    const due = [...this.#entries].filter(([, { at }]) => at <= now);
    due.sort(([a, { at: first }], [b, { at: second }]) => first - second || (a < b ? -1 : 1));
    return due.slice(0, most).map(([task, entry]) => {
      const taken = entry.taken + 1;
      this.#entries.set(task, { due: entry.due, taken, at: after(now, visibility) });
      return { task, due: entry.due, taken };
    });
  }

  /** The task was started, and the task table says so. False: it was not there. */
  acknowledge(task: TaskId): boolean {
    return this.#entries.delete(task);
  }

  /** The task will not happen. False: it was not there. */
  cancel(task: TaskId): boolean {
    return this.#entries.delete(task);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** When something can be taken next; NEVER when there is nothing. */
  nextAt(): Instant {
    let next: Instant = NEVER;
    for (const { at } of this.#entries.values()) if (at < next) next = at;
    return next;
  }
}
