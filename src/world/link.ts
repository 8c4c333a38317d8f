/**
 * A link: one cell's way to one endpoint as the crowd uses it. Its numbers lie side by side, for a beat, a report and a
 * metering look at several of them, and of the tens of thousands of links each touches another.
 */

/** Chance of 2^32 that a heartbeat stays unanswered for its whole time-out, and that a single probe does. */
export const BEAT_FAILS = 0;
export const PROBE_FAILS = 1;
/** People connected. */
export const HELD = 2;
/** Since the run began: beats sent, beats that stayed unanswered, logins; answered beats that were told of, and how often some were. */
export const BEATS = 3;
export const MISSED = 4;
export const LOGINS = 5;
export const TOLD = 6;
export const TELLINGS = 7;
/** Beats of people at rest (rest.ts): how fast they come, parts of one not yet among `BEATS`, and the ms up to which they are. */
export const PACE = 8;
export const PARTS = 9;
export const SINCE = 10;
/** Logins that were told of, and failed attempts of whoever has got in since that were not yet. */
export const LOGINS_TOLD = 11;
export const FAILED = 12;
/** When people at rest were last woken there because something changed, ms since the run began; 0: never. */
export const WOKEN = 13;
/** Numbers of a link: link `i` begins at `i * LINK`. */
export const LINK = 14;
