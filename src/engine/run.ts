/**
 * Sorts one bucket of the agenda, keeping the order of equals: dealt into fine cells by time (one pass to count,
 * one to place), then put right by insertion, which is nearly free where few share a cell. Should all crowd into
 * few cells after all, merging takes over, so that no pattern of times is slow.
 */

/** A chain of chunks of events, the last one partly filled. */
export interface Chain {
  readonly head: number;
  readonly count: number;
  /** Events a chunk. */
  readonly chunk: number;
  readonly next: Int32Array;
  readonly times: Float64Array;
  readonly payloads: Uint32Array;
}

/** The stretch of time that all events of the chain lie in. */
export interface Stretch {
  readonly start: number;
  readonly width: number;
}

const MOST_CELLS = 65_536;
const cells = new Int32Array(MOST_CELLS + 1);

/** Writes the chain's events in order to the front of `times` and `payloads`. */
export const sortRun = (chain: Chain, stretch: Stretch, times: Float64Array, payloads: Uint32Array): void => {
  const { count, chunk: room, next } = chain;
  const from = chain.times;
  const what = chain.payloads;
  const start = stretch.start;
  let most = 1;
  while (most < MOST_CELLS && 4 * most < count) most *= 2;
  const perTime = most / stretch.width;
  const last = most - 1;
  cells.fill(0, 0, most + 1);
  for (let chunk = chain.head, left = count; left > 0; chunk = next[chunk]!, left -= room) {
    const stop = chunk * room + Math.min(left, room);
    for (let at = chunk * room; at < stop; at++) {
      const cell = ((from[at]! - start) * perTime) | 0;
      cells[(cell > last ? last : cell) + 1]! += 1;
    }
  }
  for (let cell = 1; cell <= most; cell++) cells[cell]! += cells[cell - 1]!;
  for (let chunk = chain.head, left = count; left > 0; chunk = next[chunk]!, left -= room) {
    const stop = chunk * room + Math.min(left, room);
    for (let at = chunk * room; at < stop; at++) {
      const time = from[at]!;
      const cell = ((time - start) * perTime) | 0;
      const place = cells[cell > last ? last : cell]!++;
      times[place] = time;
      payloads[place] = what[at]!;
    }
  }
  if (!insertionSort(times, payloads, count)) mergeSort(times, payloads, count);
};

/** Gives up (false) when neighbours turn out to be far from their places; what it did until then keeps equals in order. */
const insertionSort = (times: Float64Array, payloads: Uint32Array, count: number): boolean => {
  let patience = 16 * count;
  for (let i = 1; i < count; i++) {
    const time = times[i]!;
    let place = i;
    if (times[place - 1]! <= time) continue;
    const payload = payloads[i]!;
    do {
      times[place] = times[place - 1]!;
      payloads[place] = payloads[place - 1]!;
      place -= 1;
    } while (place > 0 && times[place - 1]! > time);
    times[place] = time;
    payloads[place] = payload;
    patience -= i - place;
    if (patience < 0) return false;
  }
  return true;
};

const mergeSort = (times: Float64Array, payloads: Uint32Array, count: number): void => {
  const sortedTimes = new Float64Array(count);
  const sortedPayloads = new Uint32Array(count);
  for (let width = 1; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      const middle = Math.min(start + width, count);
      const end = Math.min(start + 2 * width, count);
      for (let to = start, left = start, right = middle; to < end; to++) {
        const fromLeft = left < middle && (right >= end || times[left]! <= times[right]!);
        const from = fromLeft ? left++ : right++;
        sortedTimes[to] = times[from]!;
        sortedPayloads[to] = payloads[from]!;
      }
    }
    times.set(sortedTimes);
    payloads.set(sortedPayloads);
  }
};
