/**
 * One machine as an exact queue. A request holds a unit (a process, a thread, a coroutine) from its start to its reply, also
 * while it waits for other machines, and a core while it computes. Requests wait for units and then for cores: first come
 * first served, or by rank and then first come first served; one that computes is never interrupted. Memory bounds the number of requests under way, cores bound their speed, and either may run out first.
 */
import { assert } from "../../base/assert.ts";
import type { Duration, Instant } from "../../base/units.ts";

/** Size of a machine and of its waiting room. */
export interface MachineQueuePlan {
  /** Cores; each computes for one request at a time. */
  readonly cores: number;
  /** Requests under way at once. */
  readonly units: number;
  /** Requests that may wait for their start; one more is refused. */
  readonly queue: number;
  /** Time that putting a unit on a core costs, each time. */
  readonly switching: Duration;
  /** Ranks that are told apart; with 1, requests wait first come first served. */
  readonly ranks: number;
}

/** What the queue asks of the owner of its requests; requests are whole numbers here. */
export interface QueueJobs {
  /** Returns a request's rank, from 0 to `ranks` - 1: a lower one is served first. Asked only if there are several ranks. */
  rankOf(job: number): number;
  /** Starts a request's turn on a core and returns how long it computes, us; -1 if the request is dropped. */
  startTurn(job: number, isFirst: boolean): number;
  /** Schedules the end of the turn: the owner calls `releaseCore` then. */
  scheduleTurnEnd(job: number, end: Instant): void;
}

/** First in, first out, over a ring that grows; its length is a power of two. */
class Fifo {
  size = 0;
  #ring = new Int32Array(16);
  #head = 0;

  push(job: number): void {
    if (this.size === this.#ring.length) {
      const larger = new Int32Array(2 * this.size);
      for (let i = 0; i < this.size; i++) larger[i] = this.#ring[this.#place(i)]!;
      this.#ring = larger;
      this.#head = 0;
    }
    this.#ring[this.#place(this.size)] = job;
    this.size += 1;
  }

  each(act: (job: number) => void): void {
    for (let i = 0; i < this.size; i++) act(this.#ring[this.#place(i)]!);
  }

  shift(): number {
    assert(this.size > 0, () => "a request was taken from an empty queue");
    const job = this.#ring[this.#head]!;
    this.#head = this.#place(1);
    this.size -= 1;
    return job;
  }

  /** Returns the place of the job that `ahead` others precede. */
  #place(ahead: number): number {
    return (this.#head + ahead) & (this.#ring.length - 1);
  }
}

/** Waiting requests: those of the lowest rank first, and within a rank first in, first out. */
class Line {
  size = 0;
  readonly #ranks: readonly Fifo[];

  constructor(ranks: number) {
    this.#ranks = Array.from({ length: ranks }, () => new Fifo());
  }

  push(job: number, rank: number): void {
    this.#ranks[rank]!.push(job);
    this.size += 1;
  }

  each(act: (job: number) => void): void {
    for (const rank of this.#ranks) rank.each(act);
  }

  shift(): number {
    this.size -= 1;
    return this.#ranks.find(({ size }) => size > 0)!.shift();
  }
}

/** The units and cores of one machine, and the requests that wait for them. */
export class MachineQueue {
  /** Units in use. */
  units = 0;
  /** The most units in use since this was last set. */
  peakUnits = 0;
  /** Cores that compute. */
  busyCores = 0;
  readonly #cores: number;
  readonly #unitsMost: number;
  readonly #queueMost: number;
  readonly #switching: Duration;
  readonly #hasRanks: boolean;
  readonly #jobs: QueueJobs;
  /** Requests without a unit. */
  readonly #waitingForUnit: Line;
  /** Requests with a unit but no core; those that have started are written as -1 - job. */
  readonly #waitingForCore: Line;
  /** Requests that have a unit and have not started. */
  #notStarted = 0;

  constructor(plan: MachineQueuePlan, work: QueueJobs) {
    this.#cores = plan.cores;
    this.#unitsMost = plan.units;
    this.#queueMost = plan.queue;
    this.#switching = plan.switching;
    this.#hasRanks = plan.ranks > 1;
    this.#jobs = work;
    this.#waitingForUnit = new Line(plan.ranks);
    this.#waitingForCore = new Line(plan.ranks);
  }

  /** Requests that have not started. */
  get waiting(): number {
    return this.#waitingForUnit.size + this.#notStarted;
  }

  /** Calls `act` with every request that has not started. */
  eachWaiting(act: (job: number) => void): void {
    this.#waitingForUnit.each(act);
    this.#waitingForCore.each((job) => {
      if (job >= 0) act(job);
    });
  }

  /** Accepts a request; false if the waiting room is full. */
  enter(job: number, now: Instant): boolean {
    const isNext = this.busyCores < this.#cores && this.units < this.#unitsMost;
    if (!isNext && this.waiting >= this.#queueMost) return false;
    this.#waitingForUnit.push(job, this.#rankOf(job));
    this.#dispatch(now);
    return true;
  }

  /** Queues a request for a core again, after the reply that it waited for. */
  resume(job: number, now: Instant): void {
    this.#waitingForCore.push(-1 - job, this.#rankOf(job));
    this.#dispatch(now);
  }

  /** Ends a request's turn: its core is free, its unit stays in use. */
  releaseCore(now: Instant): void {
    this.busyCores -= 1;
    this.#dispatch(now);
  }

  /** Ends a request, answered or given up while it waits elsewhere: its unit is free. */
  releaseUnit(now: Instant): void {
    this.units -= 1;
    this.#dispatch(now);
  }

  #rankOf(job: number): number {
    return this.#hasRanks ? this.#jobs.rankOf(job) : 0;
  }

  #dispatch(now: Instant): void {
    for (;;) {
      if (this.units < this.#unitsMost && this.#waitingForUnit.size > 0) {
        const job = this.#waitingForUnit.shift();
        this.#waitingForCore.push(job, this.#rankOf(job));
        this.#notStarted += 1;
        this.units += 1;
        if (this.units > this.peakUnits) this.peakUnits = this.units;
      } else if (this.busyCores < this.#cores && this.#waitingForCore.size > 0)
        this.#startTurn(this.#waitingForCore.shift(), now);
      else return;
    }
  }

  #startTurn(marked: number, now: Instant): void {
    const isFirst = marked >= 0;
    const job = isFirst ? marked : -1 - marked;
    if (isFirst) this.#notStarted -= 1;
    // The core is taken before the callback, so that the callback finds consistent counts.
    this.busyCores += 1;
    const computes = this.#jobs.startTurn(job, isFirst);
    if (computes < 0) {
      this.busyCores -= 1;
      this.units -= 1;
      return;
    }
    this.#jobs.scheduleTurnEnd(job, (now + computes + this.#switching) as Instant);
  }
}
