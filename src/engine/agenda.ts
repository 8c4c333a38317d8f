/**
 * The event queue of the control plane, in exact order: by time, and among equal times in the order of insertion.
 *
 * A few events wait in a heap. Many are appended, unsorted, to a ring of coarse buckets; a bucket is sorted when its
 * turn comes and is then read from front to back. Events thus move through memory in streams, which at millions of
 * events costs a fifth of a heap's random accesses. Only events for the bucket being read go through the heap. The
 * width of a bucket is measured from the pending events, again whenever it stops fitting.
 */
import { assert } from "../base/assert.ts";
import { Heap } from "./heap.ts";
import { sortBucket } from "./bucket-sort.ts";

/** Numbers of an event, side by side: its time and its payload. */
const EVENT = 2;
/** Numbers of a chunk of memory. Chosen: 2 KiB. */
const CHUNK = 128 * EVENT;
const IN_CHUNK = CHUNK - 1;
const NONE = -1;
/** Events up to which a heap is faster. Chosen by measurement, like all numbers here. */
const FEW = 64;
/** Pending events that are sampled to measure how far ahead they lie. */
const SAMPLE = 512;

/** A priority queue of events, each a time and a payload. */
export class Agenda {
  /** Time of the event that `pop` took last. */
  topTime = -Infinity;
  /** Payload of the event that `pop` took last. */
  topPayload = 0;
  #size = 0;

  /** Events for the bucket being read or before it; all events while they are few. */
  readonly #near = new Heap();
  /** Events in the heap above which the buckets are measured again. */
  #nearMost = FEW;

  /** The bucket being read, sorted, from number `#read` on; after its last event stands a time that never comes. */
  #run = Float64Array.of(Infinity);
  #read = 0;

  /**
   * The width of a bucket is 1 / `#perTime`, a power of two so that bucket numbers are exact. Bucket `#current` is
   * being read (Infinity: there is no ring, all events are near). Buckets after it and before `#limit` are in the ring;
   * events from `#limit` on are far. The limit moves only when the far events are searched, so equal times are never on
   * both sides.
   */
  #perTime = 1;
  #current = Infinity;
  #limit = Infinity;
  #buckets = 0;
  /**
   * Chains of chunks, one for each bucket; the far events have one more, after the ring's. Of each chain the first and
   * the last chunk, their number, and the place after its last event: a multiple of CHUNK means no room.
   */
  #head = new Int32Array(0);
  #tail = new Int32Array(0);
  #chunks = new Int32Array(0);
  #end = new Int32Array(0);
  #farLeast = Infinity;

  #pool = new Float64Array(0);
  #next = new Int32Array(0);
  #free = NONE;
  #used = 0;

  /** Events when the buckets were measured; since then, events sorted and steps that found nothing. */
  #measured = 0;
  #sorted = 0;
  #wasted = 0;

  /** Number of pending events. */
  get size(): number {
    return this.#size;
  }

  /** Returns the time of the next event; Infinity if there is none. */
  peekTime(): number {
    const time = Math.min(this.#run[this.#read]!, this.#near.time);
    if (time < Infinity || this.#size === 0) return time;
    this.#advance();
    return Math.min(this.#run[this.#read]!, this.#near.time);
  }

  /** Adds an event: a time in whole µs up to 2^53, and a payload, whole and below 2^32. */
  push(time: number, payload: number): void {
    this.#size += 1;
    const bucket = Math.floor(time * this.#perTime);
    if (bucket <= this.#current) {
      this.#near.push(time, payload);
      if (this.#near.size > this.#nearMost) this.#measure();
      return;
    }
    let chain = this.#buckets;
    if (bucket < this.#limit) chain = bucket & (chain - 1);
    else if (time < this.#farLeast) this.#farLeast = time;
    let at = this.#end[chain]!;
    if ((at & IN_CHUNK) === 0) at = this.#extend(chain);
    this.#end[chain] = at + EVENT;
    const pool = this.#pool;
    pool[at] = time;
    pool[at + 1] = payload;
  }

  /** Takes the next event into `topTime` and `topPayload`. Throws if there is none. */
  pop(): void {
    if (this.#run[this.#read] === Infinity && this.#near.size === 0) {
      assert(this.#size > 0, emptyAgenda);
      this.#advance();
    }
    const near = this.#near;
    const run = this.#run;
    const read = this.#read;
    const time = run[read]!;
    this.#size -= 1;
    // At equal times the run goes first: events in the heap were added while the run was being read.
    if (near.time < time) {
      this.topTime = near.time;
      this.topPayload = near.payload;
      near.pop();
    } else {
      this.topTime = time;
      this.topPayload = run[read + 1]!;
      this.#read = read + EVENT;
    }
  }

  /** Moves on to the next bucket with events and sorts it. */
  #advance(): void {
    if (this.#current === Infinity) return;
    const idle = this.#wasted > 2 * (this.#size + this.#buckets) + 4 * this.#sorted;
    if (idle || this.#size > 4 * this.#measured || 4 * this.#size < this.#measured) {
      this.#measure();
      if (this.#near.size > 0) return;
    }
    const mask = this.#buckets - 1;
    if (this.#size === this.#count(this.#buckets)) this.#current = Math.floor(this.#farLeast * this.#perTime) - 1;
    do {
      this.#current += 1;
      this.#wasted += 1;
      if (this.#limit - this.#current <= this.#buckets / 2) this.#bringIn();
    } while (this.#head[this.#current & mask] === NONE);
    this.#sortBucket(this.#current & mask);
  }

  #sortBucket(bucket: number): void {
    const count = this.#count(bucket);
    const numbers = EVENT * count;
    if (this.#run.length <= numbers) this.#run = new Float64Array(2 * numbers);
    sortBucket(
      { head: this.#head[bucket]!, count, chunk: CHUNK / EVENT, next: this.#next, pool: this.#pool },
      { start: this.#current / this.#perTime, width: 1 / this.#perTime },
      this.#run,
    );
    this.#run[numbers] = Infinity;
    this.#releaseChain(bucket);
    this.#read = 0;
    this.#sorted += count;
    this.#wasted -= 1;
  }

  /** Returns the number of events in a chain. */
  #count(chain: number): number {
    return ((this.#chunks[chain]! - 1) * CHUNK + ((this.#end[chain]! - 1) & IN_CHUNK) + 1) / EVENT;
  }

  /** Extends the ring to a full round ahead and adds the far events that it now reaches, in the order of insertion. */
  #bringIn(): void {
    this.#limit = this.#current + this.#buckets;
    if (Math.floor(this.#farLeast * this.#perTime) >= this.#limit) return;
    const far = this.#buckets;
    let left = EVENT * this.#count(far);
    let chunk = this.#head[far]!;
    this.#clearChain(far);
    this.#farLeast = Infinity;
    this.#size -= left / EVENT;
    while (left > 0) {
      const start = chunk * CHUNK;
      const stop = start + Math.min(left, CHUNK);
      for (let at = start; at < stop; at += EVENT) this.push(this.#pool[at]!, this.#pool[at + 1]!);
      left -= stop - start;
      const following = this.#next[chunk]!;
      this.#next[chunk] = this.#free;
      this.#free = chunk;
      chunk = following;
    }
    this.#wasted += this.#count(far);
  }

  /** Measures how far ahead events lie, and sorts all of them anew into near ones, a ring that fits, and far ones. */
  #measure(): void {
    const size = this.#size;
    const events = this.#takeAll();
    this.#measured = size;
    this.#sorted = 0;
    this.#wasted = 0;
    this.#nearMost = Math.max(FEW, size / 4);
    this.#current = Infinity;
    this.#limit = Infinity;
    if (size > FEW / 2) this.#layRing(events);
    for (let at = 0; at < events.length; at += EVENT) this.push(events[at]!, events[at + 1]!);
  }

  /** Sizes the ring so that half a round covers all but the farthest twentieth. */
  #layRing(events: Float64Array): void {
    const size = events.length / EVENT;
    const sample = new Float64Array(Math.min(size, SAMPLE));
    for (let i = 0; i < sample.length; i++) sample[i] = events[EVENT * Math.floor((i * size) / sample.length)]!;
    sample.sort();
    let least = Infinity;
    for (let at = 0; at < events.length; at += EVENT) least = Math.min(least, events[at]!);
    const reach = sample[Math.floor(0.95 * sample.length)]! - least;
    let buckets = 64;
    while (buckets < size / 16_384 || (buckets < 1_024 && buckets < size / 10)) buckets *= 2;
    let width = 1;
    while (width * buckets < 2 * reach) width *= 2;
    this.#perTime = 1 / width;
    this.#buckets = buckets;
    this.#head = new Int32Array(buckets + 1).fill(NONE);
    this.#tail = new Int32Array(buckets + 1).fill(NONE);
    this.#chunks = new Int32Array(buckets + 1);
    this.#end = new Int32Array(buckets + 1);
    this.#current = Math.floor(least * this.#perTime) - 1;
    this.#limit = this.#current + buckets;
  }

  /** Removes and returns all events; equal times are in the order of insertion. */
  #takeAll(): Float64Array {
    const events = new Float64Array(EVENT * this.#size);
    let taken = 0;
    for (; this.#run[this.#read]! < Infinity; this.#read += EVENT) {
      events[taken++] = this.#run[this.#read]!;
      events[taken++] = this.#run[this.#read + 1]!;
    }
    for (; this.#near.size > 0; this.#near.pop()) {
      events[taken++] = this.#near.time;
      events[taken++] = this.#near.payload;
    }
    for (let chain = 0; chain < this.#head.length; chain++) {
      let left = EVENT * this.#count(chain);
      for (let chunk = this.#head[chain]!; left > 0; chunk = this.#next[chunk]!, left -= CHUNK) {
        const numbers = Math.min(left, CHUNK);
        events.set(this.#pool.subarray(chunk * CHUNK, chunk * CHUNK + numbers), taken);
        taken += numbers;
      }
      this.#releaseChain(chain);
    }
    assert(taken === events.length, () => `${String(taken)} numbers of ${String(events.length)} found`);
    this.#size = 0;
    this.#farLeast = Infinity;
    return events;
  }

  /** Appends a free chunk to a chain; returns its first place. */
  #extend(chain: number): number {
    if (this.#free === NONE && this.#used === this.#next.length) this.#grow();
    let chunk = this.#free;
    if (chunk === NONE) chunk = this.#used++;
    else this.#free = this.#next[chunk]!;
    this.#next[chunk] = NONE;
    const tail = this.#tail[chain]!;
    if (tail === NONE) this.#head[chain] = chunk;
    else this.#next[tail] = chunk;
    this.#tail[chain] = chunk;
    this.#chunks[chain]! += 1;
    return chunk * CHUNK;
  }

  #releaseChain(chain: number): void {
    const tail = this.#tail[chain]!;
    if (tail === NONE) return;
    this.#next[tail] = this.#free;
    this.#free = this.#head[chain]!;
    this.#clearChain(chain);
  }

  #clearChain(chain: number): void {
    this.#head[chain] = NONE;
    this.#tail[chain] = NONE;
    this.#chunks[chain] = 0;
    this.#end[chain] = 0;
  }

  #grow(): void {
    const chunks = Math.ceil(this.#next.length * 1.5) + 64;
    const pool = new Float64Array(chunks * CHUNK);
    pool.set(this.#pool);
    this.#pool = pool;
    const next = new Int32Array(chunks);
    next.set(this.#next);
    this.#next = next;
  }
}

const emptyAgenda = (): string => "an event was taken from an empty agenda";
