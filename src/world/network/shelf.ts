/**
 * Where tables of outcomes lie: in memory that all threads of a process may share, for an outcome is the same whoever works
 * it out. Whoever needs one first writes it down; should two do so at once, they write the same.
 */
import { assert } from "../../base/assert.ts";

/** Outcomes of one table: for each entry its times, its counts, and at last that it is there. */
export interface Leaf {
  readonly times: Float32Array;
  readonly counts: Uint16Array;
  readonly state: Uint8Array;
}

export interface LeafSize {
  readonly entries: number;
  /** Of each entry. */
  readonly times: number;
  readonly counts: number;
}

/** Tables that find room, 169 MB of them at the size of ours; memory is taken as they are written, and those beyond lie apart in each thread. Chosen. */
const LEAVES = 256;
/** Tables that there may be at all: more than `Transport` tells apart. */
const PLACES = 65_536;
const WORD = Int32Array.BYTES_PER_ELEMENT;

const bytesOf = ({ entries, times, counts }: LeafSize): number => {
  const bytes = entries * (times * Float32Array.BYTES_PER_ELEMENT + counts * Uint16Array.BYTES_PER_ELEMENT + 1);
  return Math.ceil(bytes / WORD) * WORD;
};

export class Shelf {
  readonly #size: LeafSize;
  readonly #memory: SharedArrayBuffer | undefined;
  /** How many leaves were given out, and by place which one it has, from 1. */
  readonly #places: Int32Array;

  /** Without memory that is shared, every leaf lies apart. */
  constructor(size: LeafSize, memory?: SharedArrayBuffer) {
    this.#size = size;
    this.#memory = memory;
    this.#places = new Int32Array(memory ?? new ArrayBuffer(WORD), 0, memory === undefined ? 1 : 1 + PLACES);
  }

  /** For all shelves of one kind of outcome. */
  static memory(size: LeafSize): SharedArrayBuffer {
    return new SharedArrayBuffer((1 + PLACES) * WORD + LEAVES * bytesOf(size));
  }

  /** The leaf of a table. */
  open(place: number): Leaf {
    const { entries, times, counts } = this.#size;
    const leaf = this.#memory === undefined ? 0 : this.#leafOf(place);
    const isShared = leaf > 0 && leaf <= LEAVES;
    const memory = isShared ? this.#memory! : new ArrayBuffer(bytesOf(this.#size));
    let at = isShared ? (1 + PLACES) * WORD + (leaf - 1) * bytesOf(this.#size) : 0;
    const timesHere = new Float32Array(memory, at, entries * times);
    const countsHere = new Uint16Array(memory, (at += timesHere.byteLength), entries * counts);
    const state = new Uint8Array(memory, at + countsHere.byteLength, entries);
    return { times: timesHere, counts: countsHere, state };
  }

  /** The same in all threads. */
  #leafOf(place: number): number {
    assert(place < PLACES, () => `table ${String(place)} of at most ${String(PLACES)}`);
    const places = this.#places;
    const known = Atomics.load(places, 1 + place);
    if (known !== 0) return known;
    const fresh = Atomics.add(places, 0, 1) + 1;
    const before = Atomics.compareExchange(places, 1 + place, 0, fresh);
    return before === 0 ? fresh : before;
  }
}
