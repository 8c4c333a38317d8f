/**
 * Adaptive heartbeat: finds the longest silence after which a carrier gateway's NAT still forwards.
 *
 * If a phone is silent for too long, the NAT drops its entry and no message reaches it; if it sends heartbeats too
 * often, it uses up battery and signalling. So it probes: after some heartbeats at one interval it tries a longer one,
 * and when that fails twice it settles a step lower (Tencent/mars, stn/src/smart_heartbeat.cc).
 *
 * Two surprises of the original are kept. The next interval is chosen when a heartbeat is sent, before its answer, so
 * an answer is counted for the interval chosen with that heartbeat, and a success counts only if the silence before the
 * heartbeat was the same interval. And the first heartbeats of a connection use the shortest interval and are not
 * learnt from.
 *
 * This is the idle phone in the background. Left out: the foreground (always the shortest interval), Doze's jump to the
 * longest interval (it needs the alarm's lateness), the probe of a stable interval after seven days (it needs a
 * calendar date) and the report of a bad network (it changes nothing).
 * Met by: src/world/population/heartbeats.ts
 */
import { type Duration, seconds } from "../../base/units.ts";

/** The settings, with Mars' names in brackets (Tencent/mars, stn/config.h and smart_heartbeat.cc). */
export interface HeartbeatPolicy {
  /** The shortest interval. [MinHeartInterval] */
  readonly shortest: Duration;
  /** The longest interval. [MaxHeartInterval] */
  readonly longest: Duration;
  /** Step by which the interval grows. [HeartStep] */
  readonly step: Duration;
  /** Reserve below the longest interval, and below an interval that failed. [SuccessStep] */
  readonly backOff: Duration;
  /** Successes at one interval after which a longer one is tried. [BaseSuccCount] */
  readonly climbAfter: number;
  /** Failures in a row after which the interval is given up. [MaxHeartFailCount] */
  readonly failAfter: number;
  /** First heartbeats of a connection, at the shortest interval, that are not learnt from. [NetStableTestCount] */
  readonly stableTest: number;
  /** Time after which an unanswered heartbeat has failed. */
  readonly timeout: Duration;
}

/** The published policy (Tencent/mars, stn/config.h). */
export const MARS_POLICY: HeartbeatPolicy = {
  shortest: seconds(210),
  longest: seconds(600),
  step: seconds(60),
  backOff: seconds(20),
  climbAfter: 5,
  failAfter: 2,
  stableTest: 3,
  timeout: seconds(8),
};

/**
 * What a phone knows of one network and of its connection there: a plain object on a phone, a cursor over packed words
 * in a simulation.
 */
export interface HeartbeatState {
  /** The interval being tried, or the settled one if `stable`. [cur_heart_] */
  interval: Duration;
  /** Heartbeats answered at this interval; below `climbAfter`, 0 if stable. [succ_heart_count_] */
  successes: number;
  /** Heartbeats that failed in a row, up to `failAfter`. [fail_heart_count_] */
  failures: number;
  /** True once the interval is settled. */
  stable: boolean;
  /** Heartbeats answered on this connection, up to `stableTest` + 1. [success_heart_count_] */
  answered: number;
  /**
   * True if the interval chosen with the latest heartbeat is `interval`; otherwise it was the shortest. [last_heart_]
   */
  nextIsInterval: boolean;
  /** True if the silence before the latest heartbeat was `interval`. [pre_heart_] */
  lastWasInterval: boolean;
}

/** Returns the state of a phone that has never seen this network. */
export const newHeartbeat = (policy: HeartbeatPolicy): HeartbeatState => ({
  interval: policy.shortest,
  successes: 0,
  failures: 0,
  stable: false,
  answered: 0,
  nextIsInterval: true,
  lastWasInterval: true,
});

/** Call when the link is up; the first heartbeat is sent at once. */
export const onConnected = (state: HeartbeatState, policy: HeartbeatPolicy): void => {
  const shortest = state.interval === policy.shortest;
  state.answered = 0;
  state.nextIsInterval = shortest;
  state.lastWasInterval = shortest;
};

/** Call when a heartbeat is sent. Returns the time until the next one, if nothing else is sent before. */
export const intervalOnSend = (state: HeartbeatState, policy: HeartbeatPolicy): Duration => {
  const interval = state.interval;
  const tested = state.answered >= policy.stableTest;
  const isInterval = tested || interval === policy.shortest;
  if (state.nextIsInterval !== isInterval) state.nextIsInterval = isInterval;
  return tested ? interval : policy.shortest;
};

/**
 * Learns from the latest heartbeat: answered, timed out, or, if neither, cut short by a broken link. After a failure
 * call `onDisconnected`.
 */
export const afterBeat = (
  state: HeartbeatState,
  answered: boolean,
  timedOut: boolean,
  policy: HeartbeatPolicy,
): void => {
  // Nearly all heartbeats of all phones: settled, tested and answered again. There is nothing to learn.
  const quiet = state.stable && state.answered > policy.stableTest && state.nextIsInterval && state.lastWasInterval;
  if (!(quiet && answered && state.failures === 0)) learn(state, answered, timedOut, policy);
};

/** Call when the link is gone, for whatever reason. If a heartbeat was unanswered, call `afterBeat` first. */
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
  // Nothing shorter is left to try: a NAT that forgets sooner than this is never learnt.
  if (state.interval === policy.shortest || state.failures < policy.failAfter) return;
  const lower = state.stable ? policy.shortest : state.interval - policy.step - policy.backOff;
  state.stable = !state.stable;
  moveTo(state, Math.max(policy.shortest, lower) as Duration);
  state.successes = 0;
  state.failures = 0;
};

/** Changes the interval between a heartbeat and the next one, which is due after the old interval already. */
const moveTo = (state: HeartbeatState, interval: Duration): void => {
  const unchanged = interval === state.interval;
  state.interval = interval;
  state.nextIsInterval = unchanged;
  state.lastWasInterval = unchanged;
};

/**
 * Returns the state of a phone that has long been idle behind a NAT that silently drops entries after `natTimeout`:
 * settled, on a tested connection, between two heartbeats `interval` apart. Found by running the algorithm. If the NAT
 * drops entries sooner than the shortest interval, the phone never settles and a new state is returned.
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
