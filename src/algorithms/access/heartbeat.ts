/**
 * Adaptive heartbeat: the longest silence a carrier gateway's NAT will forgive.
 *
 * A phone that is silent too long is forgotten by its carrier's gateway and hears of no message; one that
 * beats too often burns battery and signalling. So it probes: after some beats at one interval it tries a
 * longer one, and when that fails twice it settles a step lower (Tencent/mars, stn/src/smart_heartbeat.cc).
 *
 * Two surprises of the original are kept. The next interval is chosen when a beat is sent, before its answer:
 * what an answer says is therefore held against the interval chosen with that beat, and a success counts
 * only if the silence before the beat was that same interval. And the first beats of a connection use the
 * shortest interval, and what becomes of them teaches nothing.
 *
 * This is the idle phone in the background. Left out: the foreground (always the shortest interval: choose no
 * interval then), Doze's jump to the longest interval (it needs the alarm's lateness), the probe of a stable
 * interval after seven days (it needs a calendar date) and the report of a bad network (it changes nothing).
 * Met by: src/world/population/heartbeats.ts
 */
import type { Duration } from "../../base/units.ts";

/** Mars' names in brackets (Tencent/mars, stn/config.h and smart_heartbeat.cc). */
export interface HeartbeatPolicy {
  /** [MinHeartInterval] */
  readonly shortest: Duration;
  /** [MaxHeartInterval] */
  readonly longest: Duration;
  /** [HeartStep] */
  readonly step: Duration;
  /** [SuccessStep] */
  readonly backOff: Duration;
  /** [BaseSuccCount] */
  readonly climbAfter: number;
  /** [MaxHeartFailCount] */
  readonly failAfter: number;
  /** [NetStableTestCount] */
  readonly stableTest: number;
  /** A beat unanswered for this long has failed. */
  readonly timeout: Duration;
}

/** What a phone knows of one network, and of its connection there. A plain object on a phone, a cursor over packed words in a simulation. */
export interface HeartbeatState {
  /** The interval being tried, or settled on when `stable`. [cur_heart_] */
  interval: Duration;
  /** Beats answered at this interval; below `climbAfter`, 0 when stable. [succ_heart_count_] */
  successes: number;
  /** Beats failed in a row, up to `failAfter`. [fail_heart_count_] */
  failures: number;
  stable: boolean;
  /** Beats answered on this connection, up to `stableTest` + 1. [success_heart_count_] */
  answered: number;
  /** The interval chosen with the latest beat is `interval`; otherwise it was the shortest. [last_heart_] */
  nextIsInterval: boolean;
  /** The silence before the latest beat was `interval`. [pre_heart_] */
  lastWasInterval: boolean;
}

/** A phone that has never seen this network. */
export const newHeartbeat = (policy: HeartbeatPolicy): HeartbeatState => ({
  interval: policy.shortest,
  successes: 0,
  failures: 0,
  stable: false,
  answered: 0,
  nextIsInterval: true,
  lastWasInterval: true,
});

/** The link is up. The first beat is sent at once. */
export const onConnected = (state: HeartbeatState, policy: HeartbeatPolicy): void => {
  const shortest = state.interval === policy.shortest;
  state.answered = 0;
  state.nextIsInterval = shortest;
  state.lastWasInterval = shortest;
};

/** Called when a beat is sent: how long after it the next one is due, should nothing else be sent before. */
export const intervalOnSend = (state: HeartbeatState, policy: HeartbeatPolicy): Duration => {
  const interval = state.interval;
  const tested = state.answered >= policy.stableTest;
  const isInterval = tested || interval === policy.shortest;
  if (state.nextIsInterval !== isInterval) state.nextIsInterval = isInterval;
  return tested ? interval : policy.shortest;
};

/** Learns from the latest beat: answered, timed out (`timedOut`), or cut short by a broken link (neither). Follow a failure with `onDisconnected`. */
export const afterBeat = (
  state: HeartbeatState,
  answered: boolean,
  timedOut: boolean,
  policy: HeartbeatPolicy,
): void => {
  // Nearly all beats of all phones: settled, tested, answered again. There is nothing to learn.
  const quiet = state.stable && state.answered > policy.stableTest && state.nextIsInterval && state.lastWasInterval;
  if (!(quiet && answered && state.failures === 0)) learn(state, answered, timedOut, policy);
};

/** The link is gone, for whatever reason. If a beat was still unanswered, `afterBeat` comes first. */
export const onDisconnected = (state: HeartbeatState): void => {
  state.successes = 0;
};

const learn = (state: HeartbeatState, answered: boolean, timedOut: boolean, policy: HeartbeatPolicy): void => {
  const sameTwice = state.lastWasInterval;
  const tried = state.nextIsInterval;
  state.lastWasInterval = tried;
  if (answered && state.answered <= policy.stableTest) state.answered += 1;
  if (state.answered <= policy.stableTest || !tried) return;
  if (answered) afterSuccess(state, sameTwice, policy);
  else afterFailure(state, timedOut, policy);
};

const afterSuccess = (state: HeartbeatState, sameTwice: boolean, policy: HeartbeatPolicy): void => {
  if (sameTwice) {
    state.failures = 0;
    if (!state.stable) state.successes += 1;
  }
  if (state.successes < policy.climbAfter) return;
  const top = (policy.longest - policy.backOff) as Duration;
  state.stable = state.interval >= top;
  moveTo(state, Math.min(top, state.interval + policy.step) as Duration);
  state.successes = 0;
};

const afterFailure = (state: HeartbeatState, timedOut: boolean, policy: HeartbeatPolicy): void => {
  if (timedOut) state.successes = 0;
  if (state.failures < policy.failAfter) state.failures += 1;
  // Nothing shorter is left to try: a NAT that forgets sooner than this is never learned.
  if (state.interval === policy.shortest || state.failures < policy.failAfter) return;
  const lower = state.stable ? policy.shortest : state.interval - policy.step - policy.backOff;
  state.stable = !state.stable;
  moveTo(state, Math.max(policy.shortest, lower) as Duration);
  state.successes = 0;
  state.failures = 0;
};

/** Changes the interval between a beat and the next, which is already due after the old one. */
const moveTo = (state: HeartbeatState, interval: Duration): void => {
  const unchanged = interval === state.interval;
  state.interval = interval;
  state.nextIsInterval = unchanged;
  state.lastWasInterval = unchanged;
};

/**
 * What a phone has learned after long idleness behind a NAT that silently forgets whoever is silent for longer than
 * `natTimeout`, found by running the algorithm: on a connection that has passed its test, between two beats
 * `interval` apart. Behind a NAT that forgets sooner than the shortest interval it never settles, and this is a
 * phone that has just connected.
 */
export const settled = (natTimeout: Duration, policy: HeartbeatPolicy): HeartbeatState => {
  const state = newHeartbeat(policy);
  if (natTimeout < policy.shortest) return state;
  for (let silence = 0; ;) {
    const next = intervalOnSend(state, policy);
    const answered = silence <= natTimeout;
    afterBeat(state, answered, !answered, policy);
    silence = next;
    if (!answered) {
      onDisconnected(state);
      onConnected(state, policy);
      silence = 0;
    }
    if (state.stable && state.answered > policy.stableTest && state.lastWasInterval) return state;
  }
};
