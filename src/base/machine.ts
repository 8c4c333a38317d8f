import type { Instant } from "./units.ts";

/**
 * Deployable logic. All it knows of the outside arrives as an input and a time; all it does to the
 * outside leaves as an effect. It has no clock, no socket and no dice of its own, so a simulator and
 * a server can drive the same object and get the same answers.
 *
 * The law for whoever drives one: one input, perform all effects, read `wakeAt`, repeat.
 */
export interface Machine<Input, Effect> {
  /** When the machine next wants an input of `{ kind: "wake" }`; NEVER if it only waits. */
  readonly wakeAt: Instant;

  /** Takes exactly one input and returns what should now happen, in order. */
  handle(input: Input, now: Instant): readonly Effect[];
}
