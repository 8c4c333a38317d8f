/**
 * One path, from a gateway to an IP:port, and what was reported of it.
 * Met by: src/world/seams/scheduling.ts
 */
import type { OutcomeStream } from "./outcome-stream.ts";

/** Statistics of one path. */
export interface PathStats {
  /** Index of the gateway. */
  readonly gateway: number;
  /** Index of the endpoint. */
  readonly endpoint: number;
  /** Sessions over it, and those that lost a probe. */
  readonly sessions: OutcomeStream;
  /** Connects over it, and those that failed. */
  readonly connects: OutcomeStream;
}
