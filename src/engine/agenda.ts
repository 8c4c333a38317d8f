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

/** Events of a chunk of memory. Chosen: a kilobyte of times. */
const CHUNK = 128;
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

  /** The bucket being read, sorted; `#read` of its `#length` events are gone. */
  #runTimes = new Float64Array(0);
  #runPayloads = new Uint32Array(0);
  #length = 0;
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
  #inRing = 0;
  /** Chains of chunks, one for each bucket; the far events have one more, after the ring's. */
  #head = new Int32Array(0);
  #tail = new Int32Array(0);
  #counts = new Int32Array(0);
  #farLeast = Infinity;

  #times = new Float64Array(0);
  #payloads = new Uint32Array(0);
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
    if (this.#read === this.#length && this.#near.size === 0) this.#advance();
    const run = this.#read < this.#length ? this.#runTimes[this.#read]! : Infinity;
    return Math.min(run, this.#near.time);
  }

  /** Adds an event: a time in whole µs up to 2^53, and a payload, whole and below 2^32. */
  push(time: number, payload: number): void {
    this.#size += 1;
    const bucket = Math.floor(time * this.#perTime);
    if (bucket <= this.#current) {
      this.#near.push(time, payload);
      if (this.#near.size > this.#nearMost) this.#measure();
    } else if (bucket < this.#limit) {
      this.#inRing += 1;
      this.#append(bucket & (this.#buckets - 1), time, payload);
    } else {
      if (time < this.#farLeast) this.#farLeast = time;
      this.#append(this.#buckets, time, payload);
    }
  }

  /** Takes the next event into `topTime` and `topPayload`. Throws if there is none. */
  pop(): void {
    assert(this.#size > 0, emptyAgenda);
    const near = this.#near;
    if (this.#read === this.#length && near.size === 0) this.#advance();
    this.#size -= 1;
    const read = this.#read;
    // At equal times the run goes first: events in the heap were added while the run was being read.
    if (read === this.#length || near.time < this.#runTimes[read]!) {
      this.topTime = near.time;
      this.topPayload = near.payload;
      near.pop();
    } else {
      this.topTime = this.#runTimes[read]!;
      this.topPayload = this.#runPayloads[read]!;
      this.#read = read + 1;
    }
  }

  /** Moves on to the next bucket with events and sorts it. */
  #advance(): void {
    if (this.#size === 0 || this.#current === Infinity) return;
    const idle = this.#wasted > 2 * (this.#size + this.#buckets) + 4 * this.#sorted;
    if (idle || this.#size > 4 * this.#measured || 4 * this.#size < this.#measured) {
      this.#measure();
      if (this.#near.size > 0) return;
    }
    const mask = this.#buckets - 1;
    if (this.#inRing === 0) this.#current = Math.floor(this.#farLeast * this.#perTime) - 1;
    do {
      this.#current += 1;
      this.#wasted += 1;
      if (this.#limit - this.#current <= this.#buckets / 2) this.#bringIn();
    } while (this.#counts[this.#current & mask] === 0);
    this.#sortBucket(this.#current & mask);
  }

  #sortBucket(bucket: number): void {
    const count = this.#counts[bucket]!;
    if (this.#runTimes.length < count) {
      this.#runTimes = new Float64Array(2 * count);
      this.#runPayloads = new Uint32Array(2 * count);
    }
    sortBucket(
      {
        head: this.#head[bucket]!,
        count,
        chunk: CHUNK,
        next: this.#next,
        times: this.#times,
        payloads: this.#payloads,
      },
      { start: this.#current / this.#perTime, width: 1 / this.#perTime },
      this.#runTimes,
      this.#runPayloads,
    );
    this.#releaseChain(bucket);
    this.#length = count;
    this.#read = 0;
    this.#inRing -= count;
    this.#sorted += count;
    this.#wasted -= 1;
  }

  /** Extends the ring to a full round ahead and adds the far events that it now reaches, in the order of insertion. */
  #bringIn(): void {
    this.#limit = this.#current + this.#buckets;
    if (Math.floor(this.#farLeast * this.#perTime) >= this.#limit) return;
    const far = this.#buckets;
    let left = this.#counts[far]!;
    let chunk = this.#head[far]!;
    this.#head[far] = NONE;
    this.#tail[far] = NONE;
    this.#counts[far] = 0;
    this.#farLeast = Infinity;
    this.#size -= left;
    while (left > 0) {
      const start = chunk * CHUNK;
      const stop = start + Math.min(left, CHUNK);
      for (let at = start; at < stop; at++) this.push(this.#times[at]!, this.#payloads[at]!);
      left -= stop - start;
      const following = this.#next[chunk]!;
      this.#next[chunk] = this.#free;
      this.#free = chunk;
      chunk = following;
    }
    this.#wasted += this.#counts[far];
  }

  /** Measures how far ahead events lie, and sorts all of them anew into near ones, a ring that fits, and far ones. */
  #measure(): void {
    const size = this.#size;
    const { times, payloads } = this.#takeAll();
    this.#measured = size;
    this.#sorted = 0;
    this.#wasted = 0;
    this.#nearMost = Math.max(FEW, size / 4);
    this.#current = Infinity;
    this.#limit = Infinity;
    if (size > FEW / 2) this.#layRing(times);
    for (let i = 0; i < size; i++) this.push(times[i]!, payloads[i]!);
  }

  /** Sizes the ring so that half a round covers all but the farthest twentieth. */
  #layRing(times: Float64Array): void {
    const size = times.length;
    const sample = new Float64Array(Math.min(size, SAMPLE));
    for (let i = 0; i < sample.length; i++) sample[i] = times[Math.floor((i * size) / sample.length)]!;
    sample.sort();
    let least = Infinity;
    for (let i = 0; i < size; i++) least = Math.min(least, times[i]!);
    const reach = sample[Math.floor(0.95 * sample.length)]! - least;
    let buckets = 64;
    while (buckets < size / 4_096 || (buckets < 4_096 && buckets < size / 10)) buckets *= 2;
    let width = 1;
    while (width * buckets < 2 * reach) width *= 2;
    this.#perTime = 1 / width;
    this.#buckets = buckets;
    this.#head = new Int32Array(buckets + 1).fill(NONE);
    this.#tail = new Int32Array(buckets + 1).fill(NONE);
    this.#counts = new Int32Array(buckets + 1);
    this.#current = Math.floor(least * this.#perTime) - 1;
    this.#limit = this.#current + buckets;
  }

  /** Removes and returns all events; equal times are in the order of insertion. */
  #takeAll(): { times: Float64Array; payloads: Uint32Array } {
    const times = new Float64Array(this.#size);
    const payloads = new Uint32Array(this.#size);
    let taken = 0;
    for (; this.#read < this.#length; this.#read++) {
      times[taken] = this.#runTimes[this.#read]!;
      payloads[taken++] = this.#runPayloads[this.#read]!;
    }
    for (; this.#near.size > 0; this.#near.pop()) {
      times[taken] = this.#near.time;
      payloads[taken++] = this.#near.payload;
    }
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      let left = this.#counts[bucket]!;
      for (let chunk = this.#head[bucket]!; left > 0; chunk = this.#next[chunk]!, left -= CHUNK) {
        const start = chunk * CHUNK;
        const stop = start + Math.min(left, CHUNK);
        times.set(this.#times.subarray(start, stop), taken);
        payloads.set(this.#payloads.subarray(start, stop), taken);
        taken += stop - start;
      }
      this.#releaseChain(bucket);
    }
    assert(taken === this.#size, () => `${String(taken)} of ${String(this.#size)} events found`);
    this.#size = 0;
    this.#inRing = 0;
    this.#farLeast = Infinity;
    return { times, payloads };
  }

  #append(bucket: number, time: number, payload: number): void {
    const count = this.#counts[bucket]!;
    const within = count & (CHUNK - 1);
    const chunk = within === 0 ? this.#extend(bucket) : this.#tail[bucket]!;
    const at = chunk * CHUNK + within;
    this.#times[at] = time;
    this.#payloads[at] = payload;
    this.#counts[bucket] = count + 1;
  }

  #extend(bucket: number): number {
    if (this.#free === NONE && this.#used === this.#next.length) this.#grow();
    let chunk = this.#free;
    if (chunk === NONE) chunk = this.#used++;
    else this.#free = this.#next[chunk]!;
    this.#next[chunk] = NONE;
    const tail = this.#tail[bucket]!;
    if (tail === NONE) this.#head[bucket] = chunk;
    else this.#next[tail] = chunk;
    this.#tail[bucket] = chunk;
    return chunk;
  }

  #releaseChain(bucket: number): void {
    const tail = this.#tail[bucket]!;
    if (tail === NONE) return;
    this.#next[tail] = this.#free;
    this.#free = this.#head[bucket]!;
    this.#head[bucket] = NONE;
    this.#tail[bucket] = NONE;
    this.#counts[bucket] = 0;
  }

  #grow(): void {
    const chunks = Math.ceil(this.#next.length * 1.5) + 64;
    const times = new Float64Array(chunks * CHUNK);
    times.set(this.#times);
    this.#times = times;
    const payloads = new Uint32Array(chunks * CHUNK);
    payloads.set(this.#payloads);
    this.#payloads = payloads;
    const next = new Int32Array(chunks);
    next.set(this.#next);
    this.#next = next;
  }
}

const emptyAgenda = (): string => "an event was taken from an empty agenda";
