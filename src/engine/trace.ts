/** A trace of what happened to a few chosen people. For all others it costs one comparison. */
import type { Instant } from "../base/units.ts";

/** One event of a traced person. */
export interface TraceLine {
  /** When it happened. */
  readonly at: Instant;
  /** The person's cell. */
  readonly cell: number;
  /** The person's index in the cell. */
  readonly index: number;
  /** What happened, in operators' words. */
  readonly what: string;
}

/** The trace of one run. */
export class Trace {
  readonly #lines: TraceLine[] = [];
  /** Indexes chosen in each cell. */
  readonly #chosen = new Map<number, Set<number>>();

  /** Chooses a person by identity: a cell and the index in it. */
  choose(cell: number, index: number): void {
    const indexes = this.#chosen.get(cell);
    if (indexes === undefined) this.#chosen.set(cell, new Set([index]));
    else indexes.add(index);
  }

  /** True if the person was chosen. Ask before building a text. */
  wants(cell: number, index: number): boolean {
    return this.#chosen.size > 0 && this.#chosen.get(cell)?.has(index) === true;
  }

  /** Adds a line if the person was chosen. */
  note(line: TraceLine): void {
    if (this.wants(line.cell, line.index)) this.#lines.push(line);
  }

  /**
   * The lines by time, then by cell and index, then as added: independent of the order in which a bucket was handled.
   */
  get lines(): readonly TraceLine[] {
    return this.#lines.toSorted((a, b) => a.at - b.at || a.cell - b.cell || a.index - b.index);
  }
}
