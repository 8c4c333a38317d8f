/**
 * A barrier: threads wait at it until all have arrived. The last one wakes the others. A thread that waits only for a
 * moment spins and does not sleep.
 */

/** Words of the shared memory: threads that have arrived, completed rounds, and whether a thread is lost. */
const ARRIVED = 0;
const ROUNDS = 1;
const LOST = 2;
const BYTES = 12;

/** Spins before a thread sleeps: some dozen microseconds, about the cost of sleeping and waking. Chosen. */
const SPINS = 2_000;

const LOST_TEXT = "another thread of this run was lost";

/**
 * True for the error of a thread stopped because another was lost. Between threads an error keeps its text, not its
 * class.
 */
export const isLost = (error: unknown): boolean => error instanceof Error && error.message === LOST_TEXT;

/** A barrier for the threads of one group. */
export class Barrier {
  readonly #words: Int32Array;
  readonly #size: number;

  /** Joins `size` threads over shared memory made by `Barrier.memory`. */
  constructor(memory: SharedArrayBuffer, size: number) {
    this.#words = new Int32Array(memory);
    this.#size = size;
  }

  /** Returns shared memory for a barrier. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(BYTES);
  }

  /** Waits until all threads have arrived. Throws if one is lost. */
  wait(): void {
    const words = this.#words;
    const rounds = Atomics.load(words, ROUNDS);
    if (Atomics.load(words, LOST) !== 0) throw new Error(LOST_TEXT);
    if (Atomics.add(words, ARRIVED, 1) === this.#size - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, ROUNDS, 1);
      Atomics.notify(words, ROUNDS);
    } else {
      for (let spins = 0; spins < SPINS && Atomics.load(words, ROUNDS) === rounds; spins++);
      while (Atomics.load(words, ROUNDS) === rounds) Atomics.wait(words, ROUNDS, rounds);
    }
    if (Atomics.load(words, LOST) !== 0) throw new Error(LOST_TEXT);
  }

  /** Marks a thread as lost: threads that wait now or later throw. */
  abandon(): void {
    Atomics.store(this.#words, LOST, 1);
    Atomics.add(this.#words, ROUNDS, 1);
    Atomics.notify(this.#words, ROUNDS);
  }
}
