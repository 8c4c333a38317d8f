/**
 * Reconnect: when a phone whose link broke tries again. A million phones that lose one server at the same moment all ask
 * this question together, and the answer decides whether they come back as a queue or as a flood.
 *
 * `ladder` is what was published (Tencent/mars, longlink_connect_monitor.cc): a link that lived longer than the first rung
 * tries half a second after it broke; each further failure waits for the next rung, counted from the start of the attempt
 * before, plus a salt of whole seconds. It keeps a crowd together. `full-jitter` waits for a uniform part of a bound that
 * doubles (Brooker, AWS, 2015). `directed` does what the servers say: beats are answered with how long it would take the
 * others to welcome everybody, and whoever's link is closed comes back at the place in that stretch that the user's own id
 * gives (after QQ's staggering, 2020); a door that is full answers with an appointment. Where no server has spoken it is
 * full jitter.
 * Met by: src/world/population/logins.ts
 */
import type { Duration } from "../../base/units.ts";

export interface ReconnectPolicy {
  readonly policy: "ladder" | "full-jitter" | "directed";
  /** From the break to the first attempt; no wait is shorter. */
  readonly first: Duration;
  /** From the start of the n-th failed attempt to the next; the last rung repeats. */
  readonly ladder: readonly Duration[];
  /** Uniform whole seconds in [0, salt) are added to every rung. */
  readonly salt: Duration;
  /** Full jitter: the bound of the first wait, and the bound that it doubles up to. */
  readonly base: Duration;
  readonly cap: Duration;
}

/** What a phone knows when it asks. */
export interface Situation {
  /** Failed attempts since the break; 0: the link has only just broken. */
  readonly failures: number;
  /** How long the last attempt took; nothing after a break. */
  readonly attemptTook: Duration;
  /** A link: closed by the other side, and not just silent. */
  readonly wasClosed: boolean;
  /** What servers said: of a closed link, the stretch over which its people are welcome; of a refusal, the wait. */
  readonly told: Duration | undefined;
  /** The user's own place in [0, 1), the same for ever. */
  readonly place: number;
  /** A uniform in [0, 1). */
  readonly u: number;
}

/** The wait before the next attempt, from the break or from the end of the last attempt. */
export const untilNextAttempt = (policy: ReconnectPolicy, situation: Situation): Duration => {
  const { failures, told, place, wasClosed } = situation;
  if (policy.policy === "ladder") return climb(policy, situation);
  if (policy.policy === "full-jitter") return jitter(policy, situation);
  if (told !== undefined) return Math.max(policy.first, failures === 0 ? place * told : told) as Duration;
  // Silence is noticed by each at its own beat: those are spread already.
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
