/** The steps of a worker for a block, in order, which are measured one by one. */

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

/** The steps that are done for every batch of a block; the others are done once. */
export const OF_BATCHES: ReadonlySet<Step> = new Set(["grant", "push", "report"]);
