/**
 * The one clock. Few things have an exact moment (a fault begins, a scheduler's epoch ends); millions of
 * phones have one to within a bucket. The clock runs both as one order: before a bucket of phones is
 * drained, everything on the agenda up to the bucket's start has happened, so that the world changes on
 * bucket edges only and a bucket's phones all live in the same world.
 */
import { assert } from "../base/assert.ts";
import { after, ms, START, type Duration, type Instant } from "../base/units.ts";
import { Agenda } from "./agenda.ts";

/** Width of a bucket of a run. Chosen: a quarter of a second, below every time that a person notices. */
export const BUCKET = ms(250);

export class Clock {
  /** The present: the moment of the action being run, or the start of the bucket being drained. */
  now: Instant = START;
  readonly #bucket: Duration;
  /** Start of the next bucket. */
  #edge: Instant = START;
  readonly #agenda = new Agenda();
  readonly #actions: (() => void)[] = [];
  readonly #vacant: number[] = [];

  /** `bucket` is the calendar's bucket width, in microseconds like all that the clock is told. */
  constructor(bucket: Duration) {
    this.#bucket = bucket;
  }

  /** Runs `action` once at `time`, which must not be past; among equal times, whoever asked first runs first. */
  at(time: Instant, action: () => void): void {
    assert(time >= this.now, () => `an action at ${String(time)} µs, asked for at ${String(this.now)}`);
    const slot = this.#vacant.pop() ?? this.#actions.length;
    this.#actions[slot] = action;
    this.#agenda.push(time, slot);
  }

  /** Runs `action` at `first` and then every `period`, for good. */
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
   * Runs all buckets that start before `until` and all actions up to and including it. `drainBucket` is told the
   * bucket's start in ms since the run began. May be called again with a later `until`.
   */
  run(until: Instant, drainBucket: (startMs: number) => void): void {
    while (this.#edge < until) {
      this.#runActions(this.#edge);
      this.now = this.#edge;
      this.#edge = after(this.#edge, this.#bucket);
      drainBucket(this.now / 1_000);
    }
    this.#runActions(until);
    this.now = until;
  }

  #runActions(until: Instant): void {
    const agenda = this.#agenda;
    while (agenda.peekTime() <= until) {
      agenda.pop();
      const slot = agenda.topPayload;
      const action = this.#actions[slot]!;
      this.#vacant.push(slot);
      this.now = agenda.topTime as Instant;
      action();
    }
  }
}
