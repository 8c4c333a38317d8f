/**
 * The policies of worker and dispatcher, and the rule that derives a worker's times from what an operator sets. Simulated
 * worlds, real processes and the checks of a scenario use the same rule.
 * Met by: src/world/push/workers.ts, src/deploy/drill/drill.ts
 */
import type { Duration } from "../../base/units.ts";

/** Times of a worker, all by its own clock. A lease must outlast a grant and the margin: `grantLasts + margin < lease`. */
export interface WorkerPolicy {
  /** Subscribers pushed to at once, at least 1. */
  readonly batchSize: number;
  /** How long the store keeps others away from a claimed block after each report. */
  readonly lease: Duration;
  /** Time before a block that failed is tried again. */
  readonly pause: Duration;
  /** A worker starts no push within this time of the end of its lease. */
  readonly margin: Duration;
  /** The longest time from asking for a grant until the grant is void. */
  readonly grantLasts: Duration;
}

/** Sizes, rates and times of a dispatcher. */
export interface DispatcherPolicy {
  /** Members of a full block. */
  readonly blockSize: number;
  /** Unfinished blocks of all tasks together, at most: enough for two looks at the full pace. */
  readonly ahead: number;
  /** The message service's limit, in subscribers per second; blocks are published no faster. */
  readonly perSecond: number;
  /** Time between two looks at a task. */
  readonly look: Duration;
  /** Time between two searches of the task table. */
  readonly find: Duration;
  /** Time after which a block without a holder is published again: longer than a block waits in the queue. */
  readonly patience: Duration;
}

/** How long a limiter's grants last. */
export interface GrantTerms {
  /** "gcra" reserves a moment that may lie ahead; grants of the "counter" begin at once. */
  readonly kind: "gcra" | "counter";
  /** The furthest ahead that a moment is reserved; of no effect on the counter. */
  readonly horizon: Duration;
  /** How late a grant may be used. */
  readonly jitter: Duration;
}

/** What an operator sets for a worker. */
export interface WorkerSettings extends Pick<WorkerPolicy, "batchSize" | "lease" | "pause"> {
  /** Round trip of a push to the message service. */
  readonly roundTrip: Duration;
  /** Of the limiter that the worker asks. */
  readonly limiter: GrantTerms;
}

/**
 * Returns how long before the end of its lease a worker stops pushing: two round trips, so that the answer of the last push
 * is there in time, and at most a quarter of the lease. Both numbers are chosen.
 */
export const leaseMargin = ({ lease, roundTrip }: Pick<WorkerSettings, "lease" | "roundTrip">): Duration =>
  Math.min(lease / 4, 2 * roundTrip) as Duration;

/** Returns the longest time from asking for a grant until the grant is void. */
export const grantLasts = ({ kind, horizon, jitter }: GrantTerms): Duration =>
  (kind === "gcra" ? horizon + jitter : jitter) as Duration;

/** Returns the policy of a worker with these settings. */
export const workerPolicyOf = ({ batchSize, lease, pause, roundTrip, limiter }: WorkerSettings): WorkerPolicy => ({
  ...{ batchSize, lease, pause },
  margin: leaseMargin({ lease, roundTrip }),
  grantLasts: grantLasts(limiter),
});
