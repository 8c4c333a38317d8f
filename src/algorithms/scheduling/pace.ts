/**
 * How fast connected clients are told to move: never faster than the servers that they are led to can log them in, or
 * the hint itself would be the herd that it is meant to avoid.
 * Met by: src/world/seams/scheduling.ts, src/world/weather.ts
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

/** Share of the logins of those who are left that people of a lost server may ask for: the rest is for everybody else. Chosen. */
const FOR_THE_LOST = 0.95;

/**
 * Over how long everybody on some servers would be welcome on the others, by line: what those servers tell their clients
 * beat by beat, for the day when they can say nothing more. People whose line ends there go to the others' lines. `share`: of
 * all logins that they may ask for.
 */
export const welcomeOver = (lines: readonly Led[], share = FOR_THE_LOST): Duration => {
  const sum = (of: (line: Led) => number): number => lines.reduce((total, line) => total + of(line), 0);
  const all = sum(({ loginsASecond }) => loginsASecond);
  const stranded = sum(({ people, loginsASecond }) => (loginsASecond > 0 ? 0 : people));
  const needed = lines.map(({ people, loginsASecond }) =>
    loginsASecond === 0 ? 0 : (people + (stranded * loginsASecond) / all) / (share * loginsASecond),
  );
  return seconds(Math.max(0, ...needed));
};
