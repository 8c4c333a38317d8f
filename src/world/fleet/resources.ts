/**
 * The tiers behind a centre's login queues: every login, message and heartbeat passes through each of them. The slowest of queues in
 * a row decides throughput and delay, so the tightest tier limits the logins; requests of people who are online have priority.
 */
import { SECOND } from "../../base/units.ts";
import type { WorldModel } from "../../scenario/scenario.ts";
import { type Fleet, serversByCentre } from "./centre.ts";
import type { LoginQueues } from "./login-queues.ts";

/** What a centre's people ask for, a second. */
export interface Demand {
  /** Logins served. */
  logins: number;
  /** Messages. */
  messages: number;
  /** Heartbeats. */
  heartbeats: number;
  /** Logins that its servers could have served. */
  loginCapacity: number;
}

/** How much of one resource of a centre is in use. */
export interface ResourceUse {
  /** Name of the centre. */
  readonly centre: string;
  /** `connections`, `logins` (a second), or the name of a tier. */
  readonly resource: string;
  /** What of a tier: its processors (`cpu`) or, if it holds connections, those; empty for the others. */
  readonly part: "" | "cpu" | "connections";
  /** Amount in use. */
  readonly used: number;
  /** Amount there is; 0 while the centre is down. */
  readonly available: number;
}

/** The least share of its logins that a server keeps, so that every wait has an end. Chosen. */
const SHARE_LEAST = 0.001;

/** Limits logins by the tiers behind them, and reports what is in use. */
export class Resources {
  readonly #world: WorldModel;
  readonly #fleet: Fleet;
  readonly #loginQueues: LoginQueues;
  readonly #centres: readonly string[];
  /** Servers of each centre. */
  readonly #servers: readonly (readonly number[])[];

  constructor(world: WorldModel, fleet: Fleet, loginQueues: LoginQueues) {
    this.#world = world;
    this.#fleet = fleet;
    this.#loginQueues = loginQueues;
    this.#centres = Object.keys(world.centres);
    this.#servers = serversByCentre(world, fleet);
  }

  /** Limits each centre's servers to the logins that its tightest tier has cores for. */
  limitLogins(demandOf: (centre: number) => Demand): void {
    this.#centres.forEach((centre, place) => {
      const demand = demandOf(place);
      let most = Infinity;
      for (const [tier, { login }] of Object.entries(this.#world.tiers))
        if (login > 0)
          most = Math.min(
            most,
            Math.max(0, this.#cores(centre, tier) - coresInUse(this.#world, tier, demand)) / (login / SECOND),
          );
      const loginCapacity = this.#sum(place, (server) => this.#fleet.servers[server]!.loginsASecond);
      const share = Math.max(SHARE_LEAST, Math.min(1, most / loginCapacity));
      for (const server of this.#servers[place]!) this.#loginQueues.setShare(server, share);
    });
  }

  /** Returns the use of all resources of all centres; those of a centre that is down have nothing available. */
  usage(demandOf: (centre: number) => Demand): readonly ResourceUse[] {
    const { servers } = this.#fleet;
    return this.#centres.flatMap((centre, place): ResourceUse[] => {
      const demand = demandOf(place);
      const up = this.#servers[place]!.some((server) => !this.#loginQueues.isDown(server));
      const ifUp = (server: number, value: number): number => (this.#loginQueues.isDown(server) ? 0 : value);
      return [
        {
          centre,
          resource: "connections",
          part: "",
          used: this.#sum(place, (server) => this.#loginQueues.held[server]!),
          available: this.#sum(place, (server) => ifUp(server, servers[server]!.connections)),
        },
        {
          centre,
          resource: "logins",
          part: "",
          used: demand.logins,
          available: demand.loginCapacity,
        },
        ...Object.keys(this.#world.tiers).flatMap((tier) => this.#tierUsage(place, tier, demand, up)),
      ];
    });
  }

  /** Returns the use of each thing of a tier that may run out first: processors, and connections if it holds them. */
  #tierUsage(place: number, tier: string, demand: Demand, up: boolean): readonly ResourceUse[] {
    const centre = this.#centres[place]!;
    const { login, connections } = this.#world.tiers[tier]!;
    const machines = this.#world.centres[centre]!.machines[tier] ?? 0;
    const one = { centre, resource: tier } as const;
    const used = (demand.logins * login) / SECOND + coresInUse(this.#world, tier, demand);
    const cpu = { ...one, part: "cpu", used, available: up ? this.#cores(centre, tier) : 0 } as const;
    if (connections === undefined) return [cpu];
    const held = this.#sum(place, (server) => this.#loginQueues.held[server]!);
    return [cpu, { ...one, part: "connections", used: held, available: up ? machines * connections : 0 }];
  }

  #cores(centre: string, tier: string): number {
    return (this.#world.centres[centre]!.machines[tier] ?? 0) * this.#world.tiers[tier]!.cores;
  }

  #sum(place: number, of: (server: number) => number): number {
    return this.#servers[place]!.reduce((sum, server) => sum + of(server), 0);
  }
}

/** Returns the cores that messages and heartbeats keep busy. */
const coresInUse = ({ tiers }: WorldModel, tier: string, { messages, heartbeats }: Demand): number => {
  const { message, heartbeat } = tiers[tier]!;
  return (messages * message + heartbeats * heartbeat) / SECOND;
};
