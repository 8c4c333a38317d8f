/**
 * How fast clients are moved: connected ones no faster than their new servers can log them in, or the move itself would
 * be a login storm; those of lost servers as fast as the remaining servers can log them in.
 * Met by: src/world/seams/scheduling.ts, src/world/centre-failover.ts
 */
import { type Duration, seconds } from "../../base/units.ts";

/** Share of a server's logins that moves may use; the rest is for clients that come by themselves. Chosen. */
const FOR_MOVES = 0.5;

/** A move of people to one server. */
export interface MoveToServer {
  /** People moved at once. */
  readonly people: number;
  /** Logins that the server serves per second. */
  readonly loginsASecond: number;
}

/**
 * Returns the time over which moves are spread: the policy's spread, or longer if the slowest of the servers needs it.
 */
export const moveSpread = (spread: Duration, moves: readonly MoveToServer[]): Duration => {
  const needed = moves.map(({ people, loginsASecond }) => people / (FOR_MOVES * loginsASecond));
  return Math.max(spread, seconds(Math.max(0, ...needed))) as Duration;
};

/**
 * Share of the remaining servers' logins that people of lost servers may use; the rest is for everybody else. Chosen.
 */
const FOR_THE_LOST = 0.95;

/** Share of a server's free connections that people of lost servers may use. Chosen: others come as well. */
const OF_THE_FREE = 0.9;

/** A remaining server. */
export interface RemainingServer {
  /** Its line. */
  readonly line: string;
  /** Logins that it serves per second. */
  readonly loginsASecond: number;
  /** Connections that are free. */
  readonly free: number;
}

/** How people of lost servers reconnect. */
export interface ReconnectPlan {
  /** Time until all of them, or as many as there is room for, can be online again. */
  readonly over: Duration;
  /** People for each remaining server, in the given order. */
  readonly people: readonly number[];
}

/**
 * Returns how the people of lost servers reconnect to the remaining ones, each of which takes people at its login rate
 * until it is full. Servers send this to their clients with every heartbeat, for the time when they cannot send
 * anything. `lost` holds people by line; people whose line ends at no remaining server use all lines. `share` is the
 * share of logins they may use.
 */
export const planReconnects = (
  lost: ReadonlyMap<string, number>,
  servers: readonly RemainingServer[],
  share = FOR_THE_LOST,
): ReconnectPlan => {
  const rate = (some: readonly RemainingServer[]): number =>
    some.reduce((sum, { loginsASecond }) => sum + loginsASecond, 0);
  const hasLine = (line: string): boolean => servers.some((server) => server.line === line && server.loginsASecond > 0);
  const stranded = [...lost].reduce((sum, [line, people]) => (hasLine(line) ? sum : sum + people), 0);
  const people = servers.map(() => 0);
  let longest = 0;
  for (const line of new Set(servers.map((server) => server.line))) {
    const own = [...servers.keys()].filter(
      (place) => servers[place]!.line === line && servers[place]!.loginsASecond > 0,
    );
    const guests = (stranded * rate(own.map((place) => servers[place]!))) / rate(servers);
    const took = fill(own, servers, (lost.get(line) ?? 0) + (guests > 0 ? guests : 0), people);
    longest = Math.max(longest, took);
  }
  return { over: seconds(longest / share), people };
};

/** Spreads people over servers that fill at their rates, into `into`. Returns the seconds it takes. */
const fill = (own: readonly number[], servers: readonly RemainingServer[], people: number, into: number[]): number => {
  const fullAfter = (place: number): number => (OF_THE_FREE * servers[place]!.free) / servers[place]!.loginsASecond;
  const order = own.toSorted((a, b) => fullAfter(a) - fullAfter(b));
  let left = people;
  let rate = order.reduce((sum, place) => sum + servers[place]!.loginsASecond, 0);
  let took = 0;
  for (const place of order) {
    if (left <= 0) break;
    const more = Math.min(left / rate, fullAfter(place) - took);
    took += more;
    left -= more * rate;
    rate -= servers[place]!.loginsASecond;
  }
  for (const place of own)
    into[place] = Math.min(OF_THE_FREE * servers[place]!.free, took * servers[place]!.loginsASecond);
  return took;
};
