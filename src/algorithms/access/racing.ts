/**
 * Candidate racing: a phone has a list of addresses and tries the next one before the first has timed out.
 *
 * An attempt starts once `startEvery` has passed since the last start and fewer than `atMost` are under way; the first
 * to connect wins and the others are closed. An error makes room but does not start the next attempt sooner
 * (Tencent/mars, complexconnect.cc).
 * Met by: src/world/population/sessions.ts
 */
import type { Duration } from "../../base/units.ts";

/** The settings of a race. */
export interface RacingPolicy {
  /** Candidates that are tried at most. */
  readonly candidates: number;
  /** Time between two starts, at least. */
  readonly startEvery: Duration;
  /** Attempts under way at once, at most. */
  readonly atMost: number;
  /** Time after which an attempt without an answer is given up. */
  readonly timeout: Duration;
}

/** How an attempt ends if nothing ends it sooner. */
export interface Attempt {
  /** True for a connection, false for a failure. */
  readonly connected: boolean;
  /** Time from its start to its end. */
  readonly after: Duration;
}

/** The outcome of a race. */
export interface Race {
  /** Index of the winner in the list; -1 if none connected. */
  readonly winner: number;
  /** Time from the first start to the win, or to the end of the last attempt. */
  readonly took: Duration;
  /** Number of attempts started. */
  readonly started: number;
}

/**
 * Returns the outcome of a race over `count` candidates. `attempt(i)` is called only for candidates that start, in
 * order; an attempt that has not ended after `timeout` ends then, as a failure.
 */
export const race = (policy: RacingPolicy, count: number, attempt: (candidate: number) => Attempt): Race => {
  const ends: number[] = [];
  let winner = -1;
  let won = Infinity;
  let start = 0;
  let last = 0;
  const contenders = Math.min(count, policy.candidates);
  for (let candidate = 0; candidate < contenders; candidate++) {
    if (candidate > 0) start = nextStart(policy, start, ends);
    if (start >= won) return { winner, took: won as Duration, started: candidate };
    const { connected, after } = attempt(candidate);
    const end = start + Math.min(after, policy.timeout);
    ends.push(end);
    last = Math.max(last, end);
    if (connected && after <= policy.timeout && end < won) {
      won = end;
      winner = candidate;
    }
  }
  return { winner, took: Math.min(won, last) as Duration, started: contenders };
};

/** Returns the earliest time at which the spacing since `start` has passed and fewer than `atMost` attempts run. */
const nextStart = (policy: RacingPolicy, start: number, ends: readonly number[]): number => {
  const spaced = start + policy.startEvery;
  const running = ends.filter((end) => end > spaced).sort((a, b) => a - b);
  return running.length < policy.atMost ? spaced : running[running.length - policy.atMost]!;
};
