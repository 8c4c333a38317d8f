/**
 * Two guards that do not ask who comes. One throws dice: it sheds a share of all requests, and finds the share as the
 * guard by priority finds its cursor. The other is CoDel as servers of requests use it (Maurer, "Fail at Scale", ACM
 * Queue 2015, after Nichols and Jacobson, "Controlling Queue Delay", 2012): while even the luckiest request of an
 * interval waits too long, whoever has waited twice the target is dropped when its turn comes.
 * Met by: src/world/services/services.ts
 */
import { after, type Duration, type Instant } from "../../base/units.ts";
import type { Admission } from "./admission.ts";
import { LEVELS } from "./levels.ts";
import { Window } from "./window.ts";

export interface RandomPolicy {
  /** A window whose mean queuing time is above this was overloaded. */
  readonly threshold: Duration;
  readonly alpha: number;
  readonly beta: number;
}

export class RandomAdmission implements Admission {
  /** It has nothing to tell its callers: whom it sheds is not known before. */
  readonly level = LEVELS;
  readonly #policy: RandomPolicy;
  readonly #window: Window;
  #share = 1;

  constructor(policy: RandomPolicy) {
    this.#policy = policy;
    this.#window = new Window(policy.threshold);
  }

  spared(): void {
    // Nobody holds anything back from it.
  }

  arrive(_level: number, u: number, now: Instant): boolean {
    const window = this.#window;
    if (window.isOver(now)) {
      const { alpha, beta } = this.#policy;
      this.#share = window.isOverloaded ? this.#share * (1 - alpha) : Math.min(1, this.#share + beta);
      window.turn(now);
    }
    window.came += 1;
    if (u >= this.#share) return false;
    window.admitted += 1;
    return true;
  }

  start(waited: Duration): boolean {
    this.#window.note(waited);
    return true;
  }

  finish(): void {
    // Response times do not concern it.
  }
}

export interface CodelPolicy {
  /** Waits below this are good; CoDel's own default is 5 ms. */
  readonly target: Duration;
  /** Over which the least wait is taken; CoDel's own default is 100 ms. */
  readonly interval: Duration;
}

/** Who has waited this many targets is dropped while the server is overloaded, as deployed. */
const SLOUGH = 2;

export class CodelAdmission implements Admission {
  readonly level = LEVELS;
  readonly #policy: CodelPolicy;
  #until = 0 as Instant;
  #least = Infinity;
  #isOverloaded = false;

  constructor(policy: CodelPolicy) {
    this.#policy = policy;
  }

  spared(): void {
    // Nobody holds anything back from it.
  }

  arrive(): boolean {
    return true;
  }

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

  finish(): void {
    // Response times do not concern it.
  }
}
