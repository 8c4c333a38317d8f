/**
 * How much in each minute: sums over steps of equal length from the beginning of a run. Steps that nothing
 * was added to are 0; whole amounts add up exactly, in any order.
 */
import { assert } from "../base/assert.ts";
import type { Duration, Instant } from "../base/units.ts";

export class Series {
  readonly step: Duration;
  #sums = new Float64Array(0);
  #length = 0;

  constructor(step: Duration) {
    assert(step > 0, () => `a series with a step of ${String(step)} µs`);
    this.step = step;
  }

  /** Steps up to the last one that something was added to. */
  get length(): number {
    return this.#length;
  }

  add(time: Instant, amount: number): void {
    this.#addTo(Math.floor(time / this.step), amount);
  }

  /** Sum of the step that begins at `index * step`; 0 where nothing happened. */
  at(index: number): number {
    return this.#sums[index] ?? 0;
  }

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
