/**
 * Where threads wait for each other: nobody goes on before all have come. Whoever comes last wakes the others; who waits
 * for a moment only does not go to sleep for it.
 */

/** Words of the shared memory: who has come this time, how often all have, and whether one of them will never come again. */
const CAME = 0;
const TIMES = 1;
const LOST = 2;
const BYTES = 12;

/** Looks before a thread goes to sleep: some dozen microseconds, about what falling asleep and waking costs. Chosen. */
const LOOKS = 2_000;

const LOST_TEXT = "another thread of this run was lost";

/** Whether somebody was stopped only because another was lost. An error's class does not travel between threads, its text does. */
export const isLost = (error: unknown): boolean => error instanceof Error && error.message === LOST_TEXT;

export class Barrier {
  readonly #words: Int32Array;
  readonly #size: number;

  /** `size` threads share `memory`, which `Barrier.memory` made. */
  constructor(memory: SharedArrayBuffer, size: number) {
    this.#words = new Int32Array(memory);
    this.#size = size;
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(BYTES);
  }

  /** Returns when all threads have come. Throws when one is lost. */
  wait(): void {
    const words = this.#words;
    const times = Atomics.load(words, TIMES);
    if (Atomics.load(words, LOST) !== 0) throw new Error(LOST_TEXT);
    if (Atomics.add(words, CAME, 1) === this.#size - 1) {
      Atomics.store(words, CAME, 0);
      Atomics.add(words, TIMES, 1);
      Atomics.notify(words, TIMES);
    } else {
      for (let looks = 0; looks < LOOKS && Atomics.load(words, TIMES) === times; looks++);
      while (Atomics.load(words, TIMES) === times) Atomics.wait(words, TIMES, times);
    }
    if (Atomics.load(words, LOST) !== 0) throw new Error(LOST_TEXT);
  }

  /** One of the threads will not come again: whoever waits, or comes, is told. */
  abandon(): void {
    Atomics.store(this.#words, LOST, 1);
    Atomics.add(this.#words, TIMES, 1);
    Atomics.notify(this.#words, TIMES);
  }
}
