/** Reports to the book when slots are at work: with a block, and not waiting for their moment at the limiter. */
import type { Instant } from "../../base/units.ts";
import type { EventQueue } from "../../engine/event-queue.ts";
import type { PushNotes } from "./notes.ts";

/** The working times of all slots. */
export class WorkingTimes {
  readonly #events: EventQueue;
  readonly #notes: Pick<PushNotes, "worked">;
  /** By owner: since when the slot is at work, or since it was last noted. */
  readonly #since = new Map<string, Instant>();

  constructor(events: EventQueue, notes: Pick<PushNotes, "worked">) {
    this.#events = events;
    this.#notes = notes;
  }

  /** Notes that a slot is at work from now on, or not any more. */
  set(owner: string, isAtWork: boolean): void {
    const since = this.#since.get(owner);
    if (isAtWork === (since !== undefined)) return;
    const { now } = this.#events;
    if (since === undefined) this.#since.set(owner, now);
    else {
      this.#since.delete(owner);
      this.#notes.worked(since, now);
    }
  }

  /** Reports what all slots at work have worked until now. */
  settle(): void {
    const { now } = this.#events;
    for (const [owner, since] of this.#since) {
      this.#since.set(owner, now);
      this.#notes.worked(since, now);
    }
  }
}
