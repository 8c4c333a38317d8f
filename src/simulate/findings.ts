/** Findings that a run reports in words: invariants, the timeline, the scheduler's decisions and their reasons. */

/** Whether an invariant held throughout the run, else the first breach. */
export interface InvariantResult {
  readonly name: string;
  readonly held: boolean;
  readonly why?: string;
}

/** A fault or an intervention; `at` in seconds of simulated time, `what` is kind and id in words. */
export interface TimelineEvent {
  readonly at: number;
  readonly kind: "fault-begins" | "fault-ends" | "intervention";
  /** The id of the fault or the intervention in the scenario. */
  readonly id: string;
  readonly what: string;
  readonly who: string;
}

/** A decision of the scheduler with its reasons; `at` in seconds of simulated time. */
export interface Decision {
  readonly at: number;
  readonly by: "scheduler";
  readonly kind: "alert" | "all-clear" | "move" | "step" | "restore" | "fail-open" | "evacuation";
  readonly what: string;
  readonly who: string;
  readonly ip: string;
  readonly why: readonly string[];
  /** The reason that gateways moved together have in common; only of a move, step or restore. */
  readonly cause?: string;
}

/** One event of a client that was watched; `at` in seconds of simulated time. */
export interface TraceEvent {
  readonly at: number;
  readonly cell: string;
  readonly index: number;
  readonly what: string;
}
