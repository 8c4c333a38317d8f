/** The paths of a world when nothing is wrong, and the topology that the scheduler is configured with. */
import type { Topology } from "../algorithms/scheduling/messages.ts";
import type { WorldModel } from "../scenario/scenario.ts";
import { assign } from "./assignment.ts";
import type { Endpoint, Fleet } from "./fleet/centre.ts";
import type { Gateway } from "./network/gateway.ts";
import { distanceKm } from "./network/geography.ts";
import type { Legs } from "./network/path.ts";
import type { Cell, Population } from "./population/population.ts";

/** What the topology is made of. */
export interface TopologyParts {
  /** The scenario's model. */
  readonly model: WorldModel;
  /** All gateways, by index. */
  readonly gateways: readonly Gateway[];
  /** Access servers and endpoints. */
  readonly fleet: Fleet;
  /** Counted for the people behind each gateway. */
  readonly population: Population;
  /** Legs of every path. */
  readonly legs: LegsOf;
}

/** Returns the legs of a cell's path to an endpoint when nothing is wrong. */
export type LegsOf = (cell: Pick<Cell, "gateway" | "access" | "carrier" | "region">, endpoint: number) => Legs;

/** Returns the legs of every path when nothing is wrong: delays add up, losses of all legs are independent. */
export const legsOf = (model: WorldModel, gateways: readonly Gateway[], endpoints: readonly Endpoint[]): LegsOf => {
  const lines = endpoints.map(({ centre, line }) => model.centres[centre]!.lines[line]!);
  // By region and endpoint.
  const thousands = new Map(
    Object.entries(model.regions).map(([name, { at }]) => {
      const toCentre = new Map(
        Object.entries(model.centres).map(([centre, to]) => [centre, distanceKm(at, to.at) / 1_000]),
      );
      return [name, endpoints.map(({ centre }) => toCentre.get(centre)!)];
    }),
  );
  return (cell, endpoint) => {
    const { line } = endpoints[endpoint]!;
    const region = model.regions[cell.region]!;
    const access = model.access[cell.access]!;
    const gateway = gateways[cell.gateway]!;
    const far = thousands.get(cell.region)![endpoint]!;
    const { route, peering } = model;
    const lineModel = lines[endpoint]!;
    const crosses = line !== cell.carrier;
    const delay =
      access.delay + gateway.delay + region.delay + route.delay + route.delayPer1000Km * far + lineModel.delay;
    const passes =
      (1 - access.loss) *
      (1 - gateway.loss) *
      (1 - region.loss) *
      (1 - route.loss) *
      (1 - route.lossPer1000Km * far) *
      (1 - lineModel.loss);
    return {
      rttMs: (delay + (crosses ? peering.delay : 0)) / 1_000,
      passes: Math.max(0, passes) * (crosses ? 1 - peering.loss : 1),
    };
  };
};

const known = new WeakMap<WorldModel, Topology["gateways"]>();

/**
 * Returns what operators write into the scheduler's configuration: gateways with their candidates, endpoints and servers. The model
 * alone decides which candidates they have, so all runs of it in this process share them.
 */
export const topologyOf = (parts: TopologyParts): Topology => {
  const { model, fleet } = parts;
  let gateways = known.get(model);
  if (gateways === undefined) known.set(model, (gateways = gatewaysOf(parts)));
  return { gateways, endpoints: fleet.endpoints, servers: fleet.servers };
};

const gatewaysOf = ({ gateways, fleet, population, legs, model }: TopologyParts): Topology["gateways"] => {
  const { access: accesses, centres, clients } = model;
  const people = new Float64Array(gateways.length);
  for (const cell of population.cells) people[cell.gateway]! += cell.people;
  const accessOf = (family: string): string =>
    Object.keys(accesses).find((name) => accesses[name]!.gateways === family)!;
  const candidates = assign({
    gateways,
    people,
    fleet,
    rttMs: (gateway, endpoint) => {
      const { region, carrier, family } = gateways[gateway]!;
      return legs({ gateway, region, carrier, access: accessOf(family) }, endpoint).rttMs;
    },
    shares: Object.fromEntries(Object.entries(centres).map(([name, { share }]) => [name, share])),
    namesAll: clients.reconnect.policy === "directed",
    listLength: clients.racing.candidates,
  });
  return gateways.map(({ name, ips, region, carrier }, gateway) => ({
    name,
    ips,
    region,
    carrier,
    people: people[gateway]!,
    candidates: candidates[gateway]!,
  }));
};
