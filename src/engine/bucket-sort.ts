/**
 * Sorts one bucket of the agenda, stably: a counting sort into fine cells by time, then an insertion sort, which is
 * nearly free where few events share a cell. If many share a few cells, a merge sort takes over, so that no pattern of
 * times is slow. An event is two numbers side by side: its time and its payload.
 */

/** A chain of chunks of events, the last one partly filled. */
export interface ChunkChain {
  /** First chunk. */
  readonly head: number;
  /** Events in the chain. */
  readonly count: number;
  /** Events of a chunk. */
  readonly chunk: number;
  /** The chunk after each chunk. */
  readonly next: Int32Array;
  /** All chunks' events. */
  readonly pool: Float64Array;
}

/** The time span of a bucket. */
export interface TimeSpan {
  /** Its start. */
  readonly start: number;
  /** Its width. */
  readonly width: number;
}

const EVENT = 2;
const MOST_CELLS = 65_536;
const cells = new Int32Array(MOST_CELLS + 1);

/** Writes the chain's events, sorted, to the front of `sorted`. */
export const sortBucket = (chain: ChunkChain, { start, width }: TimeSpan, sorted: Float64Array): void => {
  const { pool, next } = chain;
  const numbers = EVENT * chain.count;
  const room = EVENT * chain.chunk;
  let most = 1;
  while (most < MOST_CELLS && most < chain.count) most *= 2;
  const perTime = most / width;
  const last = most - 1;
  cells.fill(0, 0, most + 1);
  for (let chunk = chain.head, left = numbers; left > 0; chunk = next[chunk]!, left -= room) {
    const stop = chunk * room + Math.min(left, room);
    for (let at = chunk * room; at < stop; at += EVENT) {
      const cell = ((pool[at]! - start) * perTime) | 0;
      cells[(cell > last ? last : cell) + 1]! += EVENT;
    }
  }
  for (let cell = 1, sum = 0; cell <= most; cell++) cells[cell] = sum += cells[cell]!;
  for (let chunk = chain.head, left = numbers; left > 0; chunk = next[chunk]!, left -= room) {
    const stop = chunk * room + Math.min(left, room);
    for (let at = chunk * room; at < stop; at += EVENT) {
      const time = pool[at]!;
      const cell = ((time - start) * perTime) | 0;
      const slot = cell > last ? last : cell;
      const place = cells[slot]!;
      cells[slot] = place + EVENT;
      sorted[place] = time;
      sorted[place + 1] = pool[at + 1]!;
    }
  }
  if (!insertionSort(sorted, numbers)) mergeSort(sorted, numbers);
};

/** Sorts by insertion. Returns false, with the order of equal times kept, if events are too far from their places. */
const insertionSort = (events: Float64Array, numbers: number): boolean => {
  let patience = 16 * numbers;
  let before = -Infinity;
  for (let i = 0; i < numbers; i += EVENT) {
    const time = events[i]!;
    if (before <= time) {
      before = time;
      continue;
    }
    const payload = events[i + 1]!;
    let place = i;
    do {
      events[place] = events[place - EVENT]!;
      events[place + 1] = events[place - EVENT + 1]!;
      place -= EVENT;
    } while (place > 0 && events[place - EVENT]! > time);
    events[place] = time;
    events[place + 1] = payload;
    patience -= i - place;
    if (patience < 0) return false;
  }
  return true;
};

const mergeSort = (events: Float64Array, numbers: number): void => {
  const sorted = new Float64Array(numbers);
  for (let width = EVENT; width < numbers; width *= 2) {
    for (let start = 0; start < numbers; start += 2 * width) {
      const middle = Math.min(start + width, numbers);
      const end = Math.min(start + 2 * width, numbers);
      for (let to = start, left = start, right = middle; to < end; to += EVENT) {
        const fromLeft = left < middle && (right >= end || events[left]! <= events[right]!);
        const from = fromLeft ? left : right;
        if (fromLeft) left += EVENT;
        else right += EVENT;
        sorted[to] = events[from]!;
        sorted[to + 1] = events[from + 1]!;
      }
    }
    events.set(sorted);
  }
};
