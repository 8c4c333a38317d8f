/**
 * Memory for outcome tables that all threads of a process may share: an outcome does not depend on the thread that computes it. The
 * first thread that needs one stores it; two that do so at once store the same.
 */
import { assert } from "../../base/assert.ts";

/** Columns of one table, by entry. */
export interface TableColumns {
  /** Times of each entry. */
  readonly times: Float32Array;
  /** Counts of each entry. */
  readonly counts: Uint16Array;
  /** State of each entry, written last; 0 while it is empty. */
  readonly state: Uint8Array;
}

/** Size of a table. */
export interface TableSize {
  /** Entries of a table. */
  readonly entries: number;
  /** Times of each entry. */
  readonly times: number;
  /** Counts of each entry. */
  readonly counts: number;
}

/** Tables that are shared (169 MB of them at the present size, used as they are written); each thread holds further ones itself. Chosen. */
const SHARED_TABLES = 256;
/** Most tables: more than `Transport` distinguishes. */
const TABLES_MOST = 65_536;
const WORD = Int32Array.BYTES_PER_ELEMENT;

const bytesOf = ({ entries, times, counts }: TableSize): number => {
  const bytes = entries * (times * Float32Array.BYTES_PER_ELEMENT + counts * Uint16Array.BYTES_PER_ELEMENT + 1);
  return Math.ceil(bytes / WORD) * WORD;
};

/** Gives tables their columns, shared or of this thread. */
export class TableMemory {
  readonly #size: TableSize;
  readonly #memory: SharedArrayBuffer | undefined;
  /** The number of tables with columns, then by table its index among them, from 1. */
  readonly #indices: Int32Array;

  /** Without shared memory, this thread holds every table itself. */
  constructor(size: TableSize, memory?: SharedArrayBuffer) {
    this.#size = size;
    this.#memory = memory;
    this.#indices = new Int32Array(memory ?? new ArrayBuffer(WORD), 0, memory === undefined ? 1 : 1 + TABLES_MOST);
  }

  /** Allocates memory for all tables of one size. */
  static allocate(size: TableSize): SharedArrayBuffer {
    return new SharedArrayBuffer((1 + TABLES_MOST) * WORD + SHARED_TABLES * bytesOf(size));
  }

  /** Returns the columns of a table. */
  columns(place: number): TableColumns {
    const { entries, times, counts } = this.#size;
    const index = this.#memory === undefined ? 0 : this.#sharedIndex(place);
    const isShared = index > 0 && index <= SHARED_TABLES;
    const memory = isShared ? this.#memory! : new ArrayBuffer(bytesOf(this.#size));
    let at = isShared ? (1 + TABLES_MOST) * WORD + (index - 1) * bytesOf(this.#size) : 0;
    const timesHere = new Float32Array(memory, at, entries * times);
    const countsHere = new Uint16Array(memory, (at += timesHere.byteLength), entries * counts);
    const state = new Uint8Array(memory, at + countsHere.byteLength, entries);
    return { times: timesHere, counts: countsHere, state };
  }

  /** Returns the index of a table's columns, the same in all threads. */
  #sharedIndex(place: number): number {
    assert(place < TABLES_MOST, () => `table ${String(place)} of at most ${String(TABLES_MOST)}`);
    const places = this.#indices;
    const known = Atomics.load(places, 1 + place);
    if (known !== 0) return known;
    const fresh = Atomics.add(places, 0, 1) + 1;
    const before = Atomics.compareExchange(places, 1 + place, 0, fresh);
    return before === 0 ? fresh : before;
  }
}
