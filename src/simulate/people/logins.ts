/**
 * How logins went: of each cell how long they took in each window, how many of them for too long, and how many began in each
 * minute. Every thread of a run notes those of its own people; when the run is over all that was noted is put together.
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

export class LoginBook implements LoginNotes {
  /** People who began in a minute by cell, and the ms that their logins took together. */
  readonly count: Sheet;
  readonly sum: Sheet;
  readonly #spans: readonly Span[];
  /** Every edge of a window, in order: a login is noted once, between two of them, in however many windows it lies. */
  readonly #edges: readonly number[];
  /** By cell and the edge before, for whoever began from there to the next. */
  readonly #times: (Histogram | undefined)[] = [];
  readonly #late: Float64Array;

  constructor(cells: number, spans: readonly Span[], step: Duration = minutes(1)) {
    this.#spans = spans;
    this.#edges = [...new Set(spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
    this.#late = new Float64Array(cells * this.#edges.length);
    this.count = new Sheet(cells, step);
    this.sum = new Sheet(cells, step);
  }

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

  /** How long logins of a cell that began in a window took, ms, and how many people's took too long; undefined when there were none. */
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

  /** All that was noted, as numbers that another thread can add to its own. */
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

  /** Adds what another thread noted. */
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
