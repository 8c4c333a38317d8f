/**
 * Login times by cell: a histogram and the number of late logins for each window, count and total time for each minute.
 * Every thread records its own people; the records are added up at the end of the run.
 */
import { type Duration, type Instant, minutes } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import { Sheet } from "../../measure/sheet.ts";
import type { LoginNotes } from "../../world/population/logins.ts";
import { SUCCESS_LIMIT_MS } from "./limits.ts";

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Records logins by cell, window and minute. A login belongs to the time at which it began. */
export class LoginBook implements LoginNotes {
  /** Logins by cell and minute. */
  readonly count: Sheet;
  /** Total time of those logins by cell and minute, ms. */
  readonly sum: Sheet;
  readonly #spans: readonly Span[];
  /** The edges of all windows, ascending: a login is recorded once, in the interval between two edges. */
  readonly #edges: readonly number[];
  /** Times by cell and by the edge at which the interval begins. */
  readonly #times: (Histogram | undefined)[] = [];
  readonly #late: Float64Array;

  constructor(cells: number, spans: readonly Span[], step: Duration = minutes(1)) {
    this.#spans = spans;
    this.#edges = [...new Set(spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
    this.#late = new Float64Array(cells * this.#edges.length);
    this.count = new Sheet(cells, step);
    this.sum = new Sheet(cells, step);
  }

  /** Records the logins of `people` that began at `startedMs` and took `tookMs` each. */
  login(cell: number, startedMs: number, tookMs: number, people: number): void {
    const started = (startedMs * 1_000) as Instant;
    this.count.row(started)[cell]! += people;
    this.sum.row(started)[cell]! += people * tookMs;
    const edges = this.#edges;
    let edge = edges.length - 1;
    while (edge >= 0 && startedMs < edges[edge]!) edge -= 1;
    if (edge < 0) return;
    const at = cell * edges.length + edge;
    (this.#times[at] ??= new Histogram()).add(tookMs, people);
    if (tookMs > SUCCESS_LIMIT_MS) this.#late[at]! += people;
  }

  /** Returns the times, in ms, of a cell's logins that began in a window, and the number of late ones; undefined without logins. */
  timesOf(cell: number, span: number): { readonly times: Histogram; readonly late: number } | undefined {
    const { fromMs, toMs } = this.#spans[span]!;
    const times = new Histogram();
    let late = 0;
    this.#edges.forEach((edge, place) => {
      if (edge < fromMs || edge >= toMs) return;
      const at = cell * this.#edges.length + place;
      if (this.#times[at] !== undefined) times.merge(this.#times[at]);
      late += this.#late[at]!;
    });
    return times.count === 0 ? undefined : { times, late };
  }

  /** Returns the whole record as numbers, for `add` in another thread. */
  get numbers(): Float64Array {
    const histograms = this.#times.flatMap((times, at) =>
      times === undefined ? [] : [at, this.#late[at]!, ...times.numbers],
    );
    const [count, sum] = [this.count.numbers, this.sum.numbers];
    const all = new Float64Array(2 + count.length + sum.length + histograms.length);
    all[0] = count.length;
    all[1] = sum.length;
    all.set(count, 2);
    all.set(sum, 2 + count.length);
    all.set(histograms, 2 + count.length + sum.length);
    return all;
  }

  /** Adds the record of another thread, as its `numbers` gives it. */
  add(numbers: Float64Array): void {
    const [count, sum] = [numbers[0]!, numbers[1]!];
    this.count.add(numbers.subarray(2, 2 + count));
    this.sum.add(numbers.subarray(2 + count, 2 + count + sum));
    for (let next = 2 + count + sum; next < numbers.length;) {
      const at = numbers[next]!;
      this.#late[at]! += numbers[next + 1]!;
      const { histogram, length } = Histogram.from(numbers.subarray(next + 2));
      (this.#times[at] ??= new Histogram()).merge(histogram);
      next += 2 + length;
    }
  }
}
