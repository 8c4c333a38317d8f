/**
 * Exponential decay of what is remembered: a half-life turned into a factor per round.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Duration } from "../../base/units.ts";

/** Gaps up to this many rounds are looked up; longer ones are rare and computed. */
const PREPARED = 128;

/** The factors of one half-life. */
export class Decay {
  readonly #logKeep: number;
  /** Factors after 0, 1, 2 … rounds: asked for thousands of times a round. */
  readonly #factors: readonly number[];

  /** Prepares the factors for rounds of this length. */
  constructor(round: Duration, halfLife: Duration) {
    this.#logKeep = (-Math.LN2 * round) / halfLife;
    this.#factors = Array.from({ length: PREPARED }, (_, rounds) => Math.exp(this.#logKeep * rounds));
  }

  /** Returns the part in (0, 1] that is left after a number of rounds. */
  factor(rounds: number): number {
    return this.#factors[rounds] ?? Math.exp(this.#logKeep * rounds);
  }
}
