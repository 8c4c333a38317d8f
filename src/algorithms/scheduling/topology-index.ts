/**
 * The topology, with what gateways and endpoints have in common. The gateways of one region and carrier are a group:
 * they share the carrier's backbone. An endpoint is a port of a server (IP) on a line (a carrier's access to a centre)
 * of a centre; each of these levels is a failure domain.
 * Met by: src/world/seams/scheduling.ts
 */
import { assert } from "../../base/assert.ts";
import type { EndpointEntry, GatewayEntry, ServerEntry, Topology } from "./messages.ts";

/** A kind of failure domain. */
export type DomainLevel = "port" | "server" | "line" | "centre";

/** The kinds of failure domain, from the narrowest to the widest. */
export const DOMAIN_LEVELS: readonly DomainLevel[] = ["port", "server", "line", "centre"];

/** Look-ups in a topology. Gateways, endpoints, servers, groups and lines are numbered from 0. */
export class TopologyIndex {
  /** The gateways as given. */
  readonly gateways: readonly GatewayEntry[];
  /** The endpoints as given. */
  readonly endpoints: readonly EndpointEntry[];
  /** The servers as given. */
  readonly servers: readonly ServerEntry[];
  /** Group of each gateway. */
  readonly groupOf: readonly number[];
  /** Gateways of each group. */
  readonly members: readonly (readonly number[])[];
  /** Name of each group: region/carrier. */
  readonly groupNames: readonly string[];
  /** Line of each endpoint; lines of the same name in two centres are two lines. */
  readonly lineOf: readonly number[];
  /** Number of lines. */
  readonly lines: number;
  readonly #domains: Readonly<Record<DomainLevel, readonly (readonly number[])[]>>;

  /** Indexes a topology. Throws if a gateway has no candidate. */
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
    this.#domains = {
      port: topology.endpoints.map((_, index) => [index]),
      server: topology.endpoints.map((_, index) => servers.members[servers.of[index]!]!),
      line: topology.endpoints.map((_, index) => lines.members[lines.of[index]!]!),
      centre: topology.endpoints.map((_, index) => centres.members[centres.of[index]!]!),
    };
    for (const gateway of topology.gateways)
      assert(gateway.candidates.length > 0, () => `gateway ${gateway.name} has 0 candidates`);
  }

  /** Returns a gateway. Throws if there is none of this index. */
  gateway(index: number): GatewayEntry {
    const gateway = this.gateways[index];
    assert(gateway !== undefined, () => `gateway ${String(index)} of ${String(this.gateways.length)}`);
    return gateway;
  }

  /** Returns an endpoint. Throws if there is none of this index. */
  endpoint(index: number): EndpointEntry {
    const endpoint = this.endpoints[index];
    assert(endpoint !== undefined, () => `endpoint ${String(index)} of ${String(this.endpoints.length)}`);
    return endpoint;
  }

  /** Returns a number for the pair of a gateway's group and an endpoint's line, from 0. */
  groupLine(gateway: number, endpoint: number): number {
    return this.groupOf[gateway]! * this.lines + this.lineOf[endpoint]!;
  }

  /** Returns the endpoints of an endpoint's failure domain at a level: they fail together with it. */
  domain(level: DomainLevel, endpoint: number): readonly number[] {
    return this.#domains[level][endpoint]!;
  }

  /** Returns the name of an endpoint's failure domain at a level. */
  domainName(level: DomainLevel, endpoint: number): string {
    const { name, centre, line, server } = this.endpoint(endpoint);
    if (level === "port") return name;
    if (level === "server") return this.servers[server]!.name;
    return level === "line" ? `${centre}/${line}` : centre;
  }
}

/** Numbers the distinct keys in order of appearance. */
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
