/**
 * Reconnect: when a phone whose link broke tries again.
 *
 * The published ladder (Tencent/mars, longlink_connect_monitor.cc): a link that lived longer than the
 * first rung tries half a second after it broke; each further failure waits for the next rung, counted
 * from the start of the attempt before, plus a salt of whole seconds that keeps phones out of step.
 * Met by: src/world/population/sessions.ts
 */
import type { Duration } from "../../base/units.ts";

export interface ReconnectPolicy {
  /** From the break to the first attempt. */
  readonly first: Duration;
  /** From the start of the n-th failed attempt to the next; the last rung repeats. */
  readonly ladder: readonly Duration[];
  /** Uniform whole seconds in [0, salt) are added to every rung. */
  readonly salt: Duration;
}

/**
 * The wait before the attempt that follows `failures` failed ones (0: the link has only just broken), from the
 * break or from the end of the last attempt, which itself took `attemptTook`. `u` is a uniform in [0, 1).
 */
export const untilNextAttempt = (
  policy: ReconnectPolicy,
  failures: number,
  attemptTook: Duration,
  u: number,
): Duration => {
  if (failures === 0) return policy.first;
  const rung = policy.ladder[Math.min(failures, policy.ladder.length) - 1] ?? policy.first;
  const salt = Math.floor((u * policy.salt) / 1_000_000) * 1_000_000;
  return Math.max(policy.first, rung + salt - attemptTook) as Duration;
};
