/**
 * Requests for logins by the bucket in which they arrive. When a client is connected, the time at which its request will arrive is
 * known, and it is noted here at once: the arrival needs no event. All threads share the requests of a few seconds.
 */
import type { SharedTotals } from "../../engine/shared-totals.ts";
import type { ThreadGroup } from "../../engine/thread-group.ts";

/** Classes of ranks: connections that are left go to whole classes. Chosen. */
export const RANK_CLASSES = 16;
export const classOf = (rank: number): number => Math.floor(rank * RANK_CLASSES);

/** Requests that arrive this many buckets from now, or later, cannot be announced: eight seconds. Chosen. */
export const BUCKETS_AHEAD = 32;

/** Numbers of a server in a bucket: people by class of rank, then those of them who come at other times. */
const ELSEWHEN = RANK_CLASSES;
const WIDTH = RANK_CLASSES + 1;

/** A ring of buckets, the present one first. */
export class Requests {
  readonly #totals: SharedTotals;
  readonly #servers: number;
  /** The present bucket's place in the ring. */
  #present = 0;

  constructor(threads: ThreadGroup, servers: number) {
    this.#servers = servers;
    this.#totals = threads.totals(new Float64Array(BUCKETS_AHEAD * servers * WIDTH));
  }

  /** Adds people of this rank who arrive `inBuckets` from now, less than `BUCKETS_AHEAD`; `elsewhen` of them come at other times. */
  add(server: number, people: number, rank: number, elsewhen: number, inBuckets: number): void {
    const at = this.#at(server, inBuckets);
    this.#totals.add(at + classOf(rank), people);
    if (elsewhen > 0) this.#totals.add(at + ELSEWHEN, elsewhen);
  }

  /** Returns the people who asked for a login in this bucket. */
  asked(server: number): number {
    const { values } = this.#totals;
    const at = this.#at(server, 0);
    let people = 0;
    for (let place = at; place < at + RANK_CLASSES; place++) people += values[place]!;
    return people;
  }

  /** Returns those of them who come at other times. */
  elsewhen(server: number): number {
    return this.#totals.values[this.#at(server, 0) + ELSEWHEN]!;
  }

  /** Returns those of them with ranks of this class. */
  ofClass(server: number, rankClass: number): number {
    return this.#totals.values[this.#at(server, 0) + rankClass]!;
  }

  /** Goes on to the next bucket. */
  next(): void {
    const at = this.#at(0, 0);
    this.#totals.values.fill(0, at, at + this.#servers * WIDTH);
    this.#present = (this.#present + 1) % BUCKETS_AHEAD;
  }

  #at(server: number, inBuckets: number): number {
    const bucket = (this.#present + inBuckets) % BUCKETS_AHEAD;
    return (bucket * this.#servers + server) * WIDTH;
  }
}
