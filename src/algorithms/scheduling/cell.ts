/**
 * One path as it is known: a gateway, an IP:port, and what was heard of the sessions and the connects over it.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Stream } from "./stream.ts";

export interface Cell {
  readonly gateway: number;
  readonly endpoint: number;
  readonly sessions: Stream;
  readonly connects: Stream;
}
