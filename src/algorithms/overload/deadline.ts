/**
 * Until when an answer is of use. A deadline is given to a task where it enters and travels with every call that is
 * made for it, so that nobody works for somebody who has gone; a caller who does not pass it on only stops waiting.
 * Met by: src/world/services/callers.ts, src/world/services/services.ts
 */
import { after, type Duration, type Instant } from "../../base/units.ts";

/** When the caller of one attempt stops waiting for it: never later than the task's own end. */
export const attemptDeadline = (now: Instant, timeout: Duration, deadline: Instant): Instant =>
  Math.min(after(now, timeout), deadline) as Instant;

/** Work that nobody waits for any more is not begun. */
export const isPast = (deadline: Instant, now: Instant): boolean => now >= deadline;
