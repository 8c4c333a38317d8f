/**
 * The threads that live through one run together. Each runs all of it, but people: of them it has its own part. What people
 * do to anything that is not theirs is added up in whole numbers and told to all when the threads meet, or later, when all of them
 * look at it; so everything else goes the same way in every thread, and the same way as with one.
 *
 * Who is alone writes to the totals at once, and meets nobody.
 */
import { assert } from "../base/assert.ts";
import { Barrier } from "./barrier.ts";
import { Tally, type TallyPlan } from "./tally.ts";

/** What all threads of a run share. */
export interface Table {
  readonly barrier: SharedArrayBuffer;
  /** A box of doubles for each thread, written by its owner and read by all. */
  readonly boxes: readonly SharedArrayBuffer[];
}

/** Doubles in a box: what is told in a bucket of a large run. More is told in turns. Chosen. */
const BOX = 1 << 18;
/** A box begins with how much is in it, and whether there is more to come. */
const COUNT = 0;
const IS_MORE = 1;
const FIRST = 2;

/** A table for so many threads. */
export const tableFor = (size: number, box = BOX): Table => ({
  barrier: Barrier.memory(),
  boxes: Array.from({ length: size }, () => new SharedArrayBuffer((FIRST + box) * Float64Array.BYTES_PER_ELEMENT)),
});

export interface Seat {
  readonly table: Table;
  /** From 0. */
  readonly place: number;
}

export class Company {
  readonly place: number;
  readonly size: number;
  readonly #barrier: Barrier | undefined;
  readonly #boxes: readonly Float64Array[];
  /** Told at every meeting, and only when somebody looks. */
  readonly #prompt: Tally[] = [];
  readonly #patient: Tally[] = [];
  /** Whether there was a meeting since the patient were told; the same in all threads. */
  #isNews = false;
  #isApart = false;

  /** Without a seat, alone. */
  constructor(seat?: Seat) {
    this.place = seat?.place ?? 0;
    this.#boxes = seat?.table.boxes.map((box) => new Float64Array(box)) ?? [];
    this.size = Math.max(1, this.#boxes.length);
    if (seat !== undefined && this.size > 1) this.#barrier = new Barrier(seat.table.barrier, this.size);
  }

  /** Totals that every thread adds to, at first what is in `values`. All threads make the same tallies in the same order. */
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

  /** People act, each thread's own; then all meet and tell what they added. */
  apart(act: () => void): void {
    assert(!this.#isApart, () => "people act while people act");
    this.#isApart = true;
    act();
    this.#isApart = false;
    this.#isNews = true;
    this.#tell(this.#prompt);
  }

  /** Somebody looks at what is told only then: all threads do so at the same time. */
  #look(): void {
    assert(!this.#isApart, () => "a look at totals while people act");
    if (!this.#isNews) return;
    this.#isNews = false;
    this.#tell(this.#patient);
  }

  /** Tells all what this thread added to these, and hears what others did. */
  #tell(tallies: readonly Tally[]): void {
    if (this.#barrier === undefined) return;
    let [tally, next] = [0, 0];
    this.#turns(
      (box, room) => {
        let at = 0;
        for (; tally < tallies.length; tally++, next = 0) {
          // A heading, and at least one entry.
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

  /** Hands all threads the numbers of each, in the order of their places. */
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

  /** Boxes are written by all and then read by all, until nobody has more to tell. */
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
      // Nobody writes again before all have read.
      this.#barrier!.wait();
    }
  }
}
