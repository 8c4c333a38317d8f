/**
 * Admission by priority (DAGOR): a cursor over the levels, below which requests are let in. When a window was
 * overloaded, the cursor moves to where a twentieth fewer of that window's requests would have been let in; else to
 * where a hundredth of those that came would have been let in besides. The histogram of the window says where that is.
 *
 * Callers who know the cursor hold back what would be turned away, and then the histogram has a hole just where the
 * cursor must be moved to: it would open the door wide. So callers tell, with their next request, how many they held
 * back; these count in the histogram, though not as requests that came.
 * Met by: src/world/fleet/services.ts
 */
import type { Duration, Instant } from "../../base/units.ts";
import type { Admission } from "./admission.ts";
import { LEVELS } from "./levels.ts";
import { Window } from "./window.ts";

export interface PriorityPolicy {
  /** What is judged: how long requests waited for their turn, or until their answer. */
  readonly signal: "queuing-time" | "response-time";
  /** A window whose mean is above this was overloaded. */
  readonly threshold: Duration;
  /** Share of what was admitted that is shed next (published: 5 %). */
  readonly alpha: number;
  /** Share of what came that is admitted besides (published: 1 %). */
  readonly beta: number;
}

export class PriorityAdmission implements Admission {
  level = LEVELS;
  readonly #policy: PriorityPolicy;
  readonly #window: Window;
  /** Requests of the window by level, those held back by callers among them. */
  readonly #wanted = new Float64Array(LEVELS);

  constructor(policy: PriorityPolicy) {
    this.#policy = policy;
    this.#window = new Window(policy.threshold);
  }

  spared(level: number, requests: number): void {
    this.#wanted[level]! += requests;
  }

  arrive(level: number, _u: number, now: Instant): boolean {
    const window = this.#window;
    if (window.isOver(now)) this.#turn(now);
    window.came += 1;
    this.#wanted[level]! += 1;
    if (level >= this.level) return false;
    window.admitted += 1;
    return true;
  }

  start(waited: Duration): boolean {
    if (this.#policy.signal === "queuing-time") this.#window.note(waited);
    return true;
  }

  finish(took: Duration): void {
    if (this.#policy.signal === "response-time") this.#window.note(took);
  }

  #turn(now: Instant): void {
    const { came, admitted, isOverloaded } = this.#window;
    const { alpha, beta } = this.#policy;
    const expected = isOverloaded ? (1 - alpha) * admitted : admitted + beta * came;
    let [level, sum] = [this.level, admitted];
    // One level always stays open: a server that lets nobody in would never hear that it could.
    while (sum > expected && level > 1) sum -= this.#wanted[--level]!;
    while (sum < expected && level < LEVELS) sum += this.#wanted[level++]!;
    this.level = level;
    this.#wanted.fill(0);
    this.#window.turn(now);
  }
}
