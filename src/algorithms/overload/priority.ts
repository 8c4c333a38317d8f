/**
 * Admission by priority (DAGOR): a cursor over the levels, below which requests are admitted. After an overloaded
 * window the cursor moves to where a twentieth fewer of that window's requests would have been admitted; otherwise to
 * where a hundredth of the arrived requests would have been admitted in addition. The histogram of the window says
 * where that is. The cursor may stand inside a level: if sixteen levels are open, a whole one is more than a twentieth.
 *
 * Callers that know the cursor hold back what would be refused, so the histogram would have a gap just where the cursor
 * must move to, and would open far too much. Therefore callers report with their next request how many they held back;
 * these count in the histogram, though not as requests that arrived.
 * Met by: src/world/services/services.ts
 */
import type { Duration, Instant } from "../../base/units.ts";
import type { Admission } from "./admission.ts";
import { LEVELS } from "./levels.ts";
import { LoadWindow } from "./load-window.ts";

/** The settings of admission by priority. */
export interface PriorityPolicy {
  /** The time that is judged: the wait for a request's turn, or for its answer. */
  readonly signal: "queuing-time" | "response-time";
  /** Mean of the signal above which a window was overloaded. */
  readonly threshold: Duration;
  /** Share of the admitted requests to shed after an overloaded window (published: 5 %). */
  readonly alpha: number;
  /** Share of the arrived requests to admit in addition after any other window (published: 1 %). */
  readonly beta: number;
}

/** Part of a level that always stays open. Chosen: a server that admits nothing would never learn that it could. */
const LEAST = 0.01;

/** Admission by priority, by queuing time or by response time. */
export class PriorityAdmission implements Admission {
  /** The cursor. */
  level = LEVELS;
  readonly #policy: PriorityPolicy;
  readonly #window: LoadWindow;
  /** Requests of the window by level, including those that callers held back. */
  readonly #wanted = new Float64Array(LEVELS);

  /** Starts with all levels open. */
  constructor(policy: PriorityPolicy) {
    this.#policy = policy;
    this.#window = new LoadWindow(policy.threshold);
  }

  /** Counts held-back requests in the histogram. */
  heldBack(level: number, requests: number): void {
    this.#wanted[Math.floor(level)]! += requests;
  }

  /** Returns whether the level is below the cursor; moves the cursor first if the window is over. */
  arrive(level: number, _u: number, now: Instant): boolean {
    const window = this.#window;
    if (window.isOver(now)) this.#turn(now);
    window.arrived += 1;
    this.#wanted[Math.floor(level)]! += 1;
    if (level >= this.level) return false;
    window.admitted += 1;
    return true;
  }

  /** Notes the wait if queuing time is judged; returns true. */
  start(waited: Duration): boolean {
    if (this.#policy.signal === "queuing-time") this.#window.note(waited);
    return true;
  }

  /** Notes the time if response time is judged. */
  finish(took: Duration): void {
    if (this.#policy.signal === "response-time") this.#window.note(took);
  }

  #turn(now: Instant): void {
    const { arrived, admitted, isOverloaded, isIdle } = this.#window;
    const { alpha, beta } = this.#policy;
    // Far from full it opens faster: while callers hold back few requests arrive, and with a hundredth of those a
    // server would need four minutes to admit everything again after one minute of overload.
    const more = isIdle ? Math.max(beta * arrived, (alpha * admitted) / 2) : beta * arrived;
    const expected = isOverloaded ? (1 - alpha) * admitted : admitted + more;
    this.level = expected < admitted ? this.#below(admitted - expected) : this.#above(expected - admitted);
    this.#wanted.fill(0);
    this.#window.turn(now);
  }

  /** Returns the cursor with which this many fewer of the window's requests would have been admitted. */
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

  /** Returns the cursor with which this many more would have been admitted. */
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
