/**
 * The layout of a client's hot record: what it carries from event to event, in the four words of a calendar's record.
 *
 * index in the cell | due | phase 3, endpoint 8, failed attempts 4, alone 1, ordinal 16 bits | heartbeat 18, cell 14 bits.
 * A client that is online has no failed attempts: there the lowest bit says that the next event was foretold (parked.ts), and the
 * one above that it leaves before its next heartbeat. The ordinal counts the client's events that draw; after 65,536 of them (half a year of heartbeats) draws repeat.
 */
import { FOURTH, THIRD } from "../../engine/calendar.ts";
import { HEARTBEAT_BITS } from "./heartbeats.ts";

/** Offsets of the client's own words in a record. */
export const STATE = THIRD;
export const HEARTBEAT = FOURTH;

/** Connected; the next event is a heartbeat. */
export const ONLINE = 0;
/** Logged out; the next event is a login. */
export const AWAY = 1;
/** About to race for a connection. */
export const CONNECT = 2;
/** Connected to a server's door, far away; the login request arrives. */
export const ARRIVE = 3;
/** In the server's queue, or on the way to it; what the queue does is known when the bucket of the arrival is over. */
export const SETTLE = 4;
/** The last answer of the login arrives. */
export const LOGGED = 5;
/** Connected, and told to move. */
export const HINTED = 6;
/** Thinks it is connected; the other side has forgotten it. */
export const STALE = 7;

const PHASE = 0x7;
const ENDPOINT = 0xff;
const ENDPOINT_AT = 3;
const FAILURES = 0xf;
const FAILURES_AT = 11;
const FORETOLD = 1 << FAILURES_AT;
const LEAVING = 2 << FAILURES_AT;
const ALONE = 1 << 15;
const ORDINAL_AT = 16;

export const phaseOf = (state: number): number => state & PHASE;
export const endpointOf = (state: number): number => (state >>> ENDPOINT_AT) & ENDPOINT;
export const failuresOf = (state: number): number => (state >>> FAILURES_AT) & FAILURES;
export const ordinalOf = (state: number): number => state >>> ORDINAL_AT;
/** True if beats before this event's are answered and something is known to come of it: of a client online. */
export const isForetold = (state: number): boolean => (state & FORETOLD) !== 0 && phaseOf(state) === ONLINE;

/** True if the next event of a client online is that it leaves. */
export const isLeaving = (state: number): boolean => (state & LEAVING) !== 0 && phaseOf(state) === ONLINE;

/** Returns the state of a client online at this endpoint after `ordinal` events. */
export const online = (endpoint: number, ordinal: number): number =>
  (ordinal << ORDINAL_AT) | (endpoint << ENDPOINT_AT) | ONLINE;
export const withPhase = (state: number, phase: number): number => (state & ~PHASE) | phase;
export const withEndpoint = (state: number, endpoint: number): number =>
  (state & ~(ENDPOINT << ENDPOINT_AT)) | (endpoint << ENDPOINT_AT);
export const withFailures = (state: number, failures: number): number =>
  (state & ~(FAILURES << FAILURES_AT)) | (Math.min(failures, FAILURES) << FAILURES_AT);
export const foretold = (state: number): number => state | FORETOLD;
export const notForetold = (state: number): number => state & ~FORETOLD;
/** True if a client on its way to a login comes by itself: the other people of its row come at other times. */
export const isAlone = (state: number): boolean => (state & ALONE) !== 0;
export const alone = (state: number): number => state | ALONE;
export const together = (state: number): number => state & ~ALONE;
export const leaving = (state: number): number => state | LEAVING;
export const notLeaving = (state: number): number => state & ~LEAVING;
/** Returns the state of the next event: one draw further. */
export const advanced = (state: number): number => (state + (1 << ORDINAL_AT)) | 0;

/** True if the client has a connection, or thinks so. */
export const isConnected = (phase: number): boolean => phase === ONLINE || phase === HINTED || phase === STALE;

export const cellOf = (word: number): number => word >>> HEARTBEAT_BITS;
export const packClient = (cell: number, heartbeat: number): number => (cell << HEARTBEAT_BITS) | heartbeat;

const PHASES = [
  "online",
  "away",
  "connecting",
  "at the door",
  "in the queue",
  "logging in",
  "told to move",
  "cut off unawares",
];

/** Returns a state in words, e.g. "online, event 12" or "connecting after 2 failures, event 13". */
export const describe = (state: number): string => {
  const failures = phaseOf(state) === ONLINE ? 0 : failuresOf(state);
  const after = failures === 0 ? "" : ` after ${String(failures)} ${failures === 1 ? "failure" : "failures"}`;
  const soon = isLeaving(state) ? " and about to leave" : "";
  return `${PHASES[phaseOf(state)]!}${after}${soon}, event ${String(ordinalOf(state))}`;
};
