/**
 * Which of several equal machines a caller asks. By its list: from a place of its own, and the next one when an attempt
 * has failed. At random. In turn. Or the least loaded of two picked at random, by the calls it is itself waiting for.
 * By names: whichever address the name gave when it was last asked, until the answer has aged, however often that
 * machine fails.
 * Met by: src/world/services/callers.ts
 */
import type { Duration, Instant } from "../../base/units.ts";

export type Balancing =
  | { readonly kind: "list" | "random" | "round-robin" | "least-loaded" }
  /** Names are asked again after this long. */
  | { readonly kind: "dns"; readonly ttl: Duration };

/** What a choice may depend on. */
export interface Choice {
  /** Two uniforms in [0, 1) of the caller, the same for all its calls: who it is. */
  readonly who: number;
  readonly phase: number;
  /** Two uniforms in [0, 1) of this attempt. */
  readonly u: number;
  readonly v: number;
  /** Attempts of this call before this one. */
  readonly attempt: number;
  /** Calls the caller has made before. */
  readonly turn: number;
}

/**
 * A machine of `count`, from 0. `waiting` tells how many answers of a machine the caller is waiting for; `isListed`,
 * whether names gave a machine's address at a time.
 */
export const choose = (
  balancing: Balancing,
  choice: Choice,
  {
    count,
    now,
    waiting,
    isListed,
  }: {
    readonly count: number;
    readonly now: Instant;
    readonly waiting: (machine: number) => number;
    readonly isListed: (machine: number, at: Instant) => boolean;
  },
): number => {
  const at = (u: number): number => Math.min(count - 1, Math.floor(u * count));
  switch (balancing.kind) {
    case "list":
      return (at(choice.who) + choice.attempt) % count;
    case "random":
      return at(choice.u);
    case "round-robin":
      return choice.turn % count;
    case "least-loaded": {
      const [one, other] = [at(choice.u), at(choice.v)];
      return waiting(other) < waiting(one) ? other : one;
    }
    case "dns": {
      const age = (now + choice.phase * balancing.ttl) % balancing.ttl;
      const asked = Math.max(0, now - age) as Instant;
      const first = at(choice.who);
      for (let step = 0; step < count; step++)
        if (isListed((first + step) % count, asked)) return (first + step) % count;
      return first;
    }
  }
};
