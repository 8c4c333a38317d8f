/**
 * How memory fades: by half in a half-life, so a round leaves a fixed part of it.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Duration } from "../../base/units.ts";

/** Longer gaps are rare; their parts are worked out when they are asked for. */
const PREPARED = 128;

export class Fading {
  readonly #logKeep: number;
  /** What is left after 0, 1, 2 … rounds: asked for thousands of times a round. */
  readonly #left: readonly number[];

  constructor(round: Duration, halfLife: Duration) {
    this.#logKeep = (-Math.LN2 * round) / halfLife;
    this.#left = Array.from({ length: PREPARED }, (_, rounds) => Math.exp(this.#logKeep * rounds));
  }

  /** The part that is left after some rounds. */
  left(rounds: number): number {
    return this.#left[rounds] ?? Math.exp(this.#logKeep * rounds);
  }
}
