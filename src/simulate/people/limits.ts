/** Limits that are part of a figure's definition (of `login.success`, of alerts, and of the delays until people are rerouted or back). */

/** A login that takes at most this long is a success. */
export const SUCCESS_LIMIT_MS = 30_000;

/** Paths count as left once at most this share of their people is still on them. */
export const REMAINING_SHARE = 0.1;

/** The people of a fault count as back online once at most this share of them is still offline. */
export const OFFLINE_SHARE = 0.001;

/** The least share of an alert's claim that must be true. */
export const TRUE_SHARE = 0.5;
