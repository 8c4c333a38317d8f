/**
 * Deadlines: the time after which an answer is useless. A task gets one where it enters and passes it on with every
 * call made for it, so that no work is done for a caller that has given up; a caller that does not pass it on only
 * stops waiting.
 * Met by: src/world/services/callers.ts, src/world/services/services.ts
 */
import { after, type Duration, type Instant } from "../../base/units.ts";

/** Returns when the caller of an attempt stops waiting: after its timeout, but not after the task's deadline. */
export const attemptDeadline = (now: Instant, timeout: Duration, deadline: Instant): Instant =>
  Math.min(after(now, timeout), deadline) as Instant;

/** True if the deadline has passed: work that nobody waits for is not begun. */
export const isPast = (deadline: Instant, now: Instant): boolean => now >= deadline;
