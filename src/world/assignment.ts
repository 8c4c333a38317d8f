/**
 * The initial assignment of gateways: each goes to the nearest centre that has room, over its own carrier's line. Lines are filled to
 * two thirds of their connections (any two centres must carry all users), and the servers of a line evenly. A gateway that finds no
 * such room goes where most is left.
 */
import type { Fleet } from "./fleet/centre.ts";
import type { Gateway } from "./network/gateway.ts";

/** Largest load of a line while nothing is wrong: any two of three centres carry all users. */
const NORMAL_LOAD = 2 / 3;

/** What gateways are assigned by. */
export interface AssignmentParts {
  /** All gateways, by index. */
  readonly gateways: readonly Gateway[];
  /** People behind each gateway. */
  readonly people: ArrayLike<number>;
  /** Access servers and endpoints. */
  readonly fleet: Fleet;
  /** Round trip from a gateway to an endpoint while nothing is wrong, ms. */
  readonly rttMs: (gateway: number, endpoint: number) => number;
  /** By centre: its share of all users, if the scenario sets it; else it gets the users that are near and find room. */
  readonly shares: Readonly<Record<string, number | undefined>>;
  /** True if lists name every server of the carrier's other lines, so that clients of a lost centre can spread over all of them. */
  readonly namesAll: boolean;
  /** Addresses that a client's list has at least, as far as there are addresses. */
  readonly listLength: number;
}

interface Line {
  readonly centre: string;
  readonly line: string;
  /** The first port of each server, then the next port of each. */
  endpoints: number[];
  room: number;
}

/**
 * Returns each gateway's candidates, best first: one address on each of the best lines, and two more on the first of them; where
 * that is fewer than a client's list, further addresses of the first line and then of the others.
 */
export const assign = (parts: AssignmentParts): number[][] => {
  const { gateways, people, fleet, rttMs, shares, namesAll, listLength } = parts;
  const lines = fleetLines(fleet);
  divideRoom(lines, gateways, people, shares);
  const preferences = gateways.map((gateway, index) =>
    [...lines].sort(
      (a, b) =>
        Number(a.line !== gateway.carrier) - Number(b.line !== gateway.carrier) ||
        rttMs(index, a.endpoints[0]!) - rttMs(index, b.endpoints[0]!),
    ),
  );
  // Gateways that would lose most by going to their second choice choose first.
  const order = gateways
    .map((_, index) => {
      const [first, second] = preferences[index]!;
      const regret = second === undefined ? 0 : rttMs(index, second.endpoints[0]!) - rttMs(index, first!.endpoints[0]!);
      return { index, regret };
    })
    .sort((a, b) => b.regret - a.regret || a.index - b.index);
  const homes = new Map<number, Line>();
  const isShared = Object.values(shares).some((share) => share !== undefined);
  for (const { index } of order) {
    const own = preferences[index]!.filter(({ line }) => line === gateways[index]!.carrier);
    const choice = isShared && own.length > 0 ? own : preferences[index]!;
    const home =
      choice.find(({ room }) => room >= people[index]!) ??
      choice.reduce((most, line) => (line.room > most.room ? line : most));
    home.room -= people[index]!;
    homes.set(index, home);
  }
  if (isShared) rebalance(lines, homes, { gateways, people, rttMs });
  const bests = assignAddresses(
    gateways.map((_, index) => ({ line: homes.get(index)!, weight: roundedWeight(people[index]!) })),
    fleet,
  );
  return gateways.map((_, index) => {
    const home = homes.get(index)!;
    const best = bests[index]!;
    const { server } = fleet.endpoints[best]!;
    const after = (endpoint: number): number =>
      (home.endpoints.indexOf(endpoint) - home.endpoints.indexOf(best) + home.endpoints.length) % home.endpoints.length;
    const rest = home.endpoints.filter((endpoint) => endpoint !== best).sort((a, b) => after(a) - after(b));
    const otherPort = rest.filter((endpoint) => fleet.endpoints[endpoint]!.server === server).slice(0, 1);
    const otherServer = rest.filter((endpoint) => fleet.endpoints[endpoint]!.server !== server).slice(0, 1);
    const others = preferences[index]!.filter((line) => line !== home).slice(0, 3);
    const turn = (line: Line): number => line.endpoints[index % line.endpoints.length]!;
    const all = namesAll
      ? others.filter(({ line }) => line === home.line).flatMap((line) => firstPorts(line, fleet))
      : [];
    const list = [best, ...others.slice(0, 1).map(turn), ...otherPort, ...otherServer, ...others.slice(1).map(turn)];
    const named = new Set(list.map((endpoint) => fleet.endpoints[endpoint]!.server));
    list.push(...all.filter((endpoint) => !named.has(fleet.endpoints[endpoint]!.server)));
    const further = [...rest, ...others.flatMap((line) => line.endpoints)].filter((one) => !list.includes(one));
    return [...list, ...further.slice(0, Math.max(0, listLength - list.length))];
  });
};

/**
 * Divides each carrier's users over its lines by the shares that the scenario sets. Carriers with few lines come first, and what a
 * centre gets from them counts towards its share.
 */
const divideRoom = (
  lines: readonly Line[],
  gateways: AssignmentParts["gateways"],
  people: ArrayLike<number>,
  shares: AssignmentParts["shares"],
): void => {
  const everybody = gateways.reduce((sum, _, index) => sum + people[index]!, 0);
  const wanted = new Map(Object.entries(shares).map(([centre, share = 0]) => [centre, share * everybody]));
  const carriers = [...new Set(lines.map(({ line }) => line))].map((carrier) => ({
    own: lines.filter(({ line, centre }) => line === carrier && shares[centre] !== undefined),
    users: gateways.reduce((sum, gateway, index) => sum + (gateway.carrier === carrier ? people[index]! : 0), 0),
  }));
  for (const { own, users } of carriers.toSorted((a, b) => a.own.length - b.own.length)) {
    const all = own.reduce((sum, { centre }) => sum + wanted.get(centre)!, 0);
    for (const line of own) {
      line.room = all > 0 ? (users * wanted.get(line.centre)!) / all : 0;
      wanted.set(line.centre, Math.max(0, wanted.get(line.centre)! - line.room));
    }
  }
};

/** Moves whole gateways from lines above their share to lines below it: those that fit, and lose least by it, first. */
const rebalance = (
  lines: readonly Line[],
  homes: Map<number, Line>,
  { gateways, people, rttMs }: Pick<AssignmentParts, "gateways" | "people" | "rttMs">,
): void => {
  for (const carrier of new Set(lines.map(({ line }) => line))) {
    const own = lines.filter(({ line }) => line === carrier);
    for (;;) {
      const under = own.reduce((most, line) => (line.room > most.room ? line : most), own[0]!);
      const movable = gateways.flatMap(({ carrier: of }, index) => {
        const home = homes.get(index)!;
        const fits =
          of === carrier && home !== under && people[index]! <= Math.min(under.room, -home.room + people[index]! / 2);
        if (!fits) return [];
        const later = rttMs(index, under.endpoints[0]!) - rttMs(index, home.endpoints[0]!);
        return [{ index, cost: later / people[index]! }];
      });
      if (movable.length === 0) break;
      const { index } = movable.reduce((least, one) => (one.cost < least.cost ? one : least));
      homes.get(index)!.room += people[index]!;
      under.room -= people[index]!;
      homes.set(index, under);
    }
  }
};

/** Returns one address of each server. */
const firstPorts = ({ endpoints }: Line, fleet: Fleet): number[] =>
  endpoints.filter(
    (endpoint, place) =>
      endpoints.findIndex((other) => fleet.endpoints[other]!.server === fleet.endpoints[endpoint]!.server) === place,
  );

/** Rounds people to steps of an eighth in the logarithm: one user more or less must not move a whole gateway. */
const roundedWeight = (people: number): number => (people < 1 ? 0 : Math.exp(Math.round(8 * Math.log(people)) / 8));

/** Returns the best address of each gateway on its line: heaviest first, each at the least loaded server and its less loaded port. */
const assignAddresses = (
  gateways: readonly { readonly line: Line; readonly weight: number }[],
  { servers, endpoints }: Fleet,
): number[] => {
  const onServer = new Float64Array(servers.length);
  const onEndpoint = new Float64Array(endpoints.length);
  const bests: number[] = [];
  const order = gateways.map((_, index) => index).sort((a, b) => gateways[b]!.weight - gateways[a]!.weight || a - b);
  const fullness = (endpoint: number): number => {
    const { server } = endpoints[endpoint]!;
    return onServer[server]! / servers[server]!.connections;
  };
  for (const index of order) {
    const { line, weight } = gateways[index]!;
    const [best] = [...line.endpoints].sort(
      (a, b) => fullness(a) - fullness(b) || onEndpoint[a]! - onEndpoint[b]! || a - b,
    );
    onServer[endpoints[best!]!.server]! += weight;
    onEndpoint[best!]! += weight;
    bests[index] = best!;
  }
  return bests;
};

const fleetLines = ({ servers, endpoints }: Fleet): Line[] => {
  const lines = new Map<string, Line>();
  endpoints.forEach(({ centre, line }, index) => {
    const key = `${centre}/${line}`;
    const found = lines.get(key);
    if (found === undefined) lines.set(key, { centre, line, endpoints: [index], room: 0 });
    else found.endpoints.push(index);
  });
  for (const { centre, line, connections } of servers)
    lines.get(`${centre}/${line}`)!.room += connections * NORMAL_LOAD;
  for (const line of lines.values())
    line.endpoints = line.endpoints.toSorted((a, b) => endpoints[a]!.port - endpoints[b]!.port || a - b);
  return [...lines.values()];
};
