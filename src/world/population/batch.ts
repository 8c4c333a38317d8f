/**
 * Reports that arrive in the same round, added up by path. Few of all paths are in one, so their counts lie close
 * together, in the order of the first report.
 */
import { RowMap } from "../../base/row-map.ts";

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
  #paths: number[] = [];
  /** By path: its place, plus one. */
  readonly #places = new RowMap(9);

  /** Returns where the counts of a path begin in `counts`. */
  at(path: number): number {
    const known = this.#places.get(path);
    if (known > 0) return (known - 1) * WIDTH;
    const place = this.#paths.push(path);
    this.#places.set(path, place);
    if (place * WIDTH > this.counts.length) {
      const larger = new Int32Array(2 * this.counts.length);
      larger.set(this.counts);
      this.counts = larger;
    }
    return (place - 1) * WIDTH;
  }

  /** Calls `look` for each path in the order of their numbers, with the place of its counts. */
  each(look: (path: number, at: number) => void): void {
    for (const path of new Int32Array(this.#paths).sort()) look(path, this.at(path));
  }

  /** Empties it, to be used again. */
  clear(): void {
    this.counts.fill(0, 0, this.#paths.length * WIDTH);
    this.#paths = [];
    this.#places.clear();
  }
}
