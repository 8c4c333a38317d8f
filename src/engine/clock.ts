/**
 * The one clock. Few things have an exact moment (a fault begins, a scheduler's epoch ends); millions of phones have one to
 * within a bucket. The clock runs both as one order: all actions up to a bucket's start run before the bucket is drained, so
 * that the world changes on bucket edges only and all phones of a bucket live in the same world.
 */
import { assert } from "../base/assert.ts";
import { after, ms, START, type Duration, type Instant } from "../base/units.ts";
import { EventQueue } from "./event-queue.ts";

/** Width of a bucket of a run. Chosen: a quarter of a second, below every time that a person notices. */
export const BUCKET = ms(250);

/** The clock of one run. */
export class Clock {
  readonly #bucket: Duration;
  /** Start of the next bucket. */
  #edge: Instant = START;
  readonly #queue = new EventQueue();

  /** `bucket` is the width of the calendar's buckets, in microseconds like all times here. */
  constructor(bucket: Duration) {
    this.#bucket = bucket;
  }

  /** The time of the action that is running, or the start of the bucket that is being drained. */
  get now(): Instant {
    return this.#queue.now;
  }

  /** Runs `action` once at `time`, which must not be past; actions of equal times run in the order of their requests. */
  at(time: Instant, action: () => void): void {
    assert(time >= this.now, () => `an action at ${String(time)} µs, asked for at ${String(this.now)}`);
    this.#queue.at(time, action);
  }

  /** Runs `action` at `first` and then every `period`, without end. */
  every(period: Duration, first: Instant, action: () => void): void {
    assert(period > 0, () => `an action every ${String(period)} µs`);
    const again = (): void => {
      const next = after(this.now, period);
      action();
      this.at(next, again);
    };
    this.at(first, again);
  }

  /**
   * Runs all buckets that start before `until` and all actions up to and including it. `drainBucket` gets the bucket's start
   * in ms since the run began. May be called again with a later `until`.
   */
  run(until: Instant, drainBucket: (startMs: number) => void): void {
    while (this.#edge < until) {
      this.#queue.runThrough(this.#edge);
      this.#edge = after(this.#edge, this.#bucket);
      drainBucket(this.now / 1_000);
    }
    this.#queue.runThrough(until);
  }
}
