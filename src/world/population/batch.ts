/**
 * Reports that arrive in the same round, added up by path. Few of all paths are in one, so their counts lie close
 * together, in the order of the first report.
 */

/** Counts of one path. */
export const SESSIONS = 0;
export const DEGRADED = 1;
export const PROBES = 2;
export const UNANSWERED = 3;
export const CONNECTS = 4;
export const FAILURES = 5;
const WIDTH = 6;

export class Batch {
  counts = new Int32Array(256 * WIDTH);
  #size = 0;
  /** By path: its place, plus one. */
  readonly #places: Int32Array;

  /** Makes room for paths numbered from 0 to before `paths`. */
  constructor(paths: number) {
    this.#places = new Int32Array(paths);
  }

  /** Returns where the counts of a path begin in `counts`. */
  at(path: number): number {
    const known = this.#places[path]!;
    if (known > 0) return (known - 1) * WIDTH;
    const place = ++this.#size;
    this.#places[path] = place;
    if (place * WIDTH > this.counts.length) {
      const larger = new Int32Array(2 * this.counts.length);
      larger.set(this.counts);
      this.counts = larger;
    }
    return (place - 1) * WIDTH;
  }

  /** Calls `look` for each path in the order of their numbers, with the place of its counts. */
  each(look: (path: number, at: number) => void): void {
    const places = this.#places;
    for (let path = 0; path < places.length; path++) if (places[path] !== 0) look(path, (places[path]! - 1) * WIDTH);
  }

  /** Empties it, to be used again. */
  clear(): void {
    this.counts.fill(0, 0, this.#size * WIDTH);
    this.#size = 0;
    this.#places.fill(0);
  }
}
