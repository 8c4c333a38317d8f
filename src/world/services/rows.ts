/**
 * A pool of records, each a row of one cache line in one block of memory: of a hundred thousand records under way at once, an
 * object each, with its numbers elsewhere, would miss the cache several times at every touch. Rows are named by their slots.
 * They are read and written in place: a method for each field would be more than the compiler is willing to inline. Who uses a
 * field takes it into a constant of its own module, since the compiler reads imported ones anew each time.
 */

/** Sizes of a row: in numbers, of which only the first four are used as such, and in words, which begin with the eighth. */
export const SIZES = { ROW: 8, WORDS: 16 } as const;
const { ROW } = SIZES;

/** Fields of a call and of a request. */
export const SHARED = {
  /** Number: priority level; lower ones are more important. */
  LEVEL: 0,
  /** Number: when its result is of no more use; NEVER if it has, or carries, no deadline. */
  DEADLINE: 1,
  /** Word: number of its node in the task's call tree. */
  NODE: 8,
  /** Word: ordinal of the task at its entry. */
  TASK: 9,
  /** Word: machine of the request, or of the call's latest attempt. */
  MACHINE: 10,
} as const;

/** Fields of a call. */
export const CALL_FIELDS = {
  /** Number: when it started. */
  BEGAN: 2,
  /** Number: when its attempt is given up; NEVER if none is under way. */
  TIMEOUT_AT: 3,
  /** Word: slot of the request that made it; NONE for a user. */
  PARENT: 11,
  /** Word: attempts so far. */
  ATTEMPTS: 12,
  /** Word: slot of the request under way for it, or NONE. */
  REQUEST: 13,
} as const;

/** Fields of a request. */
export const REQUEST_FIELDS = {
  /** Number: a uniform in [0, 1) for admission control, until it arrives. */
  UNIFORM: 2,
  /** Number, in the place of the uniform: when it arrived at its machine. */
  ARRIVED: 2,
  /** Number: computing that it needs in all, us. */
  WORK: 3,
  /** Word: slot of its call; NONE once the caller has given up. */
  CALL: 11,
  /** Word: earlier attempts of the same call. */
  RETRIES: 12,
  /** Word: calls it has made. */
  CALLS_MADE: 13,
  /** Word: its turns on a core while its caller waited. */
  TURNS: 14,
  /** Word: what its reply says. */
  OUTCOME: 15,
} as const;

/** Rows of numbers and words; released ones are reused, the latest first. `take` may move all rows. */
export class Rows {
  /** All rows as numbers. */
  numbers = new Float64Array(64 * ROW);
  /** The same memory as words: signed integers of 32 bits. */
  words = new Int32Array(this.numbers.buffer);
  readonly #vacant: number[] = [];
  #used = 0;

  /** Returns the slot of a row whose numbers and words are to be set. */
  take(): number {
    const vacant = this.#vacant.pop();
    if (vacant !== undefined) return vacant;
    if (this.#used * ROW === this.numbers.length) this.#grow();
    return this.#used++;
  }

  /** Gives a row back; what it says can be read until another is taken. */
  release(slot: number): void {
    this.#vacant.push(slot);
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.numbers.length);
    larger.set(this.numbers);
    this.numbers = larger;
    this.words = new Int32Array(larger.buffer);
  }
}
