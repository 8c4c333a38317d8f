/**
 * A centre behind its doors: tiers of machines, each with so many cores, through which every login, message and heartbeat goes
 * one after the other. Of queues in a row the slowest decides how much gets through and how long it takes, so what the
 * tightest tier leaves for logins bounds the doors; what people who are already in ask for comes first.
 */
import { SECOND } from "../../base/units.ts";
import type { WorldModel } from "../../scenario/scenario.ts";
import { type Fleet, serversByCentre } from "./centre.ts";
import type { Desks } from "./server.ts";

/** What a centre's people ask for in a second. */
export interface Demand {
  logins: number;
  messages: number;
  heartbeats: number;
  /** Logins that its doors could have served. */
  able: number;
}

/** How much of a resource is used and how much there is: connections, logins a second, or cores. */
export interface Standing {
  readonly centre: string;
  readonly resource: string;
  readonly used: number;
  readonly able: number;
}

/** A door never closes altogether, so that every wait has an end. Chosen. */
const LEAST = 0.001;

export class Resources {
  readonly #world: WorldModel;
  readonly #fleet: Fleet;
  readonly #desks: Desks;
  readonly #centres: readonly string[];
  /** Servers of each centre. */
  readonly #servers: readonly (readonly number[])[];

  constructor(world: WorldModel, fleet: Fleet, desks: Desks) {
    this.#world = world;
    this.#fleet = fleet;
    this.#desks = desks;
    this.#centres = Object.keys(world.centres);
    this.#servers = serversByCentre(world, fleet);
  }

  /** Bounds each centre's doors to the logins that its tightest tier has cores for. */
  bound(demandOf: (centre: number) => Demand): void {
    this.#centres.forEach((centre, place) => {
      const demand = demandOf(place);
      let most = Infinity;
      for (const [tier, { login }] of Object.entries(this.#world.tiers))
        if (login > 0)
          most = Math.min(
            most,
            Math.max(0, this.#cores(centre, tier) - rest(this.#world, tier, demand)) / (login / SECOND),
          );
      const doors = this.#sum(place, (server) => this.#fleet.servers[server]!.loginsASecond);
      const share = Math.max(LEAST, Math.min(1, most / doors));
      for (const server of this.#servers[place]!) this.#desks.setShare(server, share);
    });
  }

  /** All resources of all centres, of which those that are down have none. */
  standings(demandOf: (centre: number) => Demand): readonly Standing[] {
    const { servers } = this.#fleet;
    return this.#centres.flatMap((centre, place): Standing[] => {
      const demand = demandOf(place);
      const up = this.#servers[place]!.some((server) => !this.#desks.isDown(server));
      const ifUp = (server: number, value: number): number => (this.#desks.isDown(server) ? 0 : value);
      return [
        {
          centre,
          resource: "connections",
          used: this.#sum(place, (server) => this.#desks.held[server]!),
          able: this.#sum(place, (server) => ifUp(server, servers[server]!.connections)),
        },
        {
          centre,
          resource: "logins",
          used: demand.logins,
          able: demand.able,
        },
        ...Object.entries(this.#world.tiers).map(([tier, { login }]) => ({
          centre,
          resource: tier,
          used: (demand.logins * login) / SECOND + rest(this.#world, tier, demand),
          able: up ? this.#cores(centre, tier) : 0,
        })),
      ];
    });
  }

  #cores(centre: string, tier: string): number {
    return (this.#world.centres[centre]!.machines[tier] ?? 0) * this.#world.tiers[tier]!.cores;
  }

  #sum(place: number, of: (server: number) => number): number {
    return this.#servers[place]!.reduce((sum, server) => sum + of(server), 0);
  }
}

/** Cores that messages and heartbeats keep busy. */
const rest = ({ tiers }: WorldModel, tier: string, { messages, heartbeats }: Demand): number => {
  const { message, heartbeat } = tiers[tier]!;
  return (messages * message + heartbeats * heartbeat) / SECOND;
};
