/**
 * The threads of one run. Each thread runs everything except people, of whom it has its own share. What people do to
 * shared state is summed in whole numbers, and all threads exchange their sums when they synchronise, at the end of a
 * parallel part or later when a total is read. So everything else is the same in every thread, and the same as with one
 * thread.
 *
 * A thread that is alone writes to the totals at once and never waits.
 */
import { assert } from "../base/assert.ts";
import { Barrier } from "./barrier.ts";
import { Tally, type TallyPlan } from "./tally.ts";

/** The memory that the threads of a group share. */
export interface Table {
  /** Memory of the barrier. */
  readonly barrier: SharedArrayBuffer;
  /** A buffer of doubles for each thread, written by its owner and read by all. */
  readonly boxes: readonly SharedArrayBuffer[];
}

/** Doubles of a buffer: what is exchanged after a bucket of a large run. More takes several rounds. Chosen. */
const BOX = 1 << 18;
/** A buffer begins with the count of its numbers and whether more are to come. */
const COUNT = 0;
const IS_MORE = 1;
const FIRST = 2;

/** Returns shared memory for a number of threads, with buffers of `box` doubles. */
export const tableFor = (size: number, box = BOX): Table => ({
  barrier: Barrier.memory(),
  boxes: Array.from({ length: size }, () => new SharedArrayBuffer((FIRST + box) * Float64Array.BYTES_PER_ELEMENT)),
});

/** The membership of one thread in a group. */
export interface Seat {
  /** The group's memory. */
  readonly table: Table;
  /** The thread's number in the group, from 0. */
  readonly place: number;
}

/** One thread's view of its group. */
export class Company {
  /** The thread's number, from 0. */
  readonly place: number;
  /** Number of threads. */
  readonly size: number;
  readonly #barrier: Barrier | undefined;
  readonly #boxes: readonly Float64Array[];
  /** Totals that are exchanged after every parallel part, and those that are exchanged only when one is read. */
  readonly #prompt: Tally[] = [];
  readonly #patient: Tally[] = [];
  /** True if there was a parallel part since the lazy totals were exchanged; the same in all threads. */
  #isNews = false;
  #isApart = false;

  /** Joins a group; without a membership the thread is alone. */
  constructor(seat?: Seat) {
    this.place = seat?.place ?? 0;
    this.#boxes = seat?.table.boxes.map((box) => new Float64Array(box)) ?? [];
    this.size = Math.max(1, this.#boxes.length);
    if (seat !== undefined && this.size > 1) this.#barrier = new Barrier(seat.table.barrier, this.size);
  }

  /** Returns totals that start with `values`. All threads must make the same totals in the same order. */
  tally(values: Float64Array, plan: TallyPlan = {}): Tally {
    const isAlone = this.#barrier === undefined;
    if (plan.isPatient !== true) {
      const tally = new Tally(values, isAlone, plan);
      this.#prompt.push(tally);
      return tally;
    }
    const tally = new Tally(values, isAlone, plan, () => this.#look());
    this.#patient.push(tally);
    return tally;
  }

  /**
   * Runs `act` on this thread's share of people, then synchronises: all threads exchange what they added. Throws if
   * nested.
   */
  apart(act: () => void): void {
    assert(!this.#isApart, () => "people act while people act");
    this.#isApart = true;
    act();
    this.#isApart = false;
    this.#isNews = true;
    this.#tell(this.#prompt);
  }

  /** Exchanges the lazy totals; all threads do so at the same point. Throws within a parallel part. */
  #look(): void {
    assert(!this.#isApart, () => "a look at totals while people act");
    if (!this.#isNews) return;
    this.#isNews = false;
    this.#tell(this.#patient);
  }

  /** Exchanges what all threads added to these totals. */
  #tell(tallies: readonly Tally[]): void {
    if (this.#barrier === undefined) return;
    let [tally, next] = [0, 0];
    this.#turns(
      (box, room) => {
        let at = 0;
        for (; tally < tallies.length; tally++, next = 0) {
          // A heading and at least one entry.
          if (room - at < 4) return { count: at, isMore: true };
          const heading = at;
          at += 2;
          const entries = tallies[tally]!.write(next, box.subarray(at, room));
          at += 2 * entries;
          box[heading] = tally;
          box[heading + 1] = entries;
          next += entries;
          if (tallies[tally]!.touched > next) return { count: at, isMore: true };
        }
        return { count: at, isMore: false };
      },
      (box) => {
        for (let at = 0; at < box.length;) {
          const entries = box[at + 1]!;
          tallies[box[at]!]!.read(box.subarray(at + 2, at + 2 + 2 * entries));
          at += 2 + 2 * entries;
        }
      },
    );
    for (const one of tallies) one.forget();
  }

  /** Returns the numbers of every thread, by thread number, in all threads. */
  gather(numbers: Float64Array): readonly Float64Array[] {
    if (this.#barrier === undefined) return [numbers];
    const all = this.#boxes.map((): Float64Array[] => []);
    let told = 0;
    this.#turns(
      (box, room) => {
        const part = numbers.subarray(told, told + room);
        box.set(part);
        told += part.length;
        return { count: part.length, isMore: told < numbers.length };
      },
      (box, place) => all[place]!.push(box.slice()),
    );
    return all.map((parts) => {
      const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        whole.set(part, at);
        at += part.length;
      }
      return whole;
    });
  }

  /** Lets all threads write their buffers and then read all of them, until none has more to write. */
  #turns(
    write: (box: Float64Array, room: number) => { readonly count: number; readonly isMore: boolean },
    read: (box: Float64Array, place: number) => void,
  ): void {
    const own = this.#boxes[this.place]!;
    let [isMine, isAnybodys] = [true, true];
    while (isAnybodys) {
      const { count, isMore } = isMine ? write(own.subarray(FIRST), own.length - FIRST) : { count: 0, isMore: false };
      assert(count <= own.length - FIRST, () => `${String(count)} numbers in a box of ${String(own.length)}`);
      own[COUNT] = count;
      own[IS_MORE] = isMore ? 1 : 0;
      isMine = isMore;
      this.#barrier!.wait();
      isAnybodys = false;
      for (let place = 0; place < this.#boxes.length; place++) {
        const box = this.#boxes[place]!;
        isAnybodys ||= box[IS_MORE] === 1;
        read(box.subarray(FIRST, FIRST + box[COUNT]!), place);
      }
      // No thread writes again before all have read.
      this.#barrier!.wait();
    }
  }
}
