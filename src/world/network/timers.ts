/** Kernel timers: Linux's timer wheel at 250 ticks a second is coarser for longer timers. */
import type { RandomStream } from "../../base/random.ts";

const TICK_US = 4_000;

/** Returns the time after which a timer fires, us: on a tick, late by up to 4 ms below 252 ms, 32 ms below 2 s, and so on. */
export const late = (us: number, chance: RandomStream): number => {
  const ticks = Math.ceil(us / TICK_US);
  let coarse = 1;
  let limit = 63;
  while (ticks >= limit) {
    coarse *= 8;
    limit *= 8;
  }
  return Math.round((ticks + coarse * chance.next()) * TICK_US);
};
