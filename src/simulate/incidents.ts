/**
 * Follows each fault: when it began and ended, when an alert first named its place, when its people had been
 * led away. What counts as naming is decided here, from the world's truth; the scheduler never sees it.
 */
import { inSeconds } from "../base/units.ts";
import type { Fault, Intervention, Scenario, Where } from "../scenario/scenario.ts";
import type { World } from "../world/build.ts";
import { type SchedulerDecision, subjectOf } from "../world/seams/scheduling.ts";
import { namesDestination, touchesCell, touchesEndpoint, touchesServer } from "../world/where.ts";
import { LEFT_BEHIND } from "./limits.ts";

/** How long after a fault's end an alert about it is late rather than false, seconds (chosen: reports take that long). */
const AFTERMATH_S = 600;

interface Incident {
  readonly fault: Fault;
  readonly began: number;
  ended: number | undefined;
  /** People on its paths when it began, and online where it hit. */
  readonly people: number;
  readonly online: number;
  left: number | undefined;
}

export class Incidents {
  readonly #world: World;
  readonly #incidents = new Map<string, Incident>();
  /** What operators and carriers did: a changed path stays so, all else makes the scheduler speak for a while. */
  readonly #deeds: { readonly where: Where; readonly from: number; readonly to: number }[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  begin(fault: Fault, at: number): void {
    this.#incidents.set(fault.id, {
      fault,
      began: at,
      ended: undefined,
      people: this.#world.weather.peopleOn(fault.where),
      online: this.#world.weather.onlineIn(fault.where),
      left: undefined,
    });
  }

  perform({ action }: Intervention, at: number): void {
    if (!("where" in action)) return;
    this.#deeds.push({ where: action.where, from: at, to: action.kind === "change" ? Infinity : at + AFTERMATH_S });
  }

  end(id: string, at: number): void {
    const incident = this.#incidents.get(id);
    if (incident !== undefined) incident.ended = at;
  }

  /** Looks who is still on the paths of faults that are on. */
  look(at: number): void {
    for (const incident of this.#incidents.values())
      if (incident.left === undefined && incident.ended === undefined && incident.people > 0)
        if (
          this.#world.weather.peopleOn(incident.fault.where) <= LEFT_BEHIND * incident.people &&
          this.#world.weather.onlineIn(incident.fault.where) >= (1 - LEFT_BEHIND) * incident.online
        )
          incident.left = at;
  }

  /** Seconds from the fault's begin to the first alert that names its place; `limit` when there was none by then. Null when it never began. */
  alarmDelay(id: string, decisions: readonly SchedulerDecision[], limit: number): number | null {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return null;
    const first = this.#firstNaming(incident, decisions);
    return Math.max(0, Math.min(first?.at ?? limit, limit) - incident.began);
  }

  named(id: string, decisions: readonly SchedulerDecision[], limit: number): boolean | null {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return null;
    const first = this.#firstNaming(incident, decisions);
    return first !== undefined && first.at <= limit;
  }

  rerouteDelay(id: string, limit: number): number | null {
    const incident = this.#incidents.get(id);
    if (incident === undefined || incident.people === 0 || !namesDestination(incident.fault.where)) return null;
    return Math.max(0, Math.min(incident.left ?? limit, limit) - incident.began);
  }

  /** An alert that nothing explains: no fault that is on or was until shortly before, and nothing that operators did. */
  isFalse(alert: SchedulerDecision): boolean {
    for (const { fault, began, ended } of this.#incidents.values()) {
      const over = (ended ?? Infinity) + AFTERMATH_S;
      if (alert.at < began || alert.at > over) continue;
      if (fault.effects.telemetry !== undefined || this.#explains(fault.where, alert)) return false;
    }
    return !this.#deeds.some(
      ({ where, from, to }) => alert.at >= from && alert.at <= to && this.#explains(where, alert),
    );
  }

  #firstNaming({ fault, began }: Incident, decisions: readonly SchedulerDecision[]): SchedulerDecision | undefined {
    return decisions.find(
      (decision) => decision.kind === "alert" && decision.at >= began && this.#names(fault.where, decision),
    );
  }

  /**
   * Named is the very place: the gateway, the region and carrier, the server, line or centre of the fault; of a blocked
   * port an address with that port.
   */
  #names(where: Where, { who, gateway }: SchedulerDecision): boolean {
    const { servers, endpoints } = this.#world.fleet;
    if (where.gateway !== undefined) return where.gateway.includes(subjectOf(who));
    if (where.port !== undefined && where.region === undefined)
      return endpoints.some(
        (endpoint) => touchesEndpoint(where, endpoint, servers[endpoint.server]!) && endpoint.name === who,
      );
    if (namesDestination(where) && where.region === undefined && where.carrier === undefined)
      return servers.some((server) => touchesServer(where, server) && placeNames(server).includes(who));
    return (
      this.#regions(where).some((place) => who.includes(place)) ||
      (gateway !== undefined && this.#touchesGateway(where, gateway))
    );
  }

  /** Named is anything the fault touches. */
  #explains(where: Where, alert: SchedulerDecision): boolean {
    if (this.#names(where, alert)) return true;
    if (alert.gateway !== undefined) return this.#touchesGateway(where, alert.gateway);
    const places = this.#regions(where);
    return (
      places.some((place) => alert.who.includes(place)) ||
      this.#world.fleet.servers.some(
        (server) => touchesServer(where, server) && placeNames(server).some((name) => alert.who.includes(name)),
      )
    );
  }

  #touchesGateway(where: Where, gateway: number): boolean {
    return this.#world.population.cells.some(
      (cell) => cell.gateway === gateway && touchesCell(where, cell, this.#world.gateways[gateway]!),
    );
  }

  #regions(where: Where): readonly string[] {
    const touched = this.#world.gateways.filter((_, gateway) => this.#touchesGateway(where, gateway));
    return [...new Set(touched.map(({ region, carrier }) => `${region}/${carrier}`))];
  }
}

const placeNames = ({
  name,
  centre,
  line,
  ip,
}: {
  name: string;
  centre: string;
  line: string;
  ip: string;
}): readonly string[] => [name, ip, centre, `${centre}/${line}`, `${centre}-${line}`];

/** End of a figure's window in seconds of simulated time. */
export const windowEnd = ({ windows }: Scenario, window: string): number => inSeconds(windows[window]!.to);
