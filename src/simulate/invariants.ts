/** What must be true at all times, declared once: an invariant that is checked is also reported, under the same name. */
import type { InvariantResult } from "./findings.ts";

export interface Invariant<Look> {
  readonly name: string;
  /** Returns what breaks it, with the numbers; undefined while it holds. A number that is not one must break it. */
  readonly breach: (look: Look) => string | undefined;
}

/** Looks at one family of invariants again and again, and keeps the first breach of each. */
export class Invariants<Look> {
  readonly #invariants: readonly Invariant<Look>[];
  readonly #breaches = new Map<string, string>();

  constructor(invariants: readonly Invariant<Look>[]) {
    this.#invariants = invariants;
  }

  /** Checks all of them. Returns what is known by now, in the order of their declaration. */
  check(look: Look): readonly InvariantResult[] {
    return this.#invariants.map(({ name, breach }) => {
      const now = breach(look);
      if (now !== undefined && !this.#breaches.has(name)) this.#breaches.set(name, now);
      const why = this.#breaches.get(name);
      return why === undefined ? { name, held: true } : { name, held: false, why };
    });
  }
}
