/**
 * Follows each fault: when it began and ended, when an alert first named its place, when its people had been
 * led away. What counts as naming is decided here, from the world's truth; the scheduler never sees it.
 */
import { inSeconds } from "../../base/units.ts";
import type { PathWhere, PeopleFault } from "../../scenario/people/faults.ts";
import type { Intervention, Scenario } from "../../scenario/scenario.ts";
import type { World } from "../../world/build.ts";
import type { SchedulerDecision } from "../../world/seams/scheduling.ts";
import { namesDestination, touchesCell, touchesEndpoint } from "../../world/where.ts";
import { LEFT_BEHIND, STILL_OUT } from "./limits.ts";

/** How long after a fault's end an alert about it is late rather than false, seconds (chosen: reports take that long). */
const AFTERMATH_S = 600;

/** This share of what an alert claims must be true. */
const MOSTLY = 0.5;

interface Incident {
  readonly fault: PeopleFault;
  readonly began: number;
  ended: number | undefined;
  /** People on its paths when it began, and online where it hit. */
  readonly people: number;
  readonly online: number;
  left: number | undefined;
  /** Connecting everywhere just before, and seconds that the servers it left need at least for all its people. */
  readonly connecting: number;
  readonly leastS: number;
  /** When those whom it threw off line were online again. */
  back: number | undefined;
}

/** Percent of the time that capacity allows from which on it is said of those who are not back. Chosen. */
const OVERDUE = 200;

export class Incidents {
  readonly #world: World;
  readonly #incidents = new Map<string, Incident>();
  /** By centre: people connected there when the order came, and when it was empty. */
  readonly #evacuations = new Map<
    string,
    {
      readonly where: PathWhere;
      readonly began: number;
      readonly people: number;
      empty: number | undefined;
      isTakenBack: boolean;
    }
  >();
  readonly #places = new Map<
    PathWhere,
    { readonly gateways: ReadonlySet<number>; readonly endpoints: ReadonlySet<number> }
  >();
  /** What operators and carriers did: a changed path stays so, all else makes the scheduler speak for a while. */
  readonly #deeds: { readonly where: PathWhere; readonly from: number; readonly to: number }[] = [];

  /** Longest interval between beats, and the time-out of one. */
  readonly #noticeS: number;

  constructor(world: World, { world: { clients } }: Scenario) {
    this.#world = world;
    this.#noticeS = inSeconds(clients.heartbeat.longest) + inSeconds(clients.heartbeat.timeout);
  }

  begin(fault: PeopleFault, at: number): void {
    this.#incidents.set(fault.id, {
      fault,
      began: at,
      ended: undefined,
      people: this.#world.places.peopleOn(fault.where),
      online: this.#world.places.onlineIn(fault.where),
      left: undefined,
      connecting: this.#connecting(),
      leastS: inSeconds(this.#world.refuge.welcome(fault.where, 1).over),
      back: undefined,
    });
  }

  perform({ action }: Intervention, at: number): void {
    if (action.kind === "evacuate") {
      const where = { centre: [action.plan.centre] };
      this.#deeds.push({ where, from: at, to: Infinity });
      // An order while another is carried out changes nothing; one after it was taken back begins anew.
      if (this.#evacuations.get(action.plan.centre)?.isTakenBack !== false)
        this.#evacuations.set(action.plan.centre, {
          where,
          began: at,
          people: this.#world.places.peopleOn(where),
          empty: undefined,
          isTakenBack: false,
        });
    }
    if (action.kind === "evacuation" && action.order === "roll-back")
      for (const evacuation of this.#evacuations.values()) evacuation.isTakenBack = true;
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
          this.#world.places.peopleOn(incident.fault.where) <= LEFT_BEHIND * incident.people &&
          this.#world.places.onlineIn(incident.fault.where) >= (1 - LEFT_BEHIND) * incident.online
        )
          incident.left = at;
  }

  /** Seconds from the order until a centre was empty; `limit` when it was not by then, null when there was no order. */
  evacuationDelay(centre: string, limit: number): number | null {
    const evacuation = this.#evacuations.get(centre);
    if (evacuation === undefined) return null;
    return Math.max(0, Math.min(evacuation.empty ?? limit, limit) - evacuation.began);
  }

  /**
   * Looks, every second, whether evacuated centres are empty and those whom a fault threw off line are back: nobody is on its
   * paths, nobody more is connecting.
   */
  lookClosely(at: number): void {
    const { places } = this.#world;
    for (const evacuation of this.#evacuations.values())
      // Whoever was thrown out by its end has not been led away.
      if (evacuation.empty === undefined && !this.#world.homes.isLost(evacuation.where.centre![0]!)) {
        if (places.peopleOn(evacuation.where) <= STILL_OUT * evacuation.people) evacuation.empty = at;
      }
    for (const incident of this.#incidents.values()) {
      const { fault, people, connecting } = incident;
      if (incident.back !== undefined || fault.effects.down === undefined || at <= incident.began) continue;
      const few = STILL_OUT * people;
      if (this.#connecting() > connecting + few) continue;
      if (incident.ended === undefined && places.peopleOn(fault.where) > few) continue;
      incident.back = at;
    }
  }

  /** Seconds until those whom a fault that takes things down threw off line were back; `limit` when they were not by then. */
  backDelay(id: string, limit: number): number | null {
    const incident = this.#incidents.get(id);
    if (incident?.fault.effects.down === undefined || incident.people === 0) return null;
    return Math.max(0, Math.min(incident.back ?? limit, limit) - incident.began);
  }

  /**
   * Their delay, less what silence takes to be noticed, in percent of what the servers left would need at their full rate. Of
   * who is not back by then it says something only when it is long past due.
   */
  backStretch(id: string, limit: number): number | null {
    const delay = this.backDelay(id, limit);
    if (delay === null) return null;
    const { fault, leastS, back = Infinity } = this.#incidents.get(id)!;
    const notice = fault.effects.down === "silent" ? this.#noticeS : 0;
    if (leastS === 0) return null;
    const stretch = (100 * Math.max(0, delay - notice)) / leastS;
    return back > limit && stretch < OVERDUE ? null : stretch;
  }

  #connecting(): number {
    const { connecting } = this.#world.crowd;
    return connecting.values.reduce((sum, people) => sum + people, 0);
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

  /** Named is the place itself: most of what the alert claims is sick is what the fault hits. */
  #names(where: PathWhere, alert: SchedulerDecision): boolean {
    const { gateways, endpoints } = this.#placeOf(where);
    const { claim } = alert;
    if (claim === undefined || alert.what === "capacity") return false;
    const all = this.#world.fleet.endpoints.length;
    // Of a sick access one says that all destinations are bad; of a sick destination one says which.
    if (!namesDestination(where) && claim.endpoints.size < all) return false;
    if (namesDestination(where) && endpoints.size < all && claim.endpoints.size === all) return false;
    return this.#shareOf(claim, gateways, endpoints) > MOSTLY;
  }

  /** Explained is whatever is at least half about what the fault hits. */
  #explains(where: PathWhere, { claim }: SchedulerDecision): boolean {
    const { gateways, endpoints } = this.#placeOf(where);
    return claim !== undefined && this.#shareOf(claim, gateways, endpoints) >= MOSTLY;
  }

  /** The lesser of two shares: of the gateways that an alert claims, and of the endpoints, what a fault really hits. */
  #shareOf(
    claim: NonNullable<SchedulerDecision["claim"]>,
    gateways: ReadonlySet<number>,
    endpoints: ReadonlySet<number>,
  ): number {
    const part = (claimed: ReadonlySet<number>, hit: ReadonlySet<number>): number =>
      claimed.size === 0 ? 0 : [...claimed].filter((one) => hit.has(one)).length / claimed.size;
    const ofGateways =
      claim.gateways === undefined ? gateways.size / this.#world.gateways.length : part(claim.gateways, gateways);
    return Math.min(ofGateways, part(claim.endpoints, endpoints));
  }

  #placeOf(where: PathWhere): { readonly gateways: ReadonlySet<number>; readonly endpoints: ReadonlySet<number> } {
    const known = this.#places.get(where);
    if (known !== undefined) return known;
    const { population, gateways, fleet } = this.#world;
    const place = {
      gateways: new Set(
        population.cells
          .filter((cell) => touchesCell(where, cell, gateways[cell.gateway]!))
          .map(({ gateway }) => gateway),
      ),
      endpoints: new Set(
        fleet.endpoints.flatMap((endpoint, index) =>
          touchesEndpoint(where, endpoint, fleet.servers[endpoint.server]!) ? [index] : [],
        ),
      ),
    };
    this.#places.set(where, place);
    return place;
  }
}

/** End of a figure's window in seconds of simulated time. */
export const windowEnd = ({ windows }: Scenario, window: string): number => inSeconds(windows[window]!.to);
