/**
 * How important a request is. What the user does decides first (to log in comes before to send, to send before to look
 * around); among equals a hash of the user decides, so that one user's requests all share one fate: of a task that
 * needs four answers nothing is won when three are given. The hash changes every hour, or the same people would
 * always wait; not with each session, or people would learn to log in again.
 * Published: Zhou et al., "Overload Control for Scaling WeChat Microservices" (DAGOR), SoCC 2018.
 * Met by: src/world/services/callers.ts
 */
import type { Draws } from "../../base/random.ts";
import { hours, type Instant } from "../../base/units.ts";

/** Published. */
export const USER_LEVELS = 128;
/** Published as "tens"; chosen. */
export const BUSINESS_LEVELS = 64;
/** A level is below this; 0 is the most important. */
export const LEVELS = BUSINESS_LEVELS * USER_LEVELS;

const ROTATION = hours(1);

/**
 * The level of what a user does, of a business level in [0, 64), the same on every machine that knows the salt. It has a
 * fraction: the hash is finer than the levels that are counted, so that a server can let in a part of one.
 */
export const levelOf = (salt: Draws, business: number, user: number, now: Instant): number =>
  (business + salt.uniform(user, 0, Math.floor(now / ROTATION))) * USER_LEVELS;
