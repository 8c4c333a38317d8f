/** The contract of an algorithm that can be deployed and simulated. */
import type { Instant } from "./units.ts";

/**
 * A state machine without input and output of its own. Everything it knows arrives as an input and a time; everything
 * it wants done is returned as an effect. It has no clock, no socket and no random numbers of its own, so a simulator
 * and a server can run the same object and get the same effects.
 *
 * The rule for its driver: pass one input, perform all effects in order, read `wakeAt`, repeat. At `wakeAt` the input
 * is `{ kind: "wake" }`.
 */
export interface Machine<Input, Effect> {
  /** When the machine next wants a `wake` input; NEVER if it only waits for other inputs. */
  readonly wakeAt: Instant;

  /** Takes one input at a time no earlier than the last. Returns the effects to perform now, in order. */
  handle(input: Input, now: Instant): readonly Effect[];
}
