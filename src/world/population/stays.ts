/**
 * Stays: how long people remain logged in before they leave of their own accord. A stay has no memory: it is exponential in
 * continuous time, so that a surge shortens it by its factor even to less than an interval between two heartbeats.
 */
import { CHANCE_ONE, fractionOf } from "../../base/chance.ts";

/** Draws when connected people leave. */
export class Stays {
  readonly #usualMs: number;
  /** By cell: times as many people as usual that leave to log in anew. */
  readonly #surge: Float64Array;

  constructor(usualMs: number, surge: Float64Array) {
    this.#usualMs = usualMs;
    this.#surge = surge;
  }

  /** Returns the mean stay of a cell's people now, ms. */
  meanMs(cell: number): number {
    return this.#usualMs / this.#surge[cell]!;
  }

  /** True if a cell's people leave no more often than usual. */
  isUsualAt(cell: number): boolean {
    return this.#surge[cell] === 1;
  }

  /**
   * Returns after how many ms a connected client leaves, from a 32-bit word: at least 1, and less than `withinMs`; -1 if it does
   * not leave so soon. Independent of how long it has been there.
   */
  leavesAfterMs(cell: number, word: number, withinMs: number): number {
    const meanMs = this.meanMs(cell);
    // The chance is less than its exponent: nearly all draws end here.
    if (word * meanMs >= withinMs * CHANCE_ONE) return -1;
    const afterMs = Math.max(1, Math.round(afterMsOf(fractionOf(word), meanMs)));
    return afterMs < withinMs ? afterMs : -1;
  }

  /** True if a client that leaves is one of those who would without a surge too, and pause; from a 32-bit word. */
  isUsual(cell: number, word: number): boolean {
    return fractionOf(word) * this.#surge[cell]! < 1;
  }
}

/** Returns the exponential time with this mean that a share `u` in [0, 1) does not reach. */
export const afterMsOf = (u: number, meanMs: number): number => -Math.log(1 - u) * meanMs;
