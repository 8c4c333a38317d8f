/**
 * Login times by cell: a histogram and the number of late logins for each window, count and total time for each minute.
 * Every thread records its own people; the records are added up at the end of the run.
 */
import { type Duration, type Instant, minutes } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import { Sheet } from "../../measure/sheet.ts";
import type { LoginNotes } from "../../world/population/logins.ts";
import { noTimes, type Times } from "../samples.ts";
import { SUCCESS_LIMIT_MS } from "./limits.ts";

/** The logins of one cell that began in one window. */
export interface WindowLogins {
  /** Times in ms; those that were cut off at 60 s, or by the end of the run, apart. */
  readonly times: Times;
  /** People whose login took longer than `SUCCESS_LIMIT_MS`. */
  readonly late: number;
  /** People whose login the end of the run cut off before that limit. */
  readonly undecided: number;
}

const NONE = new Histogram();

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
  readonly #times: (Times | undefined)[] = [];
  readonly #late: Float64Array;
  readonly #undecided: Float64Array;

  constructor(cells: number, spans: readonly Span[], step: Duration = minutes(1)) {
    this.#spans = spans;
    this.#edges = [...new Set(spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
    this.#late = new Float64Array(cells * this.#edges.length);
    this.#undecided = new Float64Array(cells * this.#edges.length);
    this.count = new Sheet(cells, step);
    this.sum = new Sheet(cells, step);
  }

  /**
   * Records the logins of `people` that began at `startedMs` and took `tookMs` each; `isCut` if that is only the least they
   * take, because they were cut off there.
   */
  login(cell: number, startedMs: number, tookMs: number, people: number, isCut: boolean): void {
    const at = this.#placeOf(cell, startedMs);
    if (isCut && tookMs <= SUCCESS_LIMIT_MS) {
      if (at === undefined) return;
      this.#undecided[at]! += people;
    } else {
      const started = (startedMs * 1_000) as Instant;
      this.count.row(started)[cell]! += people;
      this.sum.row(started)[cell]! += people * tookMs;
    }
    if (at === undefined) return;
    const times = (this.#times[at] ??= noTimes());
    (isCut ? times.cut : times.ended).add(tookMs, people);
    if (tookMs > SUCCESS_LIMIT_MS) this.#late[at]! += people;
  }

  /** Returns the place of a cell and the interval between two edges that the time lies in; undefined outside all windows. */
  #placeOf(cell: number, startedMs: number): number | undefined {
    const edges = this.#edges;
    let edge = edges.length - 1;
    while (edge >= 0 && startedMs < edges[edge]!) edge -= 1;
    return edge < 0 ? undefined : cell * edges.length + edge;
  }

  /** Returns the logins of a cell that began in a window; undefined without any. */
  of(cell: number, span: number): WindowLogins | undefined {
    const { fromMs, toMs } = this.#spans[span]!;
    const times = noTimes();
    let [late, undecided] = [0, 0];
    this.#edges.forEach((edge, place) => {
      if (edge < fromMs || edge >= toMs) return;
      const at = cell * this.#edges.length + place;
      times.ended.merge(this.#times[at]?.ended ?? NONE);
      times.cut.merge(this.#times[at]?.cut ?? NONE);
      late += this.#late[at]!;
      undecided += this.#undecided[at]!;
    });
    return times.ended.count + times.cut.count === 0 ? undefined : { times, late, undecided };
  }

  /** Returns the whole record as numbers, for `add` in another thread. */
  get numbers(): Float64Array {
    const histograms = this.#times.flatMap((times, at) =>
      times === undefined
        ? []
        : [at, this.#late[at]!, this.#undecided[at]!, ...times.ended.numbers, ...times.cut.numbers],
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
      this.#undecided[at]! += numbers[next + 2]!;
      const times = (this.#times[at] ??= noTimes());
      next += 3;
      for (const own of [times.ended, times.cut]) {
        const { histogram, length } = Histogram.from(numbers.subarray(next));
        own.merge(histogram);
        next += length;
      }
    }
  }
}
