/** Time for machines, from Node's clock. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Instant } from "../base/units.ts";

/** Returns microseconds since 1970. It never goes back: only the start of the process is read from the wall clock. */
export const now = (): Instant => Math.round((performance.timeOrigin + performance.now()) * 1_000) as Instant;

/** Timers count milliseconds in 31 bits; one never fires early by more than the part of a millisecond that this adds. */
const LONGEST = 2_147_483_647;
/** Returns how long a timer must wait for a time, in ms. */
export const msUntil = (time: Instant): number => Math.min(LONGEST, Math.max(0, Math.ceil((time - now()) / 1_000)));

/** Resolves at this time or later, never earlier. */
export const sleepUntil = async (time: Instant): Promise<void> => {
  while (now() < time) await sleep(msUntil(time));
};
