/**
 * Shows the progress of a study on stderr: one line that is redrawn on a terminal; in a log a line at the start and at most one
 * per tenth; nothing with `--quiet`.
 */
import { printClock, printInterval, printNumber } from "../report/numbers.ts";
import type { Interval } from "../study/document.ts";
import { canRedraw } from "./terminal.ts";

/** The progress of a study at one moment. */
export interface Standing {
  /** Number of finished replications. */
  readonly finished: number;
  /** Number of planned replications. */
  readonly planned: number;
  /** Simulated seconds so far, over all replications and twins. */
  readonly seconds: number;
  /** Simulated seconds of all planned replications and twins. */
  readonly secondsPlanned: number;
  /** Simulated time of the most advanced running replication, in seconds; undefined if none is running. */
  readonly clock: number | undefined;
  /** Number of events so far. */
  readonly events: number;
  /** The first judged figure, if there is one. */
  readonly leading: { readonly name: string; readonly unit: string; readonly interval: Interval } | undefined;
}

/** Returns the line of progress, e.g. `replication 3 of 10 · 1:12:30 · 2.1 M events/s · 12 s left · loss 3.52 % [3.44, 3.60]`. */
export const describe = (standing: Standing, elapsedSeconds: number): string => {
  const { finished, planned, seconds, secondsPlanned, clock, events, leading } = standing;
  const parts = [`replication ${String(Math.min(planned, finished + 1))} of ${String(planned)}`];
  if (clock !== undefined) parts.push(printClock(Math.floor(clock)));
  if (elapsedSeconds > 0) parts.push(`${short(events / elapsedSeconds)} events/s`);
  if (seconds > 0) parts.push(`${span((elapsedSeconds * (secondsPlanned - seconds)) / seconds)} left`);
  if (leading !== undefined) parts.push(`${leading.name} ${printInterval(leading.interval, leading.unit)}`);
  return parts.join(" · ").replaceAll("\u00a0", " ");
};

const short = (count: number): string => {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e3 ? `${(count / 1e3).toFixed(0)} k` : printNumber(Math.round(count));
};

/** Returns a wall-clock duration as text: `12 s`, `3 min`, `1 h 20 min`. */
export const span = (seconds: number): string => {
  if (seconds < 90) return `${String(Math.max(0, Math.ceil(seconds)))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${String(minutes)} min` : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
};

const REDRAW_MS = 200;
/** Width of a terminal that does not report one. */
const USUAL_COLUMNS = 80;

/** Shows progress until it is stopped. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #standing: () => Standing;
  readonly #started = performance.now();
  readonly #redraws: boolean;
  readonly #timer: NodeJS.Timeout;
  #tenth = 0;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream, standing: () => Standing) {
    this.#stream = stream;
    this.#standing = standing;
    this.#redraws = canRedraw(stream);
    this.#timer = setInterval(() => this.#show(), REDRAW_MS);
    this.#timer.unref();
    if (this.#redraws) this.#show();
    else stream.write(`${describe(standing(), 0)}\n`);
  }

  /** Stops and clears the line. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#drawn) this.#stream.write("\r\u001b[K");
  }

  #show(): void {
    const standing = this.#standing();
    const text = describe(standing, (performance.now() - this.#started) / 1000);
    if (this.#redraws) {
      this.#stream.write(`\r\u001b[K${text.slice(0, (this.#stream.columns || USUAL_COLUMNS) - 1)}`);
      this.#drawn = true;
      return;
    }
    const tenth = Math.floor((10 * standing.seconds) / standing.secondsPlanned);
    if (tenth <= this.#tenth) return;
    this.#tenth = tenth;
    this.#stream.write(`${String(tenth * 10)} % · ${text}\n`);
  }
}
