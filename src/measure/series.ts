/**
 * Time series of sums: steps of equal length from the beginning of a run. Whole amounts add up exactly, in any order.
 */
import { assert } from "../base/assert.ts";
import type { Duration, Instant } from "../base/units.ts";

/** A sum for each step; 0 for a step to which nothing was added. */
export class Series {
  /** Length of a step. */
  readonly step: Duration;
  #sums = new Float64Array(0);
  #length = 0;

  /** Starts empty. Throws if the step is not positive. */
  constructor(step: Duration) {
    assert(step > 0, () => `a series with a step of ${String(step)} µs`);
    this.step = step;
  }

  /** Number of steps up to the last one to which something was added. */
  get length(): number {
    return this.#length;
  }

  /** Adds an amount to the step of an instant. */
  add(time: Instant, amount: number): void {
    this.#addTo(Math.floor(time / this.step), amount);
  }

  /** Returns the sum of the step that begins at `index * step`. */
  at(index: number): number {
    return this.#sums[index] ?? 0;
  }

  /** Adds another series. Throws if its step differs. */
  merge(other: Series): void {
    assert(this.step === other.step, () => `series of ${String(this.step)} and ${String(other.step)} µs`);
    for (let index = other.#length - 1; index >= 0; index--) this.#addTo(index, other.#sums[index]!);
  }

  #addTo(index: number, amount: number): void {
    if (index >= this.#sums.length) {
      const sums = new Float64Array(Math.max(64, 2 * this.#sums.length, index + 1));
      sums.set(this.#sums);
      this.#sums = sums;
    }
    this.#sums[index]! += amount;
    if (index >= this.#length) this.#length = index + 1;
  }
}
