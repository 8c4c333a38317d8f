/**
 * Totals that the threads of a run add to. While people act, each thread counts what its own do apart; when the threads meet
 * it tells the others, and all have the same totals again. What nobody looks at for a while can wait until somebody does.
 * Amounts are whole numbers, so sums are exact in any order.
 */
export interface TallyPlan {
  /** Sums, or the most that anybody saw. */
  readonly keeps?: "sum" | "most";
  /** Told when somebody looks, and not at every meeting. */
  readonly isPatient?: boolean;
  /** Told of each place before anything is added there. */
  readonly hear?: (place: number) => void;
}

export class Tally {
  /** As of the latest telling; with one thread, of now. */
  readonly #values: Float64Array;
  readonly #isAlone: boolean;
  /** Since then, by this thread: what was added or the most that was seen, and where; alone, the totals themselves. */
  readonly #own: Float64Array;
  readonly #isTouched: Uint8Array;
  #places: number[] = [];
  readonly #hear: ((place: number) => void) | undefined;
  readonly #keepsMost: boolean;
  readonly #look: (() => void) | undefined;

  /** `look` has all threads told of it. */
  constructor(values: Float64Array, isAlone: boolean, { hear, keeps }: TallyPlan = {}, look?: () => void) {
    this.#values = values;
    this.#isAlone = isAlone;
    this.#own = isAlone ? values : new Float64Array(values.length);
    this.#isTouched = new Uint8Array(isAlone ? 0 : values.length);
    this.#hear = hear;
    this.#keepsMost = keeps === "most";
    this.#look = look;
  }

  /** As of the latest meeting; with one thread, of now. A patient one is told when it is asked for them: they are not to be kept. */
  get values(): Float64Array {
    this.look();
    return this.#values;
  }

  /** Has a patient one told. */
  look(): void {
    this.#look?.();
  }

  /** Adds a whole amount, which may be negative. */
  add(place: number, amount: number): void {
    if (!this.#isAlone && this.#isTouched[place] === 0) this.#touch(place);
    this.#own[place]! += amount;
  }

  /** Keeps the larger of what is there and `value`, which is at least 0: of a tally that keeps the most. */
  raise(place: number, value: number): void {
    if (value <= this.#values[place]! || value <= this.#own[place]!) return;
    if (!this.#isAlone && this.#isTouched[place] === 0) this.#touch(place);
    this.#own[place] = value;
  }

  /** How many places were added to since the latest telling. */
  get touched(): number {
    return this.#places.length;
  }

  /** Writes places and amounts in turn from the `first` touched one on, as many as there is room for; answers how many. */
  write(first: number, room: Float64Array): number {
    const entries = Math.min(this.#places.length - first, room.length >> 1);
    for (let entry = 0; entry < entries; entry++) {
      const place = this.#places[first + entry]!;
      room[2 * entry] = place;
      room[2 * entry + 1] = this.#own[place]!;
    }
    return entries;
  }

  /** Takes in what a thread, this one or another, has written. */
  read(told: Float64Array): void {
    const values = this.#values;
    for (let at = 0; at < told.length; at += 2) {
      const place = told[at]!;
      const amount = told[at + 1]!;
      this.#hear?.(place);
      values[place] = this.#keepsMost ? Math.max(values[place]!, amount) : values[place]! + amount;
    }
  }

  /** All has been told: counts anew. */
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
