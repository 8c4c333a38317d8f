/**
 * Data centres as clients see them: each carrier has a line into a centre, each line has access servers with one IP each, and every
 * server listens on each port. A client's destination is an IP and a port.
 */
import { serverNames } from "../../scenario/people/names.ts";
import type { WorldModel } from "../../scenario/scenario.ts";

/** An access server. */
export interface Server {
  /** Unique name, of centre, line and ordinal. */
  readonly name: string;
  /** Name of its centre. */
  readonly centre: string;
  /** Carrier of its line. */
  readonly line: string;
  /** Its address, without a port. */
  readonly ip: string;
  /** Connections that it can hold. */
  connections: number;
  /** Logins that it can serve a second. */
  loginsASecond: number;
}

/** A destination of clients: one port of an access server. */
export interface Endpoint {
  /** `ip:port`, as clients know it. */
  readonly name: string;
  /** Index of its server. */
  readonly server: number;
  /** Name of its centre. */
  readonly centre: string;
  /** Carrier of its line. */
  readonly line: string;
  /** Its address, without the port. */
  readonly ip: string;
  /** Its port. */
  readonly port: number;
}

/** All access servers and their endpoints, in the scenario's order. */
export interface Fleet {
  /** Indexed by server. */
  readonly servers: readonly Server[];
  /** Indexed by endpoint. */
  readonly endpoints: readonly Endpoint[];
}

/** Returns the indices of each centre's servers, in the order of the scenario's centres. */
export const serversByCentre = ({ centres }: WorldModel, { servers }: Fleet): readonly (readonly number[])[] =>
  Object.keys(centres).map((centre) => servers.flatMap((server, index) => (server.centre === centre ? [index] : [])));

/** Returns the connections that a centre's machines can hold: the least of all tiers that hold connections. */
const connectionsOf = ({ centres, tiers }: WorldModel, centre: string): number => {
  let most = Infinity;
  for (const [tier, { connections }] of Object.entries(tiers))
    if (connections !== undefined) most = Math.min(most, (centres[centre]!.machines[tier] ?? 0) * connections);
  return most;
};

/** Returns the connections that a centre's addresses could hold. */
const addressed = ({ centres }: WorldModel, centre: string): number =>
  Object.values(centres[centre]!.lines).reduce((sum, { servers, connections }) => sum + servers * connections, 0);

/**
 * Builds servers and endpoints in the scenario's order; addresses are from the blocks for documentation (RFC 5737) and
 * benchmarks (RFC 2544).
 */
export const buildFleet = (world: WorldModel): Fleet => {
  const servers: Server[] = [];
  const endpoints: Endpoint[] = [];
  const blocks = ["192.0.2", "198.51.100", "203.0.113"];
  const centres = Object.keys(world.centres);
  const hosts = new Map<string, number>();
  for (const { name, centre, line } of serverNames(world)) {
    const host = (hosts.get(centre) ?? 0) + 1;
    hosts.set(centre, host);
    const place = centres.indexOf(centre);
    const ip = `${blocks[place] ?? `198.18.${String(place)}`}.${String(host)}`;
    const { connections: most, logins } = world.centres[centre]!.lines[line]!;
    // If the machines can hold fewer connections than the addresses, each address has its share of them.
    const connections = Math.floor(most * Math.min(1, connectionsOf(world, centre) / addressed(world, centre)));
    const server = servers.push({ name, centre, line, ip, connections, loginsASecond: logins }) - 1;
    for (const port of world.ports) endpoints.push({ name: `${ip}:${String(port)}`, server, centre, line, ip, port });
  }
  return { servers, endpoints };
};
