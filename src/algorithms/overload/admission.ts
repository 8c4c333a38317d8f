/**
 * Admission control: which requests an overloaded server admits. It is called three times for a request: when it
 * arrives, when its turn comes after waiting, and when it is answered. All kinds share this interface, so that a
 * server, or an experiment, can exchange one for another.
 * Met by: src/world/services/services.ts
 */
import type { Duration, Instant } from "../../base/units.ts";
import { LEVELS } from "./levels.ts";

/** Admission control of one server. */
export interface Admission {
  /**
   * Requests of levels below this are admitted. Every reply carries it, so that callers can hold back what would be
   * refused.
   */
  readonly level: number;

  /** Notes requests of about this level that callers held back because of the level they knew. */
  heldBack(level: number, requests: number): void;

  /** Returns whether an arriving request is admitted; false: it is refused at once. `u` is a uniform in [0, 1). */
  arrive(level: number, u: number, now: Instant): boolean;

  /**
   * Returns whether a request whose turn comes after this wait is served; false: it is dropped without any work done.
   */
  start(waited: Duration, now: Instant): boolean;

  /** Notes that a request was answered, and the time since it arrived. */
  finish(took: Duration, now: Instant): void;
}

/** Admits every request. */
export const ADMIT_ALL: Admission = {
  level: LEVELS,
  heldBack: () => undefined,
  arrive: () => true,
  start: () => true,
  finish: () => undefined,
};
