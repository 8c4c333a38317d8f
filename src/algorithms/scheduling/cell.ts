/**
 * One path as it is known: a gateway, an IP:port, and what was heard of the sessions and the connects over it.
 * Met by: src/world/seams/scheduling.ts
 */
import { CONNECTS, SESSIONS, Stream, STREAM_WIDTH } from "./stream.ts";

export interface Cell {
  readonly gateway: number;
  readonly endpoint: number;
  readonly sessions: Stream;
  readonly connects: Stream;
}

/** Numbers that a cell needs. */
export const CELL_WIDTH = 2 * STREAM_WIDTH;

/** `numbers`: `CELL_WIDTH` zeros from `from` on that are this cell's own. */
export const openCell = (gateway: number, endpoint: number, numbers: Float64Array, from: number): Cell => ({
  gateway,
  endpoint,
  sessions: new Stream(SESSIONS, numbers, from),
  connects: new Stream(CONNECTS, numbers, from + STREAM_WIDTH),
});
