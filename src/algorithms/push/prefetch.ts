/**
 * Prefetching: on the day of the reminder clients fetch what is due for them, and their own timers show it on time without
 * the message service. They come spread over the night: the moment follows from the user's number and the date (as QQ
 * staggered its clients), so that it is the same at every question of one day and another one the next day.
 * Met by: src/world/push/subscribers.ts
 */
import { assert } from "../../base/assert.ts";
import { after, type Duration, type Instant } from "../../base/units.ts";

/** Returns when a client fetches the reminders of the day that begins at `midnight`, evenly spread over the window after it. */
export const prefetchAt = (uin: number, midnight: Instant, window: Duration): Instant => {
  assert(window > 0, () => `prefetches within ${String(window)} us`);
  const day = Math.floor(midnight / 60_000_000);
  let hash = (uin % 4_294_967_296) ^ Math.imul(Math.floor(uin / 4_294_967_296), 0x9e3779b1);
  hash = Math.imul(hash ^ Math.imul(day, 0x85ebca6b) ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  const share = ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
  return after(midnight, Math.floor(share * window) as Duration);
};

/** True if a client that fetched then, or never (undefined), has the reminder before it is due and so shows it itself. */
export const showsItself = (fetchedAt: Instant | undefined, due: Instant): boolean =>
  fetchedAt !== undefined && fetchedAt < due;
