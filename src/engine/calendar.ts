/**
 * A calendar queue for the pending timers of millions of clients.
 *
 * A pending timer is its client's whole hot record: four words that move from bucket to bucket, so that a bucket is read
 * from front to back and written by appending. At 180 million clients a queue spends its time waiting for memory, which
 * is fast only for neighbours; that is why records move and no ids point at them.
 */
import { assert } from "../base/assert.ts";

/** Words of a record. */
const WORDS = 4;
/** Offset of the index in a record. */
export const INDEX = 0;
/** Offset of the due time in a record: whole ms after the calendar's `base`. */
export const DUE = 1;
/** Offset of the first of two words that belong to the handler. */
export const THIRD = 2;
/** Offset of the second word that belongs to the handler. */
export const FOURTH = 3;
/** Words of a chunk of memory. Chosen: 4 KiB, a page, so that the end of a bucket wastes little. */
const CHUNK = 256 * WORDS;
const IN_CHUNK = CHUNK - 1;
const NONE = -1;
/** The most chunks: a word is found by a positive int32. */
const CHUNKS_MOST = Math.floor(0x7fff_ffff / CHUNK);
/** The longest delay, 12.4 days. The base moves on once dues pass this, so that due plus delay fits in an int32. */
const LONGEST = 0x4000_0000;

/** Handles events. Use one object of one shape for a calendar, so that the call is inlined into the drain. */
export interface Handler {
  /**
   * Handles the event of the record at word `at` of `pool`; the handler may change its third and fourth words in place.
   * Returns the delay from this due to the client's next event, in whole ms of at least 1; zero or less removes the
   * record. Neither `pool` nor `at` may be kept: records move, and the pool is replaced when it grows.
   */
  fire(pool: Int32Array, at: number): number;
}

/** Visits the records of a sweep. */
export interface Visitor {
  /** Visits a record under the rules of `fire`; may change any word, `due` too. Returns false to remove the record. */
  visit(pool: Int32Array, at: number): boolean;
}

/** The size of a calendar. */
export interface CalendarPlan {
  /** Records with room at first; more may be added, at the price of an occasional copy. */
  readonly capacity: number;
  /** Delays up to this, in ms, cost one move; longer ones cost another move for each horizon. */
  readonly horizonMs: number;
  /** Width of a bucket in ms; 250 by default. Changes of the world take effect on bucket edges. */
  readonly bucketMs?: number;
}

/**
 * A calendar for at most 2^29 records. No result may depend on the order within a bucket, which is not specified. Events
 * that a handler adds to the bucket, or delays by less than a bucket, are handled in the same drain.
 */
export class Calendar {
  /** Width of a bucket, ms. */
  readonly bucketMs: number;
  #base = 0;
  #size = 0;
  /** Number of the next bucket to be drained, or of the one being drained. */
  #current = 0;
  #draining = false;
  #sweeping = false;

  readonly #buckets: number;
  readonly #perMs: number;
  /** First and last chunk of each bucket, and the word after its last record: a multiple of CHUNK means no room. */
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  readonly #end: Int32Array;

  #pool: Int32Array;
  /** The chunk after this one in its bucket, or among the free ones. */
  #next: Int32Array;
  #free = NONE;
  #used = 0;

  /** Allocates the memory. Throws if the records do not fit into one calendar. */
  constructor(plan: CalendarPlan) {
    this.bucketMs = plan.bucketMs ?? 250;
    // Slightly above the reciprocal: whole multiples never round down to the bucket before; exact below 2^40 ms.
    this.#perMs = (1 + 1 / 0x100_0000_0000) / this.bucketMs;
    let buckets = 4;
    while (buckets * this.bucketMs < plan.horizonMs + 2 * this.bucketMs) buckets *= 2;
    this.#buckets = buckets;
    // One chain more than there are buckets: for the records that a sweep moves.
    this.#head = new Int32Array(buckets + 1).fill(NONE);
    this.#tail = new Int32Array(buckets + 1).fill(NONE);
    this.#end = new Int32Array(buckets + 1);
    const chunks = Math.ceil((plan.capacity * WORDS) / CHUNK) + Math.min(buckets, plan.capacity) + 4;
    assert(chunks <= CHUNKS_MOST, () => `a calendar for ${String(plan.capacity)} records; use several`);
    this.#pool = new Int32Array(chunks * CHUNK);
    this.#next = new Int32Array(chunks);
  }

  /** Number of pending records. */
  get size(): number {
    return this.#size;
  }

  /** Time of a due of 0, ms since the run began. A drain moves it on about every 12 days and adjusts the dues in records. */
  get base(): number {
    return this.#base;
  }

  /** Start of the bucket that `drain` handles next, or is handling; ms since the run began. */
  get at(): number {
    return this.#base + this.#current * this.bucketMs;
  }

  /** Memory of records and chains in bytes. */
  get bytes(): number {
    return this.#pool.byteLength + this.#next.byteLength + 3 * this.#head.byteLength;
  }

  /** Adds a record that is due `due` ms after the base; a past due is handled in the next drain. */
  add(index: number, due: number, third: number, fourth: number): void {
    this.#size += 1;
    this.#put(this.#sweeping ? this.#buckets : this.#place(due), index, due, third, fourth);
  }

  /** Handles all events of the current bucket and moves on to the next. Returns the number of events. */
  drain(handler: Handler): number {
    if (this.#current * this.bucketMs >= LONGEST) this.#rebase();
    this.#draining = true;
    const head = this.#head;
    const tail = this.#tail;
    const end = this.#end;
    // Types are said here, and a record's words are bare numbers below, as an exported name is looked up for each event.
    const current = this.#current | 0;
    const reach = this.#buckets | 0;
    const perMs = Number(this.#perMs);
    const bucket = current & (reach - 1);
    const after = (current + 1) * this.bucketMs;
    let fired = 0;
    let retired = 0;
    for (let chunk = head[bucket]!; chunk !== NONE; chunk = head[bucket]!) {
      const last = tail[bucket]!;
      const lastEnd = end[bucket]!;
      head[bucket] = NONE;
      tail[bucket] = NONE;
      end[bucket] = 0;
      for (;;) {
        // If the pool is replaced meanwhile, the old one still holds this chunk.
        const pool = this.#pool;
        const start = chunk * CHUNK;
        const stop = chunk === last ? lastEnd : start + CHUNK;
        for (let at = start; at < stop; at += WORDS) {
          let due = pool[at + 1]!;
          if (due < after) {
            const delay = handler.fire(pool, at);
            fired += 1;
            // One comparison for both rare cases: zero and less wrap around to a huge number.
            if ((delay - 1) >>> 0 >= LONGEST) {
              assertRetired(delay);
              retired += 1;
              continue;
            }
            due = (due + delay) | 0;
          }
          let place = (due * perMs) | 0;
          if ((place - current) >>> 0 >= reach) place = this.#place(due);
          place &= reach - 1;
          let to = end[place]!;
          if ((to & IN_CHUNK) === 0) to = this.#extend(place);
          end[place] = to + WORDS;
          const target = this.#pool;
          target[to] = pool[at]!;
          target[to + 1] = due;
          target[to + 2] = pool[at + 2]!;
          target[to + 3] = pool[at + 3]!;
        }
        const following = this.#next[chunk]!;
        this.#release(chunk);
        if (chunk === last) break;
        chunk = following;
      }
    }
    this.#size -= retired;
    this.#current = current + 1;
    this.#draining = false;
    return fired;
  }

  /**
   * Visits every pending record once, at about 12 ns a record however few change. Records added meanwhile are not
   * visited. Throws if called within a drain or a sweep.
   */
  sweep(visitor: Visitor): void {
    assert(!this.#draining && !this.#sweeping, () => "a sweep from within a drain or a sweep");
    this.#sweeping = true;
    for (let bucket = 0; bucket < this.#buckets; bucket++)
      if (this.#head[bucket] !== NONE) this.#visit(bucket, visitor);
    this.#sweeping = false;
    this.#disperse();
  }

  /** Calls `look` for every pending record; it must not change, add or keep anything. */
  each(look: (pool: Int32Array, at: number) => void): void {
    const pool = this.#pool;
    for (let bucket = 0; bucket < this.#buckets; bucket++) {
      const last = this.#tail[bucket]!;
      for (let chunk = this.#head[bucket]!; chunk !== NONE; chunk = chunk === last ? NONE : this.#next[chunk]!) {
        const stop = chunk === last ? this.#end[bucket]! : (chunk + 1) * CHUNK;
        for (let at = chunk * CHUNK; at < stop; at += WORDS) look(pool, at);
      }
    }
  }

  /** Visits one bucket: kept records move up to close the gaps, records with a new due are put aside. */
  #visit(bucket: number, visitor: Visitor): void {
    const last = this.#tail[bucket]!;
    const lastEnd = this.#end[bucket]!;
    let keepChunk = this.#head[bucket]!;
    let keep = keepChunk * CHUNK;
    let kept = NONE;
    for (let chunk = keepChunk; ; chunk = this.#next[chunk]!) {
      const stop = chunk === last ? lastEnd : (chunk + 1) * CHUNK;
      for (let at = chunk * CHUNK; at < stop; at += WORDS) {
        let pool = this.#pool;
        const due = pool[at + DUE]!;
        const stays = visitor.visit(pool, at);
        if (!stays) {
          this.#size -= 1;
        } else if (pool[at + DUE] !== due) {
          this.#put(this.#buckets, pool[at + INDEX]!, pool[at + DUE]!, pool[at + THIRD]!, pool[at + FOURTH]!);
        } else {
          if (kept !== NONE && (keep & IN_CHUNK) === 0) {
            keepChunk = this.#next[keepChunk]!;
            keep = keepChunk * CHUNK;
          }
          // The visitor may have added records, and so replaced the pool, after writing to the one it was given.
          const source = pool;
          pool = this.#pool;
          if (keep !== at || pool !== source) {
            for (let word = 0; word < WORDS; word++) pool[keep + word] = source[at + word]!;
          }
          keep += WORDS;
          kept = keepChunk;
        }
      }
      if (chunk === last) break;
    }
    for (let chunk = kept === NONE ? this.#head[bucket]! : this.#next[kept]!; kept !== last;) {
      const following = this.#next[chunk]!;
      this.#release(chunk);
      if (chunk === last) break;
      chunk = following;
    }
    if (kept === NONE) this.#head[bucket] = NONE;
    else this.#next[kept] = NONE;
    this.#tail[bucket] = kept;
    this.#end[bucket] = kept === NONE ? 0 : keep;
  }

  /** Puts the records that a sweep put aside into the buckets of their new dues. */
  #disperse(): void {
    const aside = this.#buckets;
    const last = this.#tail[aside]!;
    const lastEnd = this.#end[aside]!;
    for (let chunk = this.#head[aside]!; chunk !== NONE;) {
      const stop = chunk === last ? lastEnd : (chunk + 1) * CHUNK;
      for (let at = chunk * CHUNK; at < stop; at += WORDS) {
        const pool = this.#pool;
        const due = pool[at + DUE]!;
        this.#put(this.#place(due), pool[at + INDEX]!, due, pool[at + THIRD]!, pool[at + FOURTH]!);
      }
      const following = chunk === last ? NONE : this.#next[chunk]!;
      this.#release(chunk);
      chunk = following;
    }
    this.#head[aside] = NONE;
    this.#tail[aside] = NONE;
    this.#end[aside] = 0;
  }

  /** Returns the bucket of a due: the current one if it is past; the last one, to be placed again, if it is far. */
  #place(due: number): number {
    assert(due === (due | 0), () => `due ${String(due)} is not whole ms of 31 bits over the base`);
    const bucket = Math.floor(due * this.#perMs);
    const nearest = this.#current;
    const farthest = nearest + this.#buckets - 1;
    return (bucket < nearest ? nearest : bucket > farthest ? farthest : bucket) & (this.#buckets - 1);
  }

  #put(bucket: number, index: number, due: number, third: number, fourth: number): void {
    let to = this.#end[bucket]!;
    if ((to & IN_CHUNK) === 0) to = this.#extend(bucket);
    this.#end[bucket] = to + WORDS;
    const pool = this.#pool;
    pool[to + INDEX] = index;
    pool[to + DUE] = due;
    pool[to + THIRD] = third;
    pool[to + FOURTH] = fourth;
  }

  /** Appends a free chunk to a bucket's chain; returns its first word. */
  #extend(bucket: number): number {
    let chunk = this.#free;
    if (chunk !== NONE) {
      this.#free = this.#next[chunk]!;
    } else {
      if (this.#used === this.#next.length) this.#grow();
      chunk = this.#used++;
    }
    this.#next[chunk] = NONE;
    const tail = this.#tail[bucket]!;
    if (tail === NONE) this.#head[bucket] = chunk;
    else this.#next[tail] = chunk;
    this.#tail[bucket] = chunk;
    return chunk * CHUNK;
  }

  /** Frees a chunk. Last in, first out: the chunk written next is still in the processor's cache. */
  #release(chunk: number): void {
    this.#next[chunk] = this.#free;
    this.#free = chunk;
  }

  #grow(): void {
    const chunks = Math.min(CHUNKS_MOST, Math.ceil(this.#next.length * 1.25) + 16);
    assert(chunks > this.#next.length, () => `${String(this.#size)} records in one calendar; use several`);
    const pool = new Int32Array(chunks * CHUNK);
    pool.set(this.#pool);
    this.#pool = pool;
    const next = new Int32Array(chunks);
    next.set(this.#next);
    this.#next = next;
  }

  /** Moves the base on by whole rounds of the buckets, so that every record stays in its bucket. */
  #rebase(): void {
    const rounds = Math.floor(this.#current / this.#buckets);
    const shift = rounds * this.#buckets * this.bucketMs;
    const pool = this.#pool;
    const words = this.#used * CHUNK;
    for (let at = DUE; at < words; at += WORDS) pool[at] = pool[at]! - shift;
    this.#base += shift;
    this.#current -= rounds * this.#buckets;
  }
}

/** A function of its own, so that the drain does not build a message. */
const assertRetired = (delay: number): void => {
  assert(delay <= 0, () => `a delay of ${String(delay)} ms, beyond 12 days`);
};
