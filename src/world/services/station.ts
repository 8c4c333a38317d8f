/**
 * One machine as an exact queue. A request needs a unit (a process, a thread, a coroutine) from its begin to its
 * answer, also while it waits for other machines, and a core while it computes. Who finds no unit waits for one, first
 * come first served; who has a unit and finds no core waits for a core, likewise. So memory bounds how many requests
 * are under way, cores bound how fast they go, and either may run out first.
 */
import { assert } from "../../base/assert.ts";
import type { Duration, Instant } from "../../base/units.ts";

export interface StationPlan {
  readonly cores: number;
  /** Requests under way at once. */
  readonly units: number;
  /** Requests that may wait for their begin; one more is refused. */
  readonly queue: number;
  /** What putting a unit on a core costs, each time. */
  readonly switching: Duration;
}

/** What the station asks of whoever knows the requests; they are whole numbers to it. */
export interface Work {
  /** The request's turn on a core has come, the first time or again: how long it computes, or -1 if it is dropped. */
  turn(job: number, isFirst: boolean): number;
  /** The core will be free again then: call `leaveCore`. */
  until(job: number, end: Instant): void;
}

/** First in, first out, over a ring that grows. */
class Line {
  size = 0;
  #ring = new Int32Array(16);
  #head = 0;

  push(job: number): void {
    if (this.size === this.#ring.length) {
      const larger = new Int32Array(2 * this.size);
      for (let i = 0; i < this.size; i++) larger[i] = this.#ring[(this.#head + i) % this.size]!;
      this.#ring = larger;
      this.#head = 0;
    }
    this.#ring[(this.#head + this.size) % this.#ring.length] = job;
    this.size += 1;
  }

  shift(): number {
    assert(this.size > 0, () => "somebody was taken from an empty line");
    const job = this.#ring[this.#head]!;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.size -= 1;
    return job;
  }
}

export class Station {
  /** Units taken, and the most there were since `mostUnits` was last set. */
  units = 0;
  mostUnits = 0;
  /** Cores computing. */
  busy = 0;
  readonly #plan: StationPlan;
  readonly #work: Work;
  /** Without a unit. */
  readonly #outside = new Line();
  /** With a unit, without a core; begun ones are written as -1 - job. */
  readonly #ready = new Line();
  /** Of those who have a unit, how many have not begun. */
  #fresh = 0;

  constructor(plan: StationPlan, work: Work) {
    this.#plan = plan;
    this.#work = work;
  }

  /** Requests that have not begun. */
  get waiting(): number {
    return this.#outside.size + this.#fresh;
  }

  /** A request has come; false: there is no room for it to wait. */
  enter(job: number, now: Instant): boolean {
    const { cores, units, queue } = this.#plan;
    const isNext = this.busy < cores && this.units < units;
    if (!isNext && this.waiting >= queue) return false;
    this.#outside.push(job);
    this.#go(now);
    return true;
  }

  /** What the request waited for elsewhere has come: it wants a core again. */
  resume(job: number, now: Instant): void {
    this.#ready.push(-1 - job);
    this.#go(now);
  }

  /** Its computing is over for now; it keeps its unit. */
  leaveCore(now: Instant): void {
    this.busy -= 1;
    this.#go(now);
  }

  /** It is answered, or given up while it waits elsewhere: its unit is free. */
  leave(now: Instant): void {
    this.units -= 1;
    this.#go(now);
  }

  #go(now: Instant): void {
    const { cores, units, switching } = this.#plan;
    for (;;) {
      if (this.units < units && this.#outside.size > 0) {
        this.#ready.push(this.#outside.shift());
        this.#fresh += 1;
        this.units += 1;
        if (this.units > this.mostUnits) this.mostUnits = this.units;
      } else if (this.busy < cores && this.#ready.size > 0) this.#begin(this.#ready.shift(), now, switching);
      else return;
    }
  }

  #begin(marked: number, now: Instant, switching: Duration): void {
    const isFirst = marked >= 0;
    const job = isFirst ? marked : -1 - marked;
    if (isFirst) this.#fresh -= 1;
    // Taken before it is asked, so that whoever is called back finds the books in order.
    this.busy += 1;
    const computes = this.#work.turn(job, isFirst);
    if (computes < 0) {
      this.busy -= 1;
      this.units -= 1;
      return;
    }
    this.#work.until(job, (now + computes + switching) as Instant);
  }
}
