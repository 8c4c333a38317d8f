/**
 * Load balancing by the caller over equal machines. `list`: from a place of its own in the list, and the next one after
 * a failure. `random`. `round-robin`. `least-loaded`: the better of two random ones, by the calls that the caller
 * itself is waiting for. `dns`: the address that the name gave at the last look-up, until the answer expires, however
 * often it fails.
 * Met by: src/world/services/callers.ts
 */
import type { Duration, Instant } from "../../base/units.ts";

/** A rule of load balancing. */
export type Balancing =
  | { readonly kind: "list" | "random" | "round-robin" | "least-loaded" }
  /** `ttl`: time after which the name is looked up again. */
  | { readonly kind: "dns"; readonly ttl: Duration };

/** What the choice of one attempt may depend on. */
export interface Choice {
  /** A uniform in [0, 1) that the caller keeps: its place in the list. */
  readonly who: number;
  /** A second uniform in [0, 1) that the caller keeps: the phase of its look-ups. */
  readonly phase: number;
  /** A uniform in [0, 1) of this attempt. */
  readonly u: number;
  /** A second uniform in [0, 1) of this attempt. */
  readonly v: number;
  /** Attempts of this call before this one. */
  readonly attempt: number;
  /** Calls of this caller before this one. */
  readonly turn: number;
}

/**
 * Returns the machine to call, from 0 to `count` − 1. `waiting` returns the answers of a machine that the caller waits
 * for; `isListed`, whether the name gave a machine's address at a time.
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
