/** What a worker does for a block, in order: the steps that are measured one by one, each as the worker performs it. */

/** `deliver`: from acknowledging a block to having the next. The others are effects of the worker's machine. */
export const STEPS = [
  "deliver",
  "look-up",
  "claim",
  "record",
  "grant",
  "push",
  "report",
  "record-finished",
  "finish",
] as const;

export type Step = (typeof STEPS)[number];

/** Those done for every lot of a block; the others are done once. */
export const OF_LOTS: ReadonlySet<Step> = new Set(["grant", "push", "report"]);
