/**
 * Totals that all threads of a run add to. In a parallel part each thread counts its own additions separately; when the
 * threads synchronise they exchange them, and all have the same totals again. Lazy totals are exchanged only when they
 * are read. Amounts are whole numbers, so sums are exact in any order.
 */

/** How totals are combined and exchanged. */
export interface TallyPlan {
  /** Whether to keep the sum (the default) or the maximum. */
  readonly keeps?: "sum" | "most";
  /** True to exchange when the totals are read and not after every parallel part. */
  readonly isPatient?: boolean;
  /** Called with each index before it changes. */
  readonly hear?: (place: number) => void;
}

/** An array of totals. */
export class Tally {
  /** The totals as of the latest exchange; with one thread, the present ones. */
  readonly #values: Float64Array;
  readonly #isAlone: boolean;
  /** This thread's additions, or its maxima, since then; with one thread, the totals themselves. */
  readonly #own: Float64Array;
  readonly #isTouched: Uint8Array;
  #places: number[] = [];
  readonly #hear: ((place: number) => void) | undefined;
  readonly #keepsMost: boolean;
  readonly #look: (() => void) | undefined;

  /** Starts with `values`; `look` exchanges lazy totals. */
  constructor(values: Float64Array, isAlone: boolean, { hear, keeps }: TallyPlan = {}, look?: () => void) {
    this.#values = values;
    this.#isAlone = isAlone;
    this.#own = isAlone ? values : new Float64Array(values.length);
    this.#isTouched = new Uint8Array(isAlone ? 0 : values.length);
    this.#hear = hear;
    this.#keepsMost = keeps === "most";
    this.#look = look;
  }

  /**
   * The totals as of the latest exchange; with one thread, the present ones. Lazy totals are exchanged first: do not
   * keep the array.
   */
  get values(): Float64Array {
    this.look();
    return this.#values;
  }

  /** Exchanges lazy totals; does nothing for others. */
  look(): void {
    this.#look?.();
  }

  /** Adds a whole amount, which may be negative, to a sum. */
  add(place: number, amount: number): void {
    if (!this.#isAlone && this.#isTouched[place] === 0) this.#touch(place);
    this.#own[place]! += amount;
  }

  /** Raises a maximum to `value`, which is at least 0, if it is larger. */
  raise(place: number, value: number): void {
    if (value <= this.#values[place]! || value <= this.#own[place]!) return;
    if (!this.#isAlone && this.#isTouched[place] === 0) this.#touch(place);
    this.#own[place] = value;
  }

  /** Number of indices with additions that were not exchanged. */
  get touched(): number {
    return this.#places.length;
  }

  /**
   * Writes pairs of index and amount, from the `first` changed index on, as far as there is room. Returns the number of
   * pairs.
   */
  write(first: number, room: Float64Array): number {
    const entries = Math.min(this.#places.length - first, room.length >> 1);
    for (let entry = 0; entry < entries; entry++) {
      const place = this.#places[first + entry]!;
      room[2 * entry] = place;
      room[2 * entry + 1] = this.#own[place]!;
    }
    return entries;
  }

  /** Applies what a thread, this one or another, has written. */
  read(told: Float64Array): void {
    const values = this.#values;
    for (let at = 0; at < told.length; at += 2) {
      const place = told[at]!;
      const amount = told[at + 1]!;
      this.#hear?.(place);
      values[place] = this.#keepsMost ? Math.max(values[place]!, amount) : values[place]! + amount;
    }
  }

  /** Forgets this thread's additions, once all threads have applied them. */
  forget(): void {
    for (const place of this.#places) {
      this.#own[place] = 0;
      this.#isTouched[place] = 0;
    }
    this.#places = [];
  }

  #touch(place: number): void {
    this.#isTouched[place] = 1;
    this.#places.push(place);
  }
}
