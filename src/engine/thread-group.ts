/**
 * The threads of one run. Each thread runs its own share of people and all of everything else. What people do to shared
 * state is summed in whole numbers, and all threads exchange their sums when they synchronise, at the end of a
 * parallel part or later when a total is read. So everything else is the same in every thread, and the same as with one
 * thread.
 *
 * A thread that is alone writes to the totals at once and never waits.
 */
import { assert } from "../base/assert.ts";
import { Barrier } from "./barrier.ts";
import { SharedTotals, type SharedTotalsPlan } from "./shared-totals.ts";

/** The memory that the threads of a group share. */
export interface GroupMemory {
  /** Memory of the barrier. */
  readonly barrier: SharedArrayBuffer;
  /** A buffer of doubles for each thread, written by its owner and read by all. */
  readonly buffers: readonly SharedArrayBuffer[];
}

/** Doubles of a buffer: what is exchanged after a bucket of a large run. More takes several rounds. Chosen. */
const CAPACITY = 1 << 18;
/** A buffer begins with the count of its numbers and whether more are to come. */
const COUNT = 0;
const IS_MORE = 1;
const FIRST = 2;

/** Returns shared memory for a number of threads, with buffers of `capacity` doubles. */
export const groupMemory = (size: number, capacity = CAPACITY): GroupMemory => ({
  barrier: Barrier.memory(),
  buffers: Array.from(
    { length: size },
    () => new SharedArrayBuffer((FIRST + capacity) * Float64Array.BYTES_PER_ELEMENT),
  ),
});

/** The membership of one thread in a group. */
export interface GroupMembership {
  /** The group's memory. */
  readonly memory: GroupMemory;
  /** The thread's number in the group, from 0. */
  readonly index: number;
}

/** One thread's view of its group. */
export class ThreadGroup {
  /** The thread's number, from 0. */
  readonly index: number;
  /** Number of threads. */
  readonly size: number;
  readonly #barrier: Barrier | undefined;
  readonly #buffers: readonly Float64Array[];
  /** Totals that are exchanged after every parallel part, and those that are exchanged only when one is read. */
  readonly #eager: SharedTotals[] = [];
  readonly #lazy: SharedTotals[] = [];
  /** True if there was a parallel part since the lazy totals were exchanged; the same in all threads. */
  #isLazyStale = false;
  #isParallel = false;

  /** Joins a group; without a membership the thread is alone. */
  constructor(membership?: GroupMembership) {
    this.index = membership?.index ?? 0;
    this.#buffers = membership?.memory.buffers.map((buffer) => new Float64Array(buffer)) ?? [];
    this.size = Math.max(1, this.#buffers.length);
    if (membership !== undefined && this.size > 1) this.#barrier = new Barrier(membership.memory.barrier, this.size);
  }

  /** Returns totals that start with `values`. All threads must make the same totals in the same order. */
  totals(values: Float64Array, plan: SharedTotalsPlan = {}): SharedTotals {
    const isAlone = this.#barrier === undefined;
    if (plan.isLazy !== true) {
      const total = new SharedTotals(values, isAlone, plan);
      this.#eager.push(total);
      return total;
    }
    const total = new SharedTotals(values, isAlone, plan, () => this.#exchangeLazy());
    this.#lazy.push(total);
    return total;
  }

  /**
   * Runs `act` on this thread's share of people, then synchronises: all threads exchange what they added. Throws if
   * nested.
   */
  runParallel(act: () => void): void {
    assert(!this.#isParallel, () => "a parallel part within a parallel part");
    this.#isParallel = true;
    act();
    this.#isParallel = false;
    this.#isLazyStale = true;
    this.#exchange(this.#eager);
  }

  /** Exchanges the lazy totals; all threads do so at the same point. Throws within a parallel part. */
  #exchangeLazy(): void {
    assert(!this.#isParallel, () => "lazy totals are read in a parallel part");
    if (!this.#isLazyStale) return;
    this.#isLazyStale = false;
    this.#exchange(this.#lazy);
  }

  /** Exchanges what all threads added to these totals. */
  #exchange(all: readonly SharedTotals[]): void {
    if (this.#barrier === undefined) return;
    let [total, next] = [0, 0];
    this.#exchangeInRounds(
      (buffer, room) => {
        let at = 0;
        for (; total < all.length; total++, next = 0) {
          // A heading and at least one entry.
          if (room - at < 4) return { count: at, isMore: true };
          const heading = at;
          at += 2;
          const entries = all[total]!.writePending(next, buffer.subarray(at, room));
          at += 2 * entries;
          buffer[heading] = total;
          buffer[heading + 1] = entries;
          next += entries;
          if (all[total]!.pending > next) return { count: at, isMore: true };
        }
        return { count: at, isMore: false };
      },
      (buffer) => {
        for (let at = 0; at < buffer.length;) {
          const entries = buffer[at + 1]!;
          all[buffer[at]!]!.apply(buffer.subarray(at + 2, at + 2 + 2 * entries));
          at += 2 + 2 * entries;
        }
      },
    );
    for (const one of all) one.clearPending();
  }

  /** Returns the numbers of every thread, by thread number, in all threads. */
  allGather(numbers: Float64Array): readonly Float64Array[] {
    if (this.#barrier === undefined) return [numbers];
    const all = this.#buffers.map((): Float64Array[] => []);
    let sent = 0;
    this.#exchangeInRounds(
      (buffer, room) => {
        const part = numbers.subarray(sent, sent + room);
        buffer.set(part);
        sent += part.length;
        return { count: part.length, isMore: sent < numbers.length };
      },
      (buffer, index) => all[index]!.push(buffer.slice()),
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
  #exchangeInRounds(
    write: (buffer: Float64Array, room: number) => { readonly count: number; readonly isMore: boolean },
    read: (buffer: Float64Array, index: number) => void,
  ): void {
    const own = this.#buffers[this.index]!;
    let [isMineLeft, isAnyLeft] = [true, true];
    while (isAnyLeft) {
      const { count, isMore } = isMineLeft
        ? write(own.subarray(FIRST), own.length - FIRST)
        : { count: 0, isMore: false };
      assert(count <= own.length - FIRST, () => `${String(count)} numbers in a buffer of ${String(own.length)}`);
      own[COUNT] = count;
      own[IS_MORE] = isMore ? 1 : 0;
      isMineLeft = isMore;
      this.#barrier!.wait();
      isAnyLeft = false;
      for (let index = 0; index < this.#buffers.length; index++) {
        const buffer = this.#buffers[index]!;
        isAnyLeft ||= buffer[IS_MORE] === 1;
        read(buffer.subarray(FIRST, FIRST + buffer[COUNT]!), index);
      }
      // No thread writes again before all have read.
      this.#barrier!.wait();
    }
  }
}
