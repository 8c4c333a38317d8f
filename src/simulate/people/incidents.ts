/**
 * Follows each fault and each evacuation: begin and end, the first alert that names the fault's place, the time until its
 * people are rerouted or back online. Whether an alert names a place is decided here by the world's true state, which the
 * scheduler does not see.
 */
import { inSeconds } from "../../base/units.ts";
import type { PathWhere, PeopleFault } from "../../scenario/people/faults.ts";
import type { Intervention, Scenario } from "../../scenario/scenario.ts";
import type { World } from "../../world/build.ts";
import type { SchedulerDecision } from "../../world/seams/scheduling.ts";
import { namesDestination, touchesCell, touchesEndpoint, touchesServer } from "../../world/where.ts";
import type { Measured } from "../samples.ts";
import { AfterEffects, type AlertCause } from "./after-effects.ts";
import { OFFLINE_SHARE, REMAINING_SHARE, TRUE_SHARE } from "./limits.ts";

/** Seconds after the end of a fault or operator action in which an alert about it is late, not false (chosen: reports take this long). */
const ALERT_GRACE_S = 600;

interface Incident {
  readonly fault: PeopleFault;
  readonly began: number;
  ended: number | undefined;
  /** People on the fault's paths at its begin. */
  readonly people: number;
  /** People online at the fault's place at its begin. */
  readonly online: number;
  /** When the fault's paths were left. */
  left: number | undefined;
  /** Seconds that the remaining servers need at full rate to log in all the people. */
  readonly fullRateS: number;
  /** The people that it took offline, at each second at which that changed, ascending. */
  readonly offline: OfflineSample[];
}

interface OfflineSample {
  readonly at: number;
  /** People thrown off since the begin, at most as many as live there. */
  readonly thrown: number;
  /** Those of them who are not back, and people on dead paths who have not noticed yet. */
  readonly absent: number;
}

/** Follows the faults, evacuations and operator actions of one run. Times are seconds of simulated time. */
export class Incidents {
  readonly #world: World;
  readonly #incidents = new Map<string, Incident>();
  /** Evacuations by centre: the people connected there at the order, and when the centre was empty. */
  readonly #evacuations = new Map<
    string,
    {
      readonly where: PathWhere;
      readonly began: number;
      readonly people: number;
      empty: number | undefined;
      isRolledBack: boolean;
    }
  >();
  readonly #places = new Map<
    PathWhere,
    { readonly gateways: ReadonlySet<number>; readonly endpoints: ReadonlySet<number> }
  >();
  /** Operator actions, with the times in which an alert about them is not false: without end for a changed path or an evacuation. */
  readonly #operatorActions: { readonly where: PathWhere; readonly from: number; readonly to: number }[] = [];

  /** Seconds in which a client notices a silent server at the latest: the longest heartbeat interval plus the time-out. */
  readonly #silenceNoticedS: number;

  readonly #afterEffects: AfterEffects;

  constructor(world: World, scenario: Scenario) {
    const { clients } = scenario.world;
    this.#world = world;
    this.#afterEffects = new AfterEffects(world, scenario, ALERT_GRACE_S);
    this.#silenceNoticedS = inSeconds(clients.heartbeat.longest) + inSeconds(clients.heartbeat.timeout);
  }

  /** Records that a fault begins, before the world applies it. */
  begin(fault: PeopleFault, at: number): void {
    this.#incidents.set(fault.id, {
      fault,
      began: at,
      ended: undefined,
      people: this.#world.places.peopleOn(fault.where),
      online: this.#world.places.onlineIn(fault.where),
      left: undefined,
      fullRateS: this.#fullRateS(fault),
      offline: [],
    });
  }

  #fullRateS({ where, effects }: PeopleFault): number {
    const { centreFailover, places, fleet } = this.#world;
    if (effects.down !== undefined && namesDestination(where))
      return inSeconds(centreFailover.reconnectPlan(where, 1).over);
    // Users who are cut off from a server need another one, but not those who are cut off from everything, or from a port.
    const isLost = (server: number): boolean =>
      isDead({ where, effects }) &&
      namesDestination(where) &&
      where.port === undefined &&
      touchesServer(where, fleet.servers[server]!);
    return inSeconds(centreFailover.fullRateTime(places.peopleByServer(where), isLost));
  }

  /** Records an intervention. */
  perform({ action }: Intervention, at: number): void {
    if (action.kind === "evacuate") {
      const where = { centre: [action.plan.centre] };
      this.#operatorActions.push({ where, from: at, to: Infinity });
      // A second order during an evacuation changes nothing; an order after a roll-back starts a new evacuation.
      if (this.#evacuations.get(action.plan.centre)?.isRolledBack !== false)
        this.#evacuations.set(action.plan.centre, {
          where,
          began: at,
          people: this.#world.places.peopleOn(where),
          empty: undefined,
          isRolledBack: false,
        });
    }
    if (action.kind === "evacuation" && action.order === "roll-back")
      for (const evacuation of this.#evacuations.values()) evacuation.isRolledBack = true;
    if (!("where" in action)) return;
    this.#operatorActions.push({
      where: action.where,
      from: at,
      to: action.kind === "change" ? Infinity : at + ALERT_GRACE_S,
    });
  }

  /** Records that a fault has ended. */
  end(id: string, at: number): void {
    const incident = this.#incidents.get(id);
    if (incident !== undefined) incident.ended = at;
  }

  /** Notes which active faults' paths have been left, and which new alerts are after-effects; called after every round of the scheduler. */
  checkRound(at: number): void {
    this.#afterEffects.note(at, this.#causes(at));
    for (const incident of this.#incidents.values())
      if (incident.left === undefined && incident.ended === undefined && incident.people > 0)
        if (
          this.#world.places.peopleOn(incident.fault.where) <= REMAINING_SHARE * incident.people &&
          this.#world.places.onlineIn(incident.fault.where) >= (1 - REMAINING_SHARE) * incident.online
        )
          incident.left = at;
  }

  /** Returns the seconds from the order until a centre was empty, cut off at the time `limit`; null without an order. */
  evacuationDelay(centre: string, limit: number): Measured {
    const evacuation = this.#evacuations.get(centre);
    if (evacuation === undefined) return { value: null, why: `no evacuation of ${centre} was ordered` };
    return delayOf(evacuation.began, evacuation.empty, limit);
  }

  /** Notes which evacuated centres are empty, and how many people each fault keeps offline. Called every second. */
  checkRecovery(at: number): void {
    const { places } = this.#world;
    for (const evacuation of this.#evacuations.values())
      // A centre that is lost throws its people out: they have not been evacuated.
      if (evacuation.empty === undefined && !this.#world.homes.isLost(evacuation.where.centre![0]!)) {
        if (places.peopleOn(evacuation.where) <= OFFLINE_SHARE * evacuation.people) evacuation.empty = at;
      }
    for (const incident of this.#incidents.values()) if (at > incident.began) this.#noteOffline(incident, at);
  }

  #noteOffline({ fault, ended, offline }: Incident, at: number): void {
    const { places, thrownOff, population } = this.#world;
    const { thrown, offline: left } = thrownOff.of(fault.id)!;
    const unaware = ended === undefined && isDead(fault) ? places.peopleOn(fault.where) : 0;
    const before = offline.at(-1) ?? { thrown: 0, absent: 0 };
    const absent = left + unaware;
    if (thrown === before.thrown && absent === before.absent) return;
    const most = places.cellsOf(fault.where).reduce((sum, cell) => sum + population.cells[cell]!.people, 0);
    offline.push({ at, thrown: Math.min(thrown, most), absent });
  }

  /** Returns when the people that a fault had taken offline by the time `limit` were back for good; undefined if they were not by then. */
  #backAt({ began, offline }: Incident, limit: number): number | undefined {
    const known = offline.filter(({ at }) => at <= limit);
    const few = OFFLINE_SHARE * (known.at(-1)?.thrown ?? 0);
    const last = known.findLastIndex(({ absent }) => absent > few);
    return last < 0 ? began : known[last + 1]?.at;
  }

  /** Returns until when a fault kept people offline, at most the time `limit`. */
  #offlineUntil(incident: Incident, limit: number): number {
    return this.#backAt(incident, limit) ?? limit;
  }

  /** Returns the faults and operator actions up to now. */
  #causes(now: number): readonly AlertCause[] {
    const faults = [...this.#incidents.values()].map((incident): AlertCause => {
      const { fault, began, ended = now } = incident;
      const offlineUntil = this.#offlineUntil(incident, now);
      return { fault: fault.id, began, ended: Math.max(ended, offlineUntil) + ALERT_GRACE_S, offlineUntil };
    });
    const actions = this.#operatorActions.map(({ from, to }) => ({ fault: undefined, began: from, ended: to }));
    return [...faults, ...actions];
  }

  /**
   * Returns the seconds until the people that a fault took offline were back online, cut off at the time `limit`; null if it
   * took nobody offline.
   */
  backDelay(id: string, limit: number): Measured {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return { value: null, why: neverBegan(id) };
    if (!incident.offline.some(({ at }) => at <= limit))
      return { value: null, why: `fault ${id} took nobody offline before the window's end` };
    return delayOf(incident.began, this.#backAt(incident, limit), limit);
  }

  /** Returns the back delay, less the time to notice silence, in percent of the time that the remaining servers need at full rate. */
  backStretch(id: string, limit: number): Measured {
    const delay = this.backDelay(id, limit);
    if (delay.value === null) return delay;
    const { fault, fullRateS } = this.#incidents.get(id)!;
    const { down } = fault.effects;
    const notice = down === "reset" || down === "drained" ? 0 : this.#silenceNoticedS;
    if (fullRateS === 0) return { value: null, why: `no server is left to take the people of fault ${id}` };
    return { ...delay, value: (100 * Math.max(0, delay.value - notice)) / fullRateS };
  }

  /** Returns the seconds from a fault's begin to the first alert that names its place, cut off at the time `limit`; null if it never began. */
  alarmDelay(id: string, decisions: readonly SchedulerDecision[], limit: number): Measured {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return { value: null, why: neverBegan(id) };
    return delayOf(incident.began, this.#firstNaming(incident, decisions)?.at, limit);
  }

  /** True if an alert names the fault's place by the time `limit`; null if the fault never began. */
  named(id: string, decisions: readonly SchedulerDecision[], limit: number): boolean | null {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return null;
    const first = this.#firstNaming(incident, decisions);
    return first !== undefined && first.at <= limit;
  }

  /** Returns the seconds until the fault's paths were left, cut off at the time `limit`; null without people or a faulty destination. */
  rerouteDelay(id: string, limit: number): Measured {
    const incident = this.#incidents.get(id);
    if (incident === undefined) return { value: null, why: neverBegan(id) };
    if (incident.people === 0) return { value: null, why: `nobody was on the paths of fault ${id}` };
    if (!namesDestination(incident.fault.where))
      return { value: null, why: `fault ${id} has no destination that people could leave` };
    return delayOf(incident.began, incident.left, limit);
  }

  /** True if neither a fault nor an operator action, active or ended shortly before, explains the alert or its cause. */
  isFalse(alert: SchedulerDecision): boolean {
    if (this.#afterEffects.has(alert)) return false;
    for (const incident of this.#incidents.values()) {
      const { fault, began, ended } = incident;
      const over = Math.max(ended ?? Infinity, this.#offlineUntil(incident, alert.at)) + ALERT_GRACE_S;
      if (alert.at < began || alert.at > over) continue;
      if (fault.effects.telemetry !== undefined || this.#explains(fault.where, alert)) return false;
    }
    return !this.#operatorActions.some(
      ({ where, from, to }) => alert.at >= from && alert.at <= to && this.#explains(where, alert),
    );
  }

  /** Returns the first alert that names the place of a fault and was raised after its begin, or stood then. */
  #firstNaming({ fault, began }: Incident, decisions: readonly SchedulerDecision[]): SchedulerDecision | undefined {
    const isCleared = ({ what, who }: SchedulerDecision, place: number): boolean =>
      decisions
        .slice(place)
        .some((one) => one.kind === "all-clear" && one.what === what && one.who === who && one.at <= began);
    return decisions.find(
      (decision, place) =>
        decision.kind === "alert" &&
        this.#names(fault.where, decision) &&
        (decision.at >= began || !isCleared(decision, place)),
    );
  }

  /** True if the alert names the place itself: more than half of what it claims is hit by the fault. */
  #names(where: PathWhere, alert: SchedulerDecision): boolean {
    const { gateways, endpoints } = this.#placeOf(where);
    const { claim } = alert;
    if (claim === undefined || alert.what === "capacity") return false;
    const all = this.#world.fleet.endpoints.length;
    // A faulty access network is named by claiming all destinations; a faulty destination is named by claiming only that one.
    if (!namesDestination(where) && claim.endpoints.size < all) return false;
    if (namesDestination(where) && endpoints.size < all && claim.endpoints.size === all) return false;
    return this.#shareOf(claim, gateways, endpoints) > TRUE_SHARE;
  }

  /** True if at least half of what the alert claims is hit by the fault. */
  #explains(where: PathWhere, { claim }: SchedulerDecision): boolean {
    const { gateways, endpoints } = this.#placeOf(where);
    return claim !== undefined && this.#shareOf(claim, gateways, endpoints) >= TRUE_SHARE;
  }

  /** Returns the smaller of two shares that the fault really hits: of the claimed gateways, and of the claimed endpoints. */
  #shareOf(
    claim: NonNullable<SchedulerDecision["claim"]>,
    gateways: ReadonlySet<number>,
    endpoints: ReadonlySet<number>,
  ): number {
    const part = (claimed: ReadonlySet<number>, hit: ReadonlySet<number>): number =>
      claimed.size === 0 ? 0 : [...claimed].filter((one) => hit.has(one)).length / claimed.size;
    return Math.min(part(claim.gateways ?? this.#usersOf(claim.endpoints), gateways), part(claim.endpoints, endpoints));
  }

  /** Returns the gateways that use these endpoints: those of the carriers whose lines they are on; all if these have none. */
  #usersOf(endpoints: ReadonlySet<number>): ReadonlySet<number> {
    const { gateways, fleet } = this.#world;
    const lines = new Set([...endpoints].map((endpoint) => fleet.endpoints[endpoint]!.line));
    const own = gateways.flatMap(({ carrier }, index) => (lines.has(carrier) ? [index] : []));
    return new Set(own.length > 0 ? own : gateways.keys());
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

const neverBegan = (id: string): string => `fault ${id} did not begin`;

/** Returns a delay from `began` to `ended`, at least that up to `limit` if it ended later or not at all; null if it begins after `limit`. */
const delayOf = (began: number, ended: number | undefined, limit: number): Measured => {
  if (began >= limit) return { value: null, why: "the window ends before it begins" };
  return ended === undefined || ended > limit
    ? { value: limit - began, atLeast: true }
    : { value: Math.max(0, ended - began) };
};

/** True if nothing passes over the paths of the fault: people on them are offline, even those who have not noticed. */
const isDead = ({ where, effects: { block, loss, down } }: Pick<PeopleFault, "where" | "effects">): boolean =>
  block !== undefined || loss?.share === 1 || (down !== undefined && down !== "drained" && namesDestination(where));

/** Returns the end of a window in seconds of simulated time. */
export const windowEnd = ({ windows }: Scenario, window: string): number => inSeconds(windows[window]!.to);
