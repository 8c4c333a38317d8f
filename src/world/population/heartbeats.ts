/**
 * What a phone's heartbeat remembers, in eighteen bits: the state of the algorithm in
 * algorithms/access/heartbeat.ts, packed so that it travels in the client's record.
 *
 * Bits: 0–5 interval in tens of seconds, 6–8 successes, 9–11 failures, 12 stable, 13–15 answered on this
 * connection, 16 next is interval, 17 last was interval.
 */
import type { Duration } from "../../base/units.ts";
import { HEARTBEAT_UNIT } from "../../scenario/people/limits.ts";
import type { HeartbeatPolicy, HeartbeatState } from "../../algorithms/access/heartbeat.ts";

/** Low bits of a word that a packed heartbeat takes. */
export const HEARTBEAT_BITS = 18;

const HEARTBEAT = (1 << HEARTBEAT_BITS) - 1;
const UNIT = HEARTBEAT_UNIT;
const INTERVAL = 0x3f;
const COUNT = 0x7;
const SUCCESSES = 6;
const FAILURES = 9;
const STABLE = 1 << 12;
const ANSWERED = 13;
const NEXT_IS_INTERVAL = 1 << 16;
const LAST_WAS_INTERVAL = 1 << 17;

/** One phone's heartbeat: set `word`, run the algorithm on the cursor, take `word` back. Bits above the eighteenth are kept. */
export class HeartbeatCursor implements HeartbeatState {
  word = 0;

  get interval(): Duration {
    return ((this.word & INTERVAL) * UNIT) as Duration;
  }
  set interval(interval: Duration) {
    this.word = (this.word & ~INTERVAL) | (interval / UNIT);
  }

  get successes(): number {
    return (this.word >> SUCCESSES) & COUNT;
  }
  set successes(count: number) {
    this.word = (this.word & ~(COUNT << SUCCESSES)) | (count << SUCCESSES);
  }

  get failures(): number {
    return (this.word >> FAILURES) & COUNT;
  }
  set failures(count: number) {
    this.word = (this.word & ~(COUNT << FAILURES)) | (count << FAILURES);
  }

  get stable(): boolean {
    return (this.word & STABLE) !== 0;
  }
  set stable(stable: boolean) {
    this.word = stable ? this.word | STABLE : this.word & ~STABLE;
  }

  get answered(): number {
    return (this.word >> ANSWERED) & COUNT;
  }
  set answered(count: number) {
    this.word = (this.word & ~(COUNT << ANSWERED)) | (count << ANSWERED);
  }

  get nextIsInterval(): boolean {
    return (this.word & NEXT_IS_INTERVAL) !== 0;
  }
  set nextIsInterval(is: boolean) {
    this.word = is ? this.word | NEXT_IS_INTERVAL : this.word & ~NEXT_IS_INTERVAL;
  }

  get lastWasInterval(): boolean {
    return (this.word & LAST_WAS_INTERVAL) !== 0;
  }
  set lastWasInterval(was: boolean) {
    this.word = was ? this.word | LAST_WAS_INTERVAL : this.word & ~LAST_WAS_INTERVAL;
  }
}

/**
 * Returns the word, without its interval, of a phone that has learned all it can: another answered beat changes nothing.
 */
export const quietWord = ({ stableTest }: HeartbeatPolicy): number =>
  STABLE | ((stableTest + 1) << ANSWERED) | NEXT_IS_INTERVAL | LAST_WAS_INTERVAL;

/** Split a word: a heartbeat without its interval, and the interval in tens of seconds. */
export const withoutInterval = (word: number): number => word & HEARTBEAT & ~INTERVAL;
export const tensOf = (word: number): number => word & INTERVAL;

/** Returns of a word what outlasts a connection. */
export const learnedOf = (word: number): number =>
  word & (INTERVAL | (COUNT << SUCCESSES) | (COUNT << FAILURES) | STABLE);

/** Returns a state as a word for `HeartbeatCursor`. */
export const packHeartbeat = (state: HeartbeatState): number => {
  const cursor = new HeartbeatCursor();
  cursor.interval = state.interval;
  cursor.successes = state.successes;
  cursor.failures = state.failures;
  cursor.stable = state.stable;
  cursor.answered = state.answered;
  cursor.nextIsInterval = state.nextIsInterval;
  cursor.lastWasInterval = state.lastWasInterval;
  return cursor.word;
};
