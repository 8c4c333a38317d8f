/** What the world of push reports to its book. Times are the world's, counts are of subscribers. */
import type { CAUSES } from "../../scenario/push/names.ts";
import type { Instant } from "../../base/units.ts";

/** Why a subscriber is told again. */
export type Cause = (typeof CAUSES)[number];

/** The book of push. */
export interface PushNotes {
  /** Notes the apps that fetched a task ahead, by second from the start of fetching. */
  fetched(task: number, bySecond: Float64Array): void;
  /** Notes that a task is due, and how many subscribers are told by their own apps' timers. */
  shown(task: number, at: Instant, subscribers: number): void;
  /** Notes messages that came to the service, and with them the number in the second that ends now. */
  arrived(at: Instant, messages: number, inSecond: number): void;
  /** Notes subscribers that were told for the first time, `late` after the task was due. */
  told(task: number, at: Instant, late: number, subscribers: number): void;
  /** Notes a subscriber that had been told before, and why. */
  repeated(task: number, at: Instant, cause: Cause): void;
  /** Notes that a slot was at work: it had a block, and did not wait for its moment at the limiter. */
  worked(from: Instant, to: Instant): void;
  /** Notes messages that the service refused, as it was at its capacity. */
  refused(task: number, at: Instant, messages: number): void;
}
