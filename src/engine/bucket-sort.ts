/**
 * Sorts one bucket of the agenda, stably: a counting sort into fine cells by time, then an insertion sort, which is
 * nearly free where few events share a cell. If many share a few cells, a merge sort takes over, so that no pattern of
 * times is slow.
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
  /** Times of all chunks' events. */
  readonly times: Float64Array;
  /** Payloads of all chunks' events. */
  readonly payloads: Uint32Array;
}

/** The time span of a bucket. */
export interface TimeSpan {
  /** Its start. */
  readonly start: number;
  /** Its width. */
  readonly width: number;
}

const MOST_CELLS = 65_536;
const cells = new Int32Array(MOST_CELLS + 1);

/** Writes the chain's events, sorted, to the front of `times` and `payloads`. */
export const sortBucket = (chain: ChunkChain, stretch: TimeSpan, times: Float64Array, payloads: Uint32Array): void => {
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

/** Sorts by insertion. Returns false, with the order of equal times kept, if events are too far from their places. */
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
