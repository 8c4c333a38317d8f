/**
 * What happened to whom, for the few people somebody asked about. Millions go by unwritten: where nobody was
 * chosen the question costs one comparison.
 */
import type { Instant } from "../base/units.ts";

export interface TraceLine {
  readonly at: Instant;
  readonly cell: number;
  readonly index: number;
  /** What happened, in the operators' words. */
  readonly what: string;
}

export class Trace {
  readonly #lines: TraceLine[] = [];
  /** Cell → the indexes chosen in it. */
  readonly #chosen = new Map<number, Set<number>>();

  /** Chooses one person, by identity: a cell and the index in it. */
  choose(cell: number, index: number): void {
    const indexes = this.#chosen.get(cell);
    if (indexes === undefined) this.#chosen.set(cell, new Set([index]));
    else indexes.add(index);
  }

  /** Whether to go to the trouble of describing what happens to this person. Ask before building a text. */
  wants(cell: number, index: number): boolean {
    return this.#chosen.size > 0 && this.#chosen.get(cell)?.has(index) === true;
  }

  /** Notes what happened; kept only if the person was chosen. */
  note(line: TraceLine): void {
    if (this.wants(line.cell, line.index)) this.#lines.push(line);
  }

  /** By time; at equal times by cell and index, then as noted: the same however the phones of a bucket were handled. */
  get lines(): readonly TraceLine[] {
    return this.#lines.toSorted((a, b) => a.at - b.at || a.cell - b.cell || a.index - b.index);
  }
}
