/** Invariants, declared once: each one that is checked is also reported, under the same name. */
import type { InvariantResult } from "./findings.ts";

/** A statement that must hold at all times; `Look` is the state that a check sees. */
export interface Invariant<Look> {
  readonly name: string;
  /** Describes the breach, with its numbers; undefined while the invariant holds. NaN must count as a breach. */
  readonly breach: (look: Look) => string | undefined;
}

/** Checks a family of invariants repeatedly, and keeps the first breach of each. */
export class Invariants<Look> {
  readonly #invariants: readonly Invariant<Look>[];
  readonly #breaches = new Map<string, string>();

  constructor(invariants: readonly Invariant<Look>[]) {
    this.#invariants = invariants;
  }

  /** Checks all invariants. Returns all results so far, in the order of declaration. */
  check(look: Look): readonly InvariantResult[] {
    return this.#invariants.map(({ name, breach }) => {
      const now = breach(look);
      if (now !== undefined && !this.#breaches.has(name)) this.#breaches.set(name, now);
      const why = this.#breaches.get(name);
      return why === undefined ? { name, held: true } : { name, held: false, why };
    });
  }
}
