/**
 * Random admission: sheds a share of all requests, whatever their level, and finds the share in the way admission by
 * priority moves its cursor.
 * Met by: src/world/services/services.ts
 */
import type { Duration, Instant } from "../../base/units.ts";
import type { Admission } from "./admission.ts";
import { LEVELS } from "./levels.ts";
import { LoadWindow } from "./load-window.ts";

/** The settings of random admission. */
export interface RandomPolicy {
  /** Mean queuing time above which a window was overloaded. */
  readonly threshold: Duration;
  /** Part of the admitted share that is given up after an overloaded window. */
  readonly alpha: number;
  /** Share that is added after any other window. */
  readonly beta: number;
}

/** Random admission by queuing time. */
export class RandomAdmission implements Admission {
  /** All levels: callers cannot know which requests will be shed. */
  readonly level = LEVELS;
  readonly #policy: RandomPolicy;
  readonly #window: LoadWindow;
  #share = 1;

  /** Starts with all requests admitted. */
  constructor(policy: RandomPolicy) {
    this.#policy = policy;
    this.#window = new LoadWindow(policy.threshold);
  }

  /** Does nothing: callers hold nothing back. */
  heldBack(): void {
    // The level is always the highest.
  }

  /** Returns whether `u` is within the admitted share; adjusts the share first if the window is over. */
  arrive(_level: number, u: number, now: Instant): boolean {
    const window = this.#window;
    if (window.isOver(now)) {
      const { alpha, beta } = this.#policy;
      this.#share = window.isOverloaded ? this.#share * (1 - alpha) : Math.min(1, this.#share + beta);
      window.turn(now);
    }
    window.arrived += 1;
    if (u >= this.#share) return false;
    window.admitted += 1;
    return true;
  }

  /** Notes the wait; returns true. */
  start(waited: Duration): boolean {
    this.#window.note(waited);
    return true;
  }

  /** Does nothing: response times are not judged. */
  finish(): void {
    // Only queuing times count.
  }
}
