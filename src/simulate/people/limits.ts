/** Limits that the meaning of a figure fixes (the contract of `login.success` and of reroute, alarm and back delays). */

/** Logged in within this long counts as a success. */
export const SUCCESS_LIMIT_MS = 30_000;

/** People have left the paths a fault hit when at most this share of them is still there. */
export const LEFT_BEHIND = 0.1;

/** People whom a fault threw off line are back when at most this share of them is not. */
export const STILL_OUT = 0.001;
