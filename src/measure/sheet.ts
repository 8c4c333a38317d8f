/**
 * A number for each of many, step by step: a row a step, so that writing one is a single walk through memory where as
 * many series would each be somewhere else.
 */
import type { Duration, Instant } from "../base/units.ts";
import type { Series } from "./series.ts";

export class Sheet {
  readonly #width: number;
  readonly #step: Duration;
  readonly #rows: Float64Array[] = [];

  constructor(width: number, step: Duration) {
    this.#width = width;
    this.#step = step;
  }

  /** The row of the step that an instant lies in: a number for each, to be written in place. */
  row(time: Instant): Float64Array {
    const index = Math.floor(time / this.#step);
    while (this.#rows.length <= index) this.#rows.push(new Float64Array(this.#width));
    return this.#rows[index]!;
  }

  /** All rows one after another, for `add` elsewhere. */
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

  /** Adds one of the many, step by step, to a series. */
  addTo(series: Series, column: number): void {
    this.#rows.forEach((row, index) => {
      series.add((index * this.#step) as Instant, row[column]!);
    });
  }
}
