/**
 * A client's hot record: what every person carries from event to event, in four words of the calendar.
 *
 * index in the cell | due | phase 3, endpoint 8, failed attempts 4, ordinal 17 bits | heartbeat 18, cell 14 bits.
 * Nobody online has failed attempts: there the lowest bit says that the next event was foretold (rest.ts). The ordinal counts the client's events that draw; after 131,072 of them (a year of heartbeats) draws repeat.
 */
import { HEARTBEAT_BITS } from "./heartbeats.ts";

/** Connected; the next event is a heartbeat. */
export const ONLINE = 0;
/** Logged out; the next event is a login. */
export const AWAY = 1;
/** About to race for a connection. */
export const CONNECT = 2;
/** Connected to a server's door; the login request arrives. */
export const ARRIVE = 3;
/** In the server's queue, which is known when the bucket is over. */
export const SETTLE = 4;
/** The last answer of the login arrives. */
export const LOGGED = 5;
/** Connected, and told to move. */
export const HINTED = 6;
/** Thinks it is connected; the other side has forgotten it. */
export const STALE = 7;

const FAILURES_MAX = 15;
const FORETOLD = 1 << 11;

export const phaseOf = (word: number): number => word & 7;
export const endpointOf = (word: number): number => (word >>> 3) & 0xff;
export const failuresOf = (word: number): number => (word >>> 11) & 0xf;
export const ordinalOf = (word: number): number => word >>> 15;

/** Online at this endpoint, so many events on. */
export const atRest = (endpoint: number, ordinal: number): number => (ordinal << 15) | (endpoint << 3) | ONLINE;
export const withPhase = (word: number, phase: number): number => (word & ~7) | phase;
export const withEndpoint = (word: number, endpoint: number): number => (word & ~(0xff << 3)) | (endpoint << 3);
/** Of somebody online: beats before this event's are answered, and it is known that something comes of this one. */
export const isForetold = (word: number): boolean => (word & FORETOLD) !== 0 && phaseOf(word) === ONLINE;
export const foretold = (word: number): number => word | FORETOLD;
export const notForetold = (word: number): number => word & ~FORETOLD;

/** The next event's word: one draw further. */
export const advanced = (word: number): number => (word + (1 << 15)) | 0;
export const withFailures = (word: number, failures: number): number =>
  (word & ~(0xf << 11)) | (Math.min(failures, FAILURES_MAX) << 11);

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

/** E.g. "online, event 12" or "connecting after 2 failures, event 13". */
export const describe = (word: number): string => {
  const failures = phaseOf(word) === ONLINE ? 0 : failuresOf(word);
  const after = failures === 0 ? "" : ` after ${String(failures)} ${failures === 1 ? "failure" : "failures"}`;
  return `${PHASES[phaseOf(word)]!}${after}, event ${String(ordinalOf(word))}`;
};
