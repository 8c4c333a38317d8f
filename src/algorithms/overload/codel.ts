/**
 * CoDel as request servers use it (Maurer, "Fail at Scale", ACM Queue 2015, after Nichols and Jacobson, "Controlling
 * Queue Delay", 2012): if even the shortest wait of an interval was too long, requests that waited twice the target are
 * dropped when their turn comes.
 * Met by: src/world/services/services.ts
 */
import { after, type Duration, type Instant, START } from "../../base/units.ts";
import type { Admission } from "./admission.ts";
import { LEVELS } from "./levels.ts";

/** The settings of CoDel. */
export interface CodelPolicy {
  /** Longest wait that is good; CoDel's own default is 5 ms. */
  readonly target: Duration;
  /** Time over which the shortest wait is taken; CoDel's own default is 100 ms. */
  readonly interval: Duration;
}

/** Targets that a request may have waited while the server is overloaded. As published. */
const SLOUGH = 2;

/** Admission by CoDel. */
export class CodelAdmission implements Admission {
  /** All levels: it drops by wait and not by level. */
  readonly level = LEVELS;
  readonly #policy: CodelPolicy;
  #until = START;
  #least = Infinity;
  #isOverloaded = false;

  /** Starts without overload. */
  constructor(policy: CodelPolicy) {
    this.#policy = policy;
  }

  /** Does nothing: callers hold nothing back. */
  heldBack(): void {
    // The level is always the highest.
  }

  /** Returns true: requests are dropped only when their turn comes. */
  arrive(): boolean {
    return true;
  }

  /** Returns whether a request is served after this wait. */
  start(waited: Duration, now: Instant): boolean {
    const { target, interval } = this.#policy;
    if (now >= this.#until) {
      this.#isOverloaded = this.#least < Infinity && this.#least > target;
      this.#least = Infinity;
      this.#until = after(now, interval);
    }
    this.#least = Math.min(this.#least, waited);
    return !this.#isOverloaded || waited <= SLOUGH * target;
  }

  /** Does nothing: response times are not judged. */
  finish(): void {
    // Only waits count.
  }
}
