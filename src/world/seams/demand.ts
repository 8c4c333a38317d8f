/**
 * Where what people do becomes work of a centre's tiers: beats, messages and logins, counted over the last minute, as rates
 * of a second.
 */
import type { WorldModel } from "../../scenario/scenario.ts";
import { type Fleet, serversByCentre } from "../fleet/centre.ts";
import type { Desks } from "../fleet/server.ts";
import { type Demand, type Standing, Resources } from "../fleet/resources.ts";
import type { Crowd } from "../population/crowd.ts";

export class DemandSeam {
  readonly #crowd: Crowd;
  readonly #desks: Desks;
  readonly #resources: Resources;
  readonly #messagesASecond: number;
  readonly #hasTiers: boolean;
  readonly #centreOf: readonly number[];
  /** By centre: its servers; beats, logins and possible logins a second in the last minute, and their standings before. */
  readonly #servers: readonly (readonly number[])[];
  readonly #beats: Float64Array;
  readonly #logins: Float64Array;
  readonly #able: Float64Array;
  #ableBefore: Float64Array;
  #beatsBefore: Float64Array;
  #loginsBefore: Float64Array;

  constructor(world: WorldModel, { fleet, desks, crowd }: { fleet: Fleet; desks: Desks; crowd: Crowd }) {
    this.#crowd = crowd;
    this.#desks = desks;
    this.#resources = new Resources(world, fleet, desks);
    this.#messagesASecond = world.clients.messagesAnHour / 3_600;
    this.#hasTiers = Object.keys(world.tiers).length > 0;
    this.#servers = serversByCentre(world, fleet);
    const centres = Object.keys(world.centres);
    this.#centreOf = fleet.servers.map(({ centre }) => centres.indexOf(centre));
    const column = (): Float64Array => new Float64Array(this.#servers.length);
    [this.#beats, this.#logins, this.#able] = [column(), column(), column()];
    [this.#beatsBefore, this.#loginsBefore, this.#ableBefore] = [column(), column(), column()];
  }

  /** A minute is over: how busy everything was. */
  minute(nowMs: number): readonly Standing[] {
    const crowd = this.#crowd;
    const beats = new Float64Array(this.#servers.length);
    const links = crowd.links.agreed();
    links.accrueAll(nowMs);
    for (const link of links.inUse) {
      const { server } = crowd.endpoints[crowd.links.endpointOf(link)]!;
      beats[this.#centreOf[server]!]! += links.beats(link, nowMs);
    }
    const able = Float64Array.from(this.#servers, (servers) =>
      servers.reduce((sum, server) => sum + this.#desks.capacity[server]!, 0),
    );
    const logins = Float64Array.from(this.#servers, (servers) =>
      servers.reduce((sum, server) => sum + this.#desks.served[server]!, 0),
    );
    for (let centre = 0; centre < beats.length; centre++) {
      this.#beats[centre] = Math.max(0, beats[centre]! - this.#beatsBefore[centre]!) / 60;
      this.#able[centre] = (able[centre]! - this.#ableBefore[centre]!) / 60;
      this.#logins[centre] = (logins[centre]! - this.#loginsBefore[centre]!) / 60;
    }
    [this.#beatsBefore, this.#loginsBefore, this.#ableBefore] = [beats, logins, able];
    return this.#resources.standings((centre) => this.#demandOf(centre));
  }

  /** A second is over: what is left for logins. */
  second(): void {
    if (this.#hasTiers) this.#resources.bound((centre) => this.#demandOf(centre));
  }

  #demandOf(centre: number): Demand {
    const held = this.#servers[centre]!.reduce((sum, server) => sum + this.#desks.held[server]!, 0);
    return {
      logins: this.#logins[centre]!,
      messages: held * this.#messagesASecond,
      heartbeats: this.#beats[centre]!,
      able: this.#able[centre]!,
    };
  }
}
