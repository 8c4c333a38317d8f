/**
 * Login times by cell: a histogram and the number of late logins for each window, count and total time for each minute.
 * Every thread records its own people; the records are added up at the end of the run.
 */
import { type Duration, type Instant, minutes } from "../../base/units.ts";
import type { ThreadGroup } from "../../engine/thread-group.ts";
import type { Counter } from "../../measure/counter.ts";
import type { Histogram } from "../../measure/histogram.ts";
import { Histograms } from "../../measure/histograms.ts";
import type { Columns, Labels, Ledger } from "../../measure/ledger.ts";
import { Sheet } from "../../measure/sheet.ts";
import type { LoginNotes } from "../../world/population/logins.ts";
import { inWindow } from "./book.ts";
import { SUCCESS_LIMIT_MS } from "./limits.ts";

interface Span {
  readonly name: string;
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
  /** Times in ms by cell and by the edge at which the interval begins; those that were cut off, or the run's end, apart. */
  readonly #ended: Histograms;
  readonly #cut: Histograms;
  /** In the same order: people whose login took longer than `SUCCESS_LIMIT_MS`. */
  readonly #late: Float64Array;
  /** People whose login the end of the run cut off before that limit. */
  readonly #undecided: Float64Array;

  constructor(cells: number, spans: readonly Span[], step: Duration = minutes(1)) {
    this.#spans = spans;
    this.#edges = [...new Set(spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
    const size = cells * this.#edges.length;
    this.#ended = new Histograms(size);
    this.#cut = new Histograms(size);
    this.#late = new Float64Array(size);
    this.#undecided = new Float64Array(size);
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
    (isCut ? this.#cut : this.#ended).add(at, tookMs, people);
    if (tookMs > SUCCESS_LIMIT_MS) this.#late[at]! += people;
  }

  /** Returns the place of a cell and the interval between two edges that the time lies in; undefined outside all windows. */
  #placeOf(cell: number, startedMs: number): number | undefined {
    const edges = this.#edges;
    let edge = edges.length - 1;
    while (edge >= 0 && startedMs < edges[edge]!) edge -= 1;
    return edge < 0 ? undefined : cell * edges.length + edge;
  }

  /** Files the logins of each window in a ledger, by cell. */
  fileIn({ histograms, counters }: Ledger, labels: readonly Labels[]): void {
    for (const { name, fromMs, toMs } of this.#spans) {
      const edges = [...this.#edges.keys()].filter((edge) => this.#edges[edge]! >= fromMs && this.#edges[edge]! < toMs);
      const columns = <Total>(add: (total: Total, place: number) => void): Columns<Total> => ({
        labels,
        addTo: (total, cells) => {
          for (const cell of cells) for (const edge of edges) add(total, cell * this.#edges.length + edge);
        },
      });
      const times = (all: Histograms): Columns<Histogram> => columns((total, place) => all.addTo(total, place));
      const counts = (all: Float64Array): Columns<Counter> => columns((total, place) => total.add(all[place]));
      histograms.file(inWindow("login.time", name), times(this.#ended));
      histograms.file(inWindow("login.cut", name), times(this.#cut));
      counters.file(inWindow("login.late", name), counts(this.#late));
      counters.file(inWindow("login.undecided", name), counts(this.#undecided));
    }
  }

  /** Adds up the records of all threads in each of them. */
  gather(threads: ThreadGroup): void {
    if (threads.size === 1) return;
    const gather = (own: { numbers: Float64Array }, add: (numbers: Float64Array) => void): void => {
      threads.allGather(own.numbers).forEach((numbers, thread) => {
        if (thread !== threads.index) add(numbers);
      });
    };
    for (const sheet of [this.count, this.sum]) gather(sheet, (numbers) => sheet.add(numbers));
    for (const times of [this.#ended, this.#cut]) gather(times, (numbers) => times.merge(numbers));
    for (const counts of [this.#late, this.#undecided])
      gather({ numbers: counts }, (numbers) => {
        for (let at = 0; at < counts.length; at++) counts[at]! += numbers[at]!;
      });
  }
}
