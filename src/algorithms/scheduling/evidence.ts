/**
 * Evidence about a rise: the question that paths are asked, and what they say together.
 * Met by: src/world/seams/scheduling.ts
 */

/** By how much the share of bad sessions and of failed connects rose; 0 where it did not. */
export interface Rise {
  /** Rise of the share of bad sessions, as a part of what could rise. */
  readonly sessions: number;
  /** Rise of the share of failed connects, as a part of what could rise. */
  readonly connects: number;
}

/** A rise that paths are asked about, and the round since which. */
export interface RiseSince {
  /** Round since which outcomes count. */
  readonly since: number;
  /** The rise. */
  readonly rise: Rise;
}

/** What paths say together about "worse by that rise" against "as before". */
export interface Evidence {
  /** Nats for bad; negative for clean. */
  readonly nats: number;
  /** Sessions. */
  readonly sessions: number;
  /** Bad sessions. */
  readonly bad: number;
  /** Bad sessions expected if nothing is wrong. */
  readonly expected: number;
  /** Connects. */
  readonly connects: number;
  /** Failed connects. */
  readonly failures: number;
}

/** Evidence of no paths. */
export const NO_EVIDENCE: Evidence = { nats: 0, sessions: 0, bad: 0, expected: 0, connects: 0, failures: 0 };

/** Returns the evidence of both together. */
export const addEvidence = (a: Evidence, b: Evidence): Evidence => ({
  nats: a.nats + b.nats,
  sessions: a.sessions + b.sessions,
  bad: a.bad + b.bad,
  expected: a.expected + b.expected,
  connects: a.connects + b.connects,
  failures: a.failures + b.failures,
});
