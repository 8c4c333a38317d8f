/**
 * The delay queue that starts tasks at their time: a sorted set by due time. Taking hands out what is due and hides it for a
 * while, in one step; a task that is not acknowledged by then is handed out again, because its dispatcher counts as failed. The
 * queue is only the quick way: the task table knows every due time too.
 * Met by: src/world/push/triggers.ts, src/deploy/redis/triggers.ts, src/deploy/rabbitmq/triggers.ts
 */
import { after, type Duration, type Instant, NEVER } from "../../base/units.ts";
import type { TaskId } from "./task.ts";

/** A task that is handed out. */
export interface Due {
  /** The task to start. */
  readonly task: TaskId;
  /** The due time with which it was scheduled. */
  readonly due: Instant;
  /** How often it has been handed out, this time included. */
  readonly taken: number;
}

interface Entry {
  readonly due: Instant;
  readonly taken: number;
  /** Its score: the due time, or the end of the time for which it is hidden. */
  readonly at: Instant;
}

/** The reference delay queue. */
export class DelayQueue {
  readonly #entries = new Map<TaskId, Entry>();

  /** Schedules a task, or moves it to another due time; the same due time again changes nothing. */
  schedule(task: TaskId, due: Instant): void {
    if (this.#entries.get(task)?.due === due) return;
    this.#entries.set(task, { due, taken: 0, at: due });
  }

  /** Takes at most `most` due tasks, the earliest first, and hides them until `now + visibility` or their acknowledgement. */
  take(now: Instant, most: number, visibility: Duration): readonly Due[] {
    const due = [...this.#entries].filter(([, { at }]) => at <= now);
    due.sort(([a, { at: first }], [b, { at: second }]) => first - second || (a < b ? -1 : 1));
    return due.slice(0, most).map(([task, entry]) => {
      const taken = entry.taken + 1;
      this.#entries.set(task, { due: entry.due, taken, at: after(now, visibility) });
      return { task, due: entry.due, taken };
    });
  }

  /** Removes a task that the task table knows to have begun. Returns false if it was not there. */
  acknowledge(task: TaskId): boolean {
    return this.#entries.delete(task);
  }

  /** Removes a task that will not happen. Returns false if it was not there. */
  cancel(task: TaskId): boolean {
    return this.#entries.delete(task);
  }

  /** Number of tasks, hidden ones included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns when a task can be taken next; NEVER if there is none. */
  nextAt(): Instant {
    let next: Instant = NEVER;
    for (const { at } of this.#entries.values()) if (at < next) next = at;
    return next;
  }
}
