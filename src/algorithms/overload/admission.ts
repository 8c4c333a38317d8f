/**
 * The guard at a server's door. It hears of every request three times: when it comes, when its turn comes after
 * waiting, and when it is answered; and it says who is let in. All guards have this one shape, so that a server, or an
 * experiment, can change one for another.
 * Met by: src/world/services/services.ts
 */
import type { Duration, Instant } from "../../base/units.ts";
import { LEVELS } from "./levels.ts";

export interface Admission {
  /** Requests of lower levels than this are welcome. Every reply carries it, so that callers need not ask in vain. */
  readonly level: number;

  /** Callers held back so many requests, of about this level, because of what they heard. */
  spared(level: number, requests: number): void;

  /** A request has come; false: it is turned away at once. `u` is a uniform in [0, 1), for guards that throw dice. */
  arrive(level: number, u: number, now: Instant): boolean;

  /** Its turn has come after this wait; false: it is dropped now, without any work done. */
  start(waited: Duration, now: Instant): boolean;

  /** It was answered so long after it came. */
  finish(took: Duration, now: Instant): void;
}

/** No guard: whoever comes is let in. */
export const OPEN: Admission = {
  level: LEVELS,
  spared: () => undefined,
  arrive: () => true,
  start: () => true,
  finish: () => undefined,
};
