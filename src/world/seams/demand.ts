/** Between clients and the tiers of centres: turns the beats, messages and logins of the last minute into demand a second. */
import type { WorldModel } from "../../scenario/scenario.ts";
import { type Fleet, serversByCentre } from "../fleet/centre.ts";
import type { LoginQueues } from "../fleet/login-queues.ts";
import { type Demand, type ResourceUse, Resources } from "../fleet/resources.ts";
import type { Crowd } from "../population/crowd.ts";

/** Measures the demand on each centre, and limits its logins by it. */
export class DemandSeam {
  readonly #crowd: Crowd;
  readonly #loginQueues: LoginQueues;
  readonly #resources: Resources;
  readonly #messagesASecond: number;
  readonly #hasTiers: boolean;
  readonly #centreOf: readonly number[];
  /** By centre: its servers; beats, logins and login capacity a second in the last minute, and their totals a minute ago. */
  readonly #servers: readonly (readonly number[])[];
  readonly #beats: Float64Array;
  readonly #logins: Float64Array;
  readonly #loginCapacity: Float64Array;
  #loginCapacityBefore: Float64Array;
  #beatsBefore: Float64Array;
  #loginsBefore: Float64Array;

  constructor(
    world: WorldModel,
    { fleet, loginQueues, crowd }: { fleet: Fleet; loginQueues: LoginQueues; crowd: Crowd },
  ) {
    this.#crowd = crowd;
    this.#loginQueues = loginQueues;
    this.#resources = new Resources(world, fleet, loginQueues);
    this.#messagesASecond = world.clients.messagesAnHour / 3_600;
    this.#hasTiers = Object.keys(world.tiers).length > 0;
    this.#servers = serversByCentre(world, fleet);
    const centres = Object.keys(world.centres);
    this.#centreOf = fleet.servers.map(({ centre }) => centres.indexOf(centre));
    const column = (): Float64Array => new Float64Array(this.#servers.length);
    [this.#beats, this.#logins, this.#loginCapacity] = [column(), column(), column()];
    [this.#beatsBefore, this.#loginsBefore, this.#loginCapacityBefore] = [column(), column(), column()];
  }

  /** Ends a minute, and returns the use of every resource in it. */
  endMinute(nowMs: number): readonly ResourceUse[] {
    const crowd = this.#crowd;
    const beats = new Float64Array(this.#servers.length);
    const links = crowd.links.agreed();
    links.accrueAll(nowMs);
    for (const link of links.inUse) {
      const { server } = crowd.endpoints[crowd.links.endpointOf(link)]!;
      beats[this.#centreOf[server]!]! += links.beats(link, nowMs);
    }
    const able = Float64Array.from(this.#servers, (servers) =>
      servers.reduce((sum, server) => sum + this.#loginQueues.capacity[server]!, 0),
    );
    const logins = Float64Array.from(this.#servers, (servers) =>
      servers.reduce((sum, server) => sum + this.#loginQueues.served[server]!, 0),
    );
    for (let centre = 0; centre < beats.length; centre++) {
      this.#beats[centre] = Math.max(0, beats[centre]! - this.#beatsBefore[centre]!) / 60;
      this.#loginCapacity[centre] = (able[centre]! - this.#loginCapacityBefore[centre]!) / 60;
      this.#logins[centre] = (logins[centre]! - this.#loginsBefore[centre]!) / 60;
    }
    [this.#beatsBefore, this.#loginsBefore, this.#loginCapacityBefore] = [beats, logins, able];
    return this.#resources.usage((centre) => this.#demandOf(centre));
  }

  /** Ends a second: limits logins to what the tiers have left. */
  endSecond(): void {
    if (this.#hasTiers) this.#resources.limitLogins((centre) => this.#demandOf(centre));
  }

  #demandOf(centre: number): Demand {
    const held = this.#servers[centre]!.reduce((sum, server) => sum + this.#loginQueues.held[server]!, 0);
    return {
      logins: this.#logins[centre]!,
      messages: held * this.#messagesASecond,
      heartbeats: this.#beats[centre]!,
      loginCapacity: this.#loginCapacity[centre]!,
    };
  }
}
