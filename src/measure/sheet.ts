/**
 * Many time series of the same step side by side: a row for each step and a column for each series, so that writing a
 * step is one pass through memory.
 */
import type { Duration, Instant } from "../base/units.ts";
import type { Series } from "./series.ts";

/** A table of sums: rows are steps, columns are series. */
export class Sheet {
  readonly #width: number;
  readonly #step: Duration;
  readonly #rows: Float64Array[] = [];

  /** Starts empty; `width` is the number of columns. */
  constructor(width: number, step: Duration) {
    this.#width = width;
    this.#step = step;
  }

  /** Returns the row of an instant's step, to be written in place. */
  row(time: Instant): Float64Array {
    const index = Math.floor(time / this.#step);
    while (this.#rows.length <= index) this.#rows.push(new Float64Array(this.#width));
    return this.#rows[index]!;
  }

  /** All rows one after another, for `add`. */
  get numbers(): Float64Array {
    const all = new Float64Array(this.#rows.length * this.#width);
    this.#rows.forEach((row, index) => {
      all.set(row, index * this.#width);
    });
    return all;
  }

  /** Adds the `numbers` of a sheet of the same width and step. */
  add(numbers: Float64Array): void {
    for (let at = 0; at < numbers.length; at++) {
      const row = this.row((Math.floor(at / this.#width) * this.#step) as Instant);
      row[at % this.#width]! += numbers[at]!;
    }
  }

  /** Adds the given columns to a series of the same step. */
  addTo(series: Series, columns: readonly number[]): void {
    this.#rows.forEach((row, index) => {
      let sum = 0;
      for (const column of columns) sum += row[column]!;
      series.add((index * this.#step) as Instant, sum);
    });
  }
}
