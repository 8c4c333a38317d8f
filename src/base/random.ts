/**
 * Random numbers without state.
 *
 * A draw is a pure function of (seed, purpose, who, n): it does not depend on the order in which the simulation asks.
 * Two runs that differ only in the scheduling algorithm see the same packet lost for the same user, so their difference
 * is the algorithm. `who` is a stable identity of two words (a cell and an index in it, never a row number); `n` is an
 * ordinal, never a clock time.
 *
 * The mixing is pcg4d (Jarzynski and Olano, "Hash functions for GPU rendering", JCGT 9(3), 2020): four words in, four
 * out. Keys of 32 bits would repeat at 180 million people.
 */
import seedrandom from "seedrandom";
import { fractionOf } from "./chance.ts";

/** The draws for one purpose; name the purpose after what a draw decides. */
export class Draws {
  /** The four words of the latest `at`, each in [0, 2^32). Read them before the next call. */
  readonly out = new Uint32Array(4);
  readonly #k0: number;
  readonly #k1: number;
  readonly #k2: number;
  /** The fourth word of the input: the key alone. Read as an integer, else its sums would be of doubles. */
  readonly #w: number;

  /** Derives the keys from a seed and a purpose. */
  constructor(seed: string, purpose: string) {
    const expand = seedrandom(`${seed}\u0000${purpose}`);
    this.#k0 = expand.int32();
    this.#k1 = expand.int32();
    this.#k2 = expand.int32();
    this.#w = (Math.imul(expand.int32(), 1664525) + 1013904223) | 0;
  }

  /** Fills `out` for an identity and an ordinal; returns its first word. */
  at(cell: number, index: number, n: number): number {
    let x = (Math.imul(cell ^ this.#k0, 1664525) + 1013904223) | 0;
    let y = (Math.imul(index ^ this.#k1, 1664525) + 1013904223) | 0;
    let z = (Math.imul(n ^ this.#k2, 1664525) + 1013904223) | 0;
    let w = this.#w | 0;
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    x ^= x >>> 16;
    y ^= y >>> 16;
    z ^= z >>> 16;
    w ^= w >>> 16;
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    const out = this.out;
    out[0] = x;
    out[1] = y;
    out[2] = z;
    out[3] = w;
    return x >>> 0;
  }

  /** Fills the first two words of `out` as `at` does: faster, for the most frequent draws. */
  two(cell: number, index: number, n: number): void {
    let x = (Math.imul(cell ^ this.#k0, 1664525) + 1013904223) | 0;
    let y = (Math.imul(index ^ this.#k1, 1664525) + 1013904223) | 0;
    let z = (Math.imul(n ^ this.#k2, 1664525) + 1013904223) | 0;
    let w = this.#w | 0;
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    x ^= x >>> 16;
    y ^= y >>> 16;
    z ^= z >>> 16;
    w ^= w >>> 16;
    x = (x + Math.imul(y, w)) | 0;
    this.out[0] = x;
    this.out[1] = (y + Math.imul(z, x)) | 0;
  }

  /** Returns a uniform in [0, 1) with 32 bits. */
  uniform(cell: number, index: number, n: number): number {
    return fractionOf(this.at(cell, index, n));
  }
}

/** Returns a word of `Draws.out` as a uniform strictly between 0 and 1, safe for logarithms and quantiles. */
export const open = (word: number): number => fractionOf(word + 0.5);

/** Returns a stable 32-bit identity for a name, so that identities do not depend on row numbers. */
export const identity = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) | 0;
};

/**
 * A sequence of random numbers that starts from one keyed draw, for a process of unknown length such as a TCP flow: the
 * same key gives the same sequence (sfc32, C. Doty-Humphrey's PractRand).
 */
export class RandomStream {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Restarts from the four words of a keyed draw; returns itself. */
  from(words: Uint32Array): this {
    this.#a = words[0]! | 0;
    this.#b = words[1]! | 0;
    this.#c = words[2]! | 0;
    this.#counter = words[3]! | 1;
    for (let i = 0; i < 4; i++) this.next();
    return this;
  }

  /** Returns the next uniform, strictly between 0 and 1. */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return fractionOf((t >>> 0) + 0.5);
  }
}
