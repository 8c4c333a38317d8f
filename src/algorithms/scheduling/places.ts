/**
 * Who is whose neighbour. A region × carrier is a group: its gateways share the carrier's backbone. An endpoint is a
 * port of a server (IP) on a line (a carrier's access to a centre) of a centre; whatever fails takes one such level.
 * Met by: src/world/seams/scheduling.ts
 */
import { assert } from "../../base/assert.ts";
import type { EndpointEntry, GatewayEntry, ServerEntry, Topology } from "./messages.ts";

export type Level = "port" | "server" | "line" | "centre";

/** From the narrowest that can fail to the widest. */
export const LEVELS: readonly Level[] = ["port", "server", "line", "centre"];

export class Places {
  readonly gateways: readonly GatewayEntry[];
  readonly endpoints: readonly EndpointEntry[];
  readonly servers: readonly ServerEntry[];
  /** Group of each gateway, and the gateways and the name of each group. */
  readonly groupOf: readonly number[];
  readonly members: readonly (readonly number[])[];
  readonly groupNames: readonly string[];
  /** Line (within its centre) of each endpoint; lines number from 0. */
  readonly lineOf: readonly number[];
  readonly lines: number;
  readonly #units: Readonly<Record<Level, readonly (readonly number[])[]>>;

  constructor(topology: Topology) {
    this.gateways = topology.gateways;
    this.endpoints = topology.endpoints;
    this.servers = topology.servers;
    const groups = number(topology.gateways.map((gateway) => `${gateway.region}/${gateway.carrier}`));
    this.groupOf = groups.of;
    this.members = groups.members;
    this.groupNames = groups.names;
    const lines = number(topology.endpoints.map((endpoint) => `${endpoint.centre}/${endpoint.line}`));
    this.lineOf = lines.of;
    this.lines = lines.names.length;
    const servers = number(topology.endpoints.map((endpoint) => String(endpoint.server)));
    const centres = number(topology.endpoints.map((endpoint) => endpoint.centre));
    this.#units = {
      port: topology.endpoints.map((_, index) => [index]),
      server: topology.endpoints.map((_, index) => servers.members[servers.of[index]!]!),
      line: topology.endpoints.map((_, index) => lines.members[lines.of[index]!]!),
      centre: topology.endpoints.map((_, index) => centres.members[centres.of[index]!]!),
    };
    for (const gateway of topology.gateways)
      assert(gateway.candidates.length > 0, () => `gateway ${gateway.name} has 0 candidates`);
  }

  gateway(index: number): GatewayEntry {
    const gateway = this.gateways[index];
    assert(gateway !== undefined, () => `gateway ${String(index)} of ${String(this.gateways.length)}`);
    return gateway;
  }

  endpoint(index: number): EndpointEntry {
    const endpoint = this.endpoints[index];
    assert(endpoint !== undefined, () => `endpoint ${String(index)} of ${String(this.endpoints.length)}`);
    return endpoint;
  }

  /** Number of a gateway's group and an endpoint's line together. */
  groupLine(gateway: number, endpoint: number): number {
    return this.groupOf[gateway]! * this.lines + this.lineOf[endpoint]!;
  }

  /** All endpoints that fail together with this one when the level around it fails; includes itself. */
  unit(level: Level, endpoint: number): readonly number[] {
    return this.#units[level][endpoint]!;
  }

  unitName(level: Level, endpoint: number): string {
    const { name, centre, line, server } = this.endpoint(endpoint);
    if (level === "port") return name;
    if (level === "server") return this.servers[server]!.name;
    return level === "line" ? `${centre}/${line}` : centre;
  }
}

const number = (keys: readonly string[]): { of: number[]; members: number[][]; names: string[] } => {
  const names = [...new Set(keys)];
  const numbers = new Map(names.map((name, index) => [name, index]));
  const members: number[][] = names.map(() => []);
  const of = keys.map((key, index) => {
    const at = numbers.get(key)!;
    members[at]!.push(index);
    return at;
  });
  return { of, members, names };
};
