/**
 * Candidate racing: a phone holds a list of addresses and does not wait for the first to time out.
 *
 * A new attempt starts when `startEvery` has passed since the last start and fewer than `atMost` are
 * under way; the first to connect wins and the rest are closed. An error frees the place but does not
 * hurry the next start (Tencent/mars, complexconnect.cc).
 * Met by: src/world/population/sessions.ts
 */
import type { Duration } from "../../base/units.ts";

export interface RacingPolicy {
  /** Length of the candidate list. */
  readonly candidates: number;
  readonly startEvery: Duration;
  readonly atMost: number;
  /** An attempt without an answer is given up after this. */
  readonly timeout: Duration;
}

/** How one attempt at a candidate would end, were it let run: after `after` with a connection, or with a failure. */
export interface Attempt {
  readonly connected: boolean;
  readonly after: Duration;
}

export interface Race {
  /** Index of the winner in the list; -1 when nobody connected. */
  readonly winner: number;
  /** From the first start to the win, or to the end of the last attempt. */
  readonly took: Duration;
  /** How many attempts were started. */
  readonly started: number;
}

/**
 * Runs the race over `count` candidates; `attempt(i)` is asked only for those that get to start, in order of start.
 * Attempts that have not ended by `timeout` end then, as failures.
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

/** The earliest time after `start` at which the spacing has passed and a place is free. */
const nextStart = (policy: RacingPolicy, start: number, ends: readonly number[]): number => {
  const spaced = start + policy.startEvery;
  const running = ends.filter((end) => end > spaced).sort((a, b) => a - b);
  return running.length < policy.atMost ? spaced : running[running.length - policy.atMost]!;
};
