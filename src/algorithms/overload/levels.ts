/**
 * Priority levels of requests. What the user does decides first (logging in before sending, sending before browsing);
 * among equals a hash of the user decides, so that all requests of one user are admitted or none: a task that needs
 * four answers gains nothing from three. The hash changes every hour, or the same users would always be refused; not
 * with each session, or users would learn to log in again. Published: Zhou et al., "Overload Control for Scaling WeChat
 * Microservices" (DAGOR), SoCC 2018.
 * Met by: src/world/services/callers.ts
 */
import type { Draws } from "../../base/random.ts";
import { hours, type Instant } from "../../base/units.ts";

/** Levels of users within a business level. Published. */
export const USER_LEVELS = 128;
/** Levels of what users do. Published as "tens"; chosen. */
export const BUSINESS_LEVELS = 64;
/** Number of levels; a level is in [0, LEVELS), and 0 is the most important. */
export const LEVELS = BUSINESS_LEVELS * USER_LEVELS;

const ROTATION = hours(1);

/**
 * Returns the level of a user's request, given its business level in [0, 64): the same on every machine that knows the
 * salt. It has a fraction, for the hash is finer than the levels, so that a server can admit a part of one.
 */
export const levelOf = (salt: Draws, business: number, user: number, now: Instant): number =>
  (business + salt.uniform(user, 0, Math.floor(now / ROTATION))) * USER_LEVELS;
