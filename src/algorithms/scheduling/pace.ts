/**
 * How fast connected clients are told to move: never faster than the servers that they are led to can log them in, or
 * the hint itself would be the herd that it is meant to avoid.
 * Met by: src/world/seams/scheduling.ts
 */
import { type Duration, seconds } from "../../base/units.ts";

/** Share of a server's logins that moves may use; the rest is for those who come by themselves. Chosen. */
const FOR_MOVES = 0.5;

/** People led to one server at once, and how many it logs in a second. */
export interface Led {
  readonly people: number;
  readonly loginsASecond: number;
}

/** Over how long hints are spread: the policy's own spread, or as long as the slowest of the servers needs. */
export const paceOf = (spread: Duration, led: readonly Led[]): Duration => {
  const needed = led.map(({ people, loginsASecond }) => people / (FOR_MOVES * loginsASecond));
  return Math.max(spread, seconds(Math.max(0, ...needed))) as Duration;
};
