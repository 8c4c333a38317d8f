/**
 * How fast connected clients are told to move: never faster than the servers that they are led to can log them in, or
 * the hint itself would be the herd that it is meant to avoid.
 * Met by: src/world/seams/scheduling.ts, src/world/refuge.ts
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

/** Of the connections that are free, people of lost servers are led to this share. Chosen: others come as well. */
const OF_THE_FREE = 0.9;

/** A server that is left: its line, logins a second, and connections that are free. */
export interface Host {
  readonly line: string;
  readonly loginsASecond: number;
  readonly free: number;
}

export interface Welcome {
  /** Until everybody, or as many as there is room for, can be back. */
  readonly over: Duration;
  /** People for each host, in their order. */
  readonly people: readonly number[];
}

/**
 * Over how long the people of lost servers are welcome on the others, and how many on which: each host takes people at its
 * rate until it is full. It is what servers tell their clients beat by beat, for the day when they can say nothing more.
 * `lost`: people by line; those whose line ends nowhere else go to all lines. `share`: of all logins that they may ask for.
 */
export const welcomeOf = (lost: ReadonlyMap<string, number>, hosts: readonly Host[], share = FOR_THE_LOST): Welcome => {
  const rate = (some: readonly Host[]): number => some.reduce((sum, { loginsASecond }) => sum + loginsASecond, 0);
  const hasLine = (line: string): boolean => hosts.some((host) => host.line === line && host.loginsASecond > 0);
  const stranded = [...lost].reduce((sum, [line, people]) => (hasLine(line) ? sum : sum + people), 0);
  const people = hosts.map(() => 0);
  let longest = 0;
  for (const line of new Set(hosts.map((host) => host.line))) {
    const own = [...hosts.keys()].filter((place) => hosts[place]!.line === line && hosts[place]!.loginsASecond > 0);
    const guests = (stranded * rate(own.map((place) => hosts[place]!))) / rate(hosts);
    const took = fill(own, hosts, (lost.get(line) ?? 0) + (guests > 0 ? guests : 0), people);
    longest = Math.max(longest, took);
  }
  return { over: seconds(longest / share), people };
};

/** Spreads people over hosts that fill at their rates; answers the seconds that takes. */
const fill = (own: readonly number[], hosts: readonly Host[], people: number, into: number[]): number => {
  const fullAfter = (place: number): number => (OF_THE_FREE * hosts[place]!.free) / hosts[place]!.loginsASecond;
  const order = own.toSorted((a, b) => fullAfter(a) - fullAfter(b));
  let left = people;
  let rate = order.reduce((sum, place) => sum + hosts[place]!.loginsASecond, 0);
  let took = 0;
  for (const place of order) {
    if (left <= 0) break;
    const more = Math.min(left / rate, fullAfter(place) - took);
    took += more;
    left -= more * rate;
    rate -= hosts[place]!.loginsASecond;
  }
  for (const place of own) into[place] = Math.min(OF_THE_FREE * hosts[place]!.free, took * hosts[place]!.loginsASecond);
  return took;
};
