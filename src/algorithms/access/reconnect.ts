/**
 * Reconnect: how long a phone whose link broke waits before it tries again. A million phones that lose one server at
 * the same moment use this rule together, and it decides whether they come back evenly or as a login storm.
 *
 * `ladder` is the published rule (Tencent/mars, longlink_connect_monitor.cc): half a second after the break of a link
 * that lived longer than the first rung comes the first attempt; each failure waits for the next rung, counted from the
 * start of the failed attempt, plus a salt of whole seconds. It keeps a crowd together. `full-jitter` waits for a
 * uniform part of a bound that doubles (Brooker, AWS, 2015). `directed` does what the servers say (after QQ's
 * staggering, 2020): an answer to a heartbeat carries the time in which the other servers can log everybody in, and a
 * phone whose link is closed waits for the part of it that the user's own id gives; a full server refuses with a time
 * to come back. Without word from a server it is full jitter.
 * Met by: src/world/population/logins.ts
 */
import type { Duration } from "../../base/units.ts";

/** The settings of reconnecting. */
export interface ReconnectPolicy {
  /** The rule. */
  readonly policy: "ladder" | "full-jitter" | "directed";
  /** Time from the break to the first attempt; no wait is shorter. */
  readonly first: Duration;
  /** Time from the start of the n-th failed attempt to the next one; the last rung repeats. */
  readonly ladder: readonly Duration[];
  /** Bound of the random whole seconds added to each rung, uniform in [0, salt). */
  readonly salt: Duration;
  /** Full jitter: the bound of the first wait. */
  readonly base: Duration;
  /** Full jitter: the bound at which doubling ends. */
  readonly cap: Duration;
}

/** What a wait depends on. */
export interface Situation {
  /** Failed attempts since the break; 0 right after it. */
  readonly failures: number;
  /** Time that the last attempt took; 0 right after the break. */
  readonly attemptTook: Duration;
  /** True if the other side closed the link; false if it was silent. */
  readonly wasClosed: boolean;
  /** What a server said: after a break, the time over which its people are to come back; after a refusal, the wait. */
  readonly told: Duration | undefined;
  /** The user's own place in [0, 1), always the same. */
  readonly place: number;
  /** A uniform in [0, 1). */
  readonly u: number;
}

/** Returns the wait before the next attempt, from the break or from the end of the last attempt. */
export const untilNextAttempt = (policy: ReconnectPolicy, situation: Situation): Duration => {
  const { failures, told, place, wasClosed } = situation;
  if (policy.policy === "ladder") return climb(policy, situation);
  if (policy.policy === "full-jitter") return jitter(policy, situation);
  if (told !== undefined) return Math.max(policy.first, failures === 0 ? place * told : told) as Duration;
  // Each phone notices silence at its own heartbeat: those are spread already.
  return failures === 0 && !wasClosed ? policy.first : jitter(policy, situation);
};

const climb = (policy: ReconnectPolicy, { failures, attemptTook, u }: Situation): Duration => {
  if (failures === 0) return policy.first;
  const rung = policy.ladder[Math.min(failures, policy.ladder.length) - 1] ?? policy.first;
  const salt = Math.floor((u * policy.salt) / 1_000_000) * 1_000_000;
  return Math.max(policy.first, rung + salt - attemptTook) as Duration;
};

const jitter = (policy: ReconnectPolicy, { failures, u }: Situation): Duration => {
  let bound: number = policy.base;
  for (let doubled = 0; doubled < failures && bound < policy.cap; doubled++) bound *= 2;
  return Math.max(policy.first, Math.round(u * Math.min(bound, policy.cap))) as Duration;
};
