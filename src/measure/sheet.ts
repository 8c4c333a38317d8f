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

  /** Adds one of the many, step by step, to a series. */
  addTo(series: Series, column: number): void {
    this.#rows.forEach((row, index) => {
      series.add((index * this.#step) as Instant, row[column]!);
    });
  }
}
