/** What a run tells of itself besides numbers: invariants, what happened, what the scheduler decided and why. */

export interface InvariantResult {
  readonly name: string;
  readonly held: boolean;
  readonly why?: string;
}

/** `at` in seconds of simulated time. */
export interface TimelineEvent {
  readonly at: number;
  readonly what: string;
  readonly who: string;
}

export interface Decision {
  readonly at: number;
  readonly by: "scheduler";
  readonly kind: "alert" | "all-clear" | "move" | "step" | "restore" | "fail-open" | "evacuation";
  readonly what: string;
  readonly who: string;
  readonly ip: string;
  readonly why: readonly string[];
}

/** One event of a person who was followed. */
export interface TraceEvent {
  readonly at: number;
  readonly cell: string;
  readonly index: number;
  readonly what: string;
}
