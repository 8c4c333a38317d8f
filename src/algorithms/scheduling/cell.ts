/**
 * One path as it is known: a gateway, an IP:port, and what was heard of the sessions and the connects over it.
 * Met by: src/world/seams/scheduling.ts
 */
import { CONNECTS, SESSIONS, Stream } from "./stream.ts";

export interface Cell {
  readonly gateway: number;
  readonly endpoint: number;
  readonly sessions: Stream;
  readonly connects: Stream;
  /** Packets of the round that is not closed yet. */
  probes: number;
  unanswered: number;
  /** Something was heard in the round that is not closed yet. */
  isTouched: boolean;
}

export const openCell = (gateway: number, endpoint: number): Cell => ({
  gateway,
  endpoint,
  sessions: new Stream(SESSIONS),
  connects: new Stream(CONNECTS),
  probes: 0,
  unanswered: 0,
  isTouched: false,
});
