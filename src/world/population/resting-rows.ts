/**
 * Which rows of this thread are at rest, a bit for each. All rows of a cell have their turn to become clients, so that nobody draws
 * the same again.
 */
import type { Population } from "./population.ts";

/** Ordinals kept free for the events of a client between two times at rest. Chosen. */
const ORDINALS = 64;

export class RestingRows {
  readonly #population: Population;
  readonly #bits: Int32Array;
  /** By cell: the row to become a client next, and how often all have had their turn. */
  readonly #next: Float64Array;
  readonly #rounds: Float64Array;

  constructor(population: Population) {
    this.#population = population;
    this.#bits = new Int32Array((population.rowsHere >>> 5) + 1);
    this.#next = Float64Array.from(population.first);
    this.#rounds = new Float64Array(population.cells.length);
  }

  /** Lays a row to rest. */
  add(row: number): void {
    this.#bits[row >>> 5]! |= 1 << (row & 31);
  }

  /** Lays all rows of a cell to rest. */
  addAll(cell: number): void {
    const { first, end, firstRow } = this.#population;
    for (let index = first[cell]!; index < end[cell]!; index++) this.add(firstRow[cell]! + index);
  }

  /** Returns the index of the next row at rest of a cell, which is so no more. There must be one. */
  take(cell: number): number {
    const { first, end, firstRow } = this.#population;
    for (let index = this.#next[cell]!; ; index++) {
      if (index === end[cell]) {
        index = first[cell]!;
        this.nextRound(cell);
      }
      const row = firstRow[cell]! + index;
      const bits = this.#bits[row >>> 5]!;
      const bit = 1 << (row & 31);
      if ((bits & bit) === 0) continue;
      this.#bits[row >>> 5] = bits ^ bit;
      this.#next[cell] = index + 1;
      return index;
    }
  }

  /** Returns the ordinal that a client begins with: above those that it had before. */
  ordinal(cell: number): number {
    return (ORDINALS * this.#rounds[cell]!) & 0xffff;
  }

  /** Begins another round, whose clients have other ordinals. */
  nextRound(cell: number): void {
    this.#rounds[cell]! += 1;
  }
}
