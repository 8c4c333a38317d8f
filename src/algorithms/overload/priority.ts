/**
 * Admission by priority (DAGOR): a cursor over the levels, below which requests are let in. When a window was
 * overloaded, the cursor moves to where a twentieth fewer of that window's requests would have been let in; else to
 * where a hundredth of those that came would have been let in besides. The histogram of the window says where that is.
 * The cursor may stand inside a level: of one in sixteen that are open, a whole one would be more than a twentieth.
 *
 * Callers who know the cursor hold back what would be turned away, and then the histogram has a hole just where the
 * cursor must be moved to: it would open the door wide. So callers tell, with their next request, how many they held
 * back; these count in the histogram, though not as requests that came.
 * Met by: src/world/services/services.ts
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

/** So much of a level always stays open (chosen): a server that lets nobody in would never hear that it could. */
const LEAST = 0.01;

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
    this.#wanted[Math.floor(level)]! += requests;
  }

  arrive(level: number, _u: number, now: Instant): boolean {
    const window = this.#window;
    if (window.isOver(now)) this.#turn(now);
    window.came += 1;
    this.#wanted[Math.floor(level)]! += 1;
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
    const { came, admitted, isOverloaded, isIdle } = this.#window;
    const { alpha, beta } = this.#policy;
    // Far from full it opens faster: callers who hold back let little come, and a hundredth of that would take a server
    // four minutes to let everybody in again after one minute of need.
    const more = isIdle ? Math.max(beta * came, (alpha * admitted) / 2) : beta * came;
    const expected = isOverloaded ? (1 - alpha) * admitted : admitted + more;
    this.level = expected < admitted ? this.#below(admitted - expected) : this.#above(expected - admitted);
    this.#wanted.fill(0);
    this.#window.turn(now);
  }

  /** Where so many fewer of the window's requests would have been let in. */
  #below(requests: number): number {
    let [level, left] = [this.level, requests];
    while (level > LEAST) {
      const place = Math.ceil(level) - 1;
      const inside = this.#wanted[place]! * (level - place);
      if (inside >= left) return Math.max(LEAST, level - left / this.#wanted[place]!);
      left -= inside;
      level = place;
    }
    return LEAST;
  }

  /** Where so many more would have been let in. */
  #above(requests: number): number {
    let [level, left] = [this.level, requests];
    while (left > 0 && level < LEVELS) {
      const place = Math.floor(level);
      const inside = this.#wanted[place]! * (place + 1 - level);
      if (inside >= left) return level + left / this.#wanted[place]!;
      left -= inside;
      level = place + 1;
    }
    return level;
  }
}
