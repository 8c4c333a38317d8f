/** What a run reports in words: invariants, what happened, what the scheduler decided and why. */

export interface InvariantResult {
  readonly name: string;
  readonly held: boolean;
  readonly why?: string;
}

/** `at` in seconds of simulated time; `what` says kind and id in words. */
export interface TimelineEvent {
  readonly at: number;
  readonly kind: "fault-begins" | "fault-ends" | "intervention";
  /** Of the fault or the intervention, as in the scenario. */
  readonly id: string;
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
  /** Of a move, step or restore: the reason that gateways led together have in common. */
  readonly cause?: string;
}

/** One event of a person who was followed. */
export interface TraceEvent {
  readonly at: number;
  readonly cell: string;
  readonly index: number;
  readonly what: string;
}
