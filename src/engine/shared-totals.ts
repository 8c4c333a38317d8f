/**
 * Totals that all threads of a run add to. In a parallel part each thread counts its own additions separately; when the
 * threads synchronise they exchange them, and all have the same totals again. Lazy totals are exchanged only when they
 * are read. Amounts are whole numbers, so sums are exact in any order.
 */

/** How totals are combined and exchanged. */
export interface SharedTotalsPlan {
  /** Whether to keep the sum (the default) or the maximum. */
  readonly combine?: "sum" | "max";
  /** True to exchange when the totals are read and not after every parallel part. */
  readonly isLazy?: boolean;
  /** Called with each index before it changes. */
  readonly beforeChange?: (index: number) => void;
}

/** An array of totals. */
export class SharedTotals {
  /** The totals as of the latest exchange; with one thread, the present ones. */
  readonly #values: Float64Array;
  readonly #isAlone: boolean;
  /** This thread's additions, or its maxima, since then; with one thread, the totals themselves. */
  readonly #own: Float64Array;
  readonly #isPending: Uint8Array;
  #indices: number[] = [];
  readonly #beforeChange: ((index: number) => void) | undefined;
  readonly #keepsMax: boolean;
  readonly #synchronise: (() => void) | undefined;

  /** Starts with `values`; `synchronise` exchanges lazy totals. */
  constructor(
    values: Float64Array,
    isAlone: boolean,
    { beforeChange, combine }: SharedTotalsPlan = {},
    synchronise?: () => void,
  ) {
    this.#values = values;
    this.#isAlone = isAlone;
    this.#own = isAlone ? values : new Float64Array(values.length);
    this.#isPending = new Uint8Array(isAlone ? 0 : values.length);
    this.#beforeChange = beforeChange;
    this.#keepsMax = combine === "max";
    this.#synchronise = synchronise;
  }

  /**
   * The totals as of the latest exchange; with one thread, the present ones. Lazy totals are exchanged first: do not
   * keep the array.
   */
  get values(): Float64Array {
    this.synchronise();
    return this.#values;
  }

  /** Exchanges lazy totals; does nothing for others. */
  synchronise(): void {
    this.#synchronise?.();
  }

  /** Adds a whole amount, which may be negative, to a sum. */
  add(index: number, amount: number): void {
    if (!this.#isAlone && this.#isPending[index] === 0) this.#markPending(index);
    this.#own[index]! += amount;
  }

  /** Raises a maximum to `value`, which is at least 0, if it is larger. */
  raise(index: number, value: number): void {
    if (value <= this.#values[index]! || value <= this.#own[index]!) return;
    if (!this.#isAlone && this.#isPending[index] === 0) this.#markPending(index);
    this.#own[index] = value;
  }

  /** Number of indices with additions that were not exchanged. */
  get pending(): number {
    return this.#indices.length;
  }

  /**
   * Writes pairs of index and amount, from the `first` changed index on, as far as there is room. Returns the number of
   * pairs.
   */
  writePending(first: number, room: Float64Array): number {
    const entries = Math.min(this.#indices.length - first, room.length >> 1);
    for (let entry = 0; entry < entries; entry++) {
      const index = this.#indices[first + entry]!;
      room[2 * entry] = index;
      room[2 * entry + 1] = this.#own[index]!;
    }
    return entries;
  }

  /** Applies what a thread, this one or another, has written. */
  apply(sent: Float64Array): void {
    const values = this.#values;
    for (let at = 0; at < sent.length; at += 2) {
      const index = sent[at]!;
      const amount = sent[at + 1]!;
      this.#beforeChange?.(index);
      values[index] = this.#keepsMax ? Math.max(values[index]!, amount) : values[index]! + amount;
    }
  }

  /** Forgets this thread's additions, once all threads have applied them. */
  clearPending(): void {
    for (const index of this.#indices) {
      this.#own[index] = 0;
      this.#isPending[index] = 0;
    }
    this.#indices = [];
  }

  #markPending(index: number): void {
    this.#isPending[index] = 1;
    this.#indices.push(index);
  }
}
