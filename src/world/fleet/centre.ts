/**
 * Data centres as clients see them: lines of each carrier into a centre, on each line access servers
 * (an IP each), and every server listening on each port. A client's destination is an IP and a port.
 */
import { serverNames } from "../../scenario/people/names.ts";
import type { WorldModel } from "../../scenario/scenario.ts";

export interface Server {
  readonly name: string;
  readonly centre: string;
  readonly line: string;
  readonly ip: string;
  connections: number;
  loginsASecond: number;
}

export interface Endpoint {
  /** `ip:port`, as clients know it. */
  readonly name: string;
  readonly server: number;
  readonly centre: string;
  readonly line: string;
  readonly ip: string;
  readonly port: number;
}

export interface Fleet {
  readonly servers: readonly Server[];
  readonly endpoints: readonly Endpoint[];
}

/** Numbers of the servers of each centre, in the world's order. */
export const serversByCentre = ({ centres }: WorldModel, { servers }: Fleet): readonly (readonly number[])[] =>
  Object.keys(centres).map((centre) => servers.flatMap((server, index) => (server.centre === centre ? [index] : [])));

/** Connections that a centre's machines hold: of each tier that holds any, as many as descriptors and memory of all its machines allow. */
const connectionsOf = ({ centres, tiers }: WorldModel, centre: string): number => {
  let most = Infinity;
  for (const [tier, { connections }] of Object.entries(tiers))
    if (connections !== undefined) most = Math.min(most, (centres[centre]!.machines[tier] ?? 0) * connections);
  return most;
};

/** Connections that a centre's addresses could hold. */
const addressed = ({ centres }: WorldModel, centre: string): number =>
  Object.values(centres[centre]!.lines).reduce((sum, { servers, connections }) => sum + servers * connections, 0);

/** Servers and endpoints in the scenario's order; addresses from the blocks kept for documentation (RFC 5737) and benchmarks (RFC 2544). */
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
    // Where machines hold fewer connections than the addresses could, each address has its part of them.
    const connections = Math.floor(most * Math.min(1, connectionsOf(world, centre) / addressed(world, centre)));
    const server = servers.push({ name, centre, line, ip, connections, loginsASecond: logins }) - 1;
    for (const port of world.ports) endpoints.push({ name: `${ip}:${String(port)}`, server, centre, line, ip, port });
  }
  return { servers, endpoints };
};
