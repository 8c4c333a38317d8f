/** What the world of push tells whoever keeps its book. Times are the world's, counts are of subscribers. */
import type { CAUSES } from "../../scenario/push/shape.ts";
import type { Instant } from "../../base/units.ts";

export type Cause = (typeof CAUSES)[number];

export interface PushNotes {
  /** Apps fetched a task ahead, so many in each second from when fetching began. */
  fetched(task: number, bySecond: Float64Array): void;
  /** A task is due, and so many are told by their own apps' timers. */
  shown(task: number, at: Instant, subscribers: number): void;
  /** Messages came to the service, and with them so many in the second that ends now. */
  arrived(at: Instant, messages: number, inSecond: number): void;
  /** The service took messages to people who had not been told before, so long after the task was due. */
  told(task: number, at: Instant, late: number, subscribers: number): void;
  /** … and to somebody who had. */
  repeated(task: number, at: Instant, cause: Cause): void;
  /** A slot of some host was at work: it had a block, and did not wait for its moment at the limiter. */
  worked(from: Instant, to: Instant): void;
  /** The service had more to do than it can, and refused messages. */
  refused(task: number, at: Instant, messages: number): void;
}
