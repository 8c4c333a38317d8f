/**
 * The pull half of the push: on the day of the reminder clients fetch what is due for them, and their own timers show it on
 * time, whatever the message service does then. They come spread over the night: each at an hour that follows from its
 * user's own number (as QQ staggered its clients), the same however often it asks, and a different one every day.
 * Met by: src/world/push/subscribers.ts
 */
import { assert } from "../../base/assert.ts";
import { after, type Duration, type Instant } from "../../base/units.ts";

/** When a client fetches what is due on the day that begins at `midnight`: evenly spread over the window from then on. */
export const prefetchAt = (uin: number, midnight: Instant, window: Duration): Instant => {
  assert(window > 0, () => `prefetches within ${String(window)} us`);
  const day = Math.floor(midnight / 60_000_000);
  let hash = (uin % 4_294_967_296) ^ Math.imul(Math.floor(uin / 4_294_967_296), 0x9e3779b1);
  hash = Math.imul(hash ^ Math.imul(day, 0x85ebca6b) ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  const share = ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
  return after(midnight, Math.floor(share * window) as Duration);
};

/** Whether a client that fetched then, or never, shows the reminder by its own timer: only if it has it before it is due. */
export const showsItself = (fetchedAt: Instant | undefined, due: Instant): boolean =>
  fetchedAt !== undefined && fetchedAt < due;
