/**
 * An insert buffer of a calendar. Records added one by one to thousands of buckets would each miss the processor's
 * caches; held back until there are some for every bucket and then added bucket by bucket, they are written as
 * neighbours.
 */
import type { Calendar } from "./calendar.ts";

/** Records in the buffer: some dozens for each bucket of ten minutes, in 1.5 MiB. Chosen. */
const HELD = 65_536;
/** Buckets that are distinguished; farther ones share the last. Chosen. */
const TOLD = 4_096;

/** The insert buffer of one calendar. */
export class InsertBuffer {
  readonly #calendar: Calendar;
  readonly #index = new Int32Array(HELD);
  readonly #due = new Int32Array(HELD);
  readonly #third = new Int32Array(HELD);
  readonly #fourth = new Int32Array(HELD);
  readonly #order = new Int32Array(HELD);
  readonly #starts = new Int32Array(TOLD + 1);
  #count = 0;

  /** Starts empty. */
  constructor(calendar: Calendar) {
    this.#calendar = calendar;
  }

  /** Adds a record as `Calendar.add` does, for a due of at least 0; it is in the calendar after the next `flush`. */
  add(index: number, due: number, third: number, fourth: number): void {
    const at = this.#count;
    this.#index[at] = index;
    this.#due[at] = due;
    this.#third[at] = third;
    this.#fourth[at] = fourth;
    this.#count = at + 1;
    if (this.#count === HELD) this.flush();
  }

  /** Adds all buffered records to the calendar, by bucket: a counting sort. */
  flush(): void {
    const { bucketMs } = this.#calendar;
    const starts = this.#starts.fill(0);
    const bucketOf = (at: number): number => Math.min(TOLD - 1, Math.floor(this.#due[at]! / bucketMs));
    for (let at = 0; at < this.#count; at++) starts[bucketOf(at) + 1]! += 1;
    for (let bucket = 1; bucket <= TOLD; bucket++) starts[bucket]! += starts[bucket - 1]!;
    for (let at = 0; at < this.#count; at++) this.#order[starts[bucketOf(at)]!++] = at;
    for (let place = 0; place < this.#count; place++) {
      const at = this.#order[place]!;
      this.#calendar.add(this.#index[at]!, this.#due[at]!, this.#third[at]!, this.#fourth[at]!);
    }
    this.#count = 0;
  }
}
