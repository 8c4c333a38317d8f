/**
 * Moves users away from faults, step by step, and back home when they are over. Leaving needs a destination proved
 * better; returning needs the fault to be closed and goes slower; a fault soon after a return doubles the wait before
 * the next one.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, hours, type Instant, printDuration } from "../../base/units.ts";
import { Destinations } from "./destinations.ts";
import { SMALLEST_STEP } from "./dispatch-table.ts";
import { isAccessFault, type OpenFault } from "./open-faults.ts";
import { alertOf } from "./diagnosis.ts";
import type { SchedulerEffect } from "./messages.ts";
import type { SchedulerState } from "./scheduler-state.ts";

/** Rounds that explorers may need to prove a destination better before an alert is sent. Chosen: 90 s. */
const PATIENT_ROUNDS = 9;
/** Nats for clean after which no more users leave: e^3 to one that the fault is over. */
const ENDING = 3;

/** Makes the changes of the dispatch table that open faults ask for. */
export class Moves {
  readonly #state: SchedulerState;
  readonly #destinations: Destinations;
  /** By gateway: when its users were last led back, and the factor by which to wait longer the next time. */
  readonly #returned = new Map<number, Instant>();
  readonly #patience = new Map<number, number>();
  readonly #homeCleanSince = new Map<number, Instant>();

  /** Acts on this state. */
  constructor(state: SchedulerState) {
    this.#state = state;
    this.#destinations = new Destinations(state);
  }

  /**
   * Makes and returns all table changes of a round. If the feed is not trusted or the scheduler is paused (`isFree`
   * false), only those that health checks and operators demand.
   */
  carryOut(now: Instant, isFree: boolean): SchedulerEffect[] {
    const effects: SchedulerEffect[] = [];
    const { dispatch, faults } = this.#state;
    for (const gateway of dispatch.underWay())
      if (isFree || dispatch.shift(gateway)!.isForced) this.#step(gateway, now, effects);
    for (const fault of faults.open)
      if (fault.moves && (isFree || fault.source !== "reports")) this.#leave(fault, now, effects);
    if (isFree) for (const gateway of dispatch.away()) this.#return(gateway, now, effects);
    return effects;
  }

  #step(gateway: number, now: Instant, effects: SchedulerEffect[]): void {
    const { dispatch, faults, quality, topology, capacity } = this.#state;
    const shift = dispatch.shift(gateway)!;
    const server = topology.endpoint(shift.target).server;
    const from = dispatch.routedEndpoints(gateway).filter((endpoint) => endpoint !== shift.target);
    const isPointless = !shift.restores && !from.some((endpoint) => faults.blocking(gateway, endpoint) !== undefined);
    if (isPointless || faults.blocking(gateway, shift.target) !== undefined || !capacity.isUsable(server)) {
      dispatch.stopShift(gateway);
      return;
    }
    // A destination that gets worse while it is filled gets no more.
    if (!shift.isForced && quality.isRaised(quality.path(gateway, shift.target))) return;
    const effect = dispatch.stepShift(gateway, now);
    if (effect !== undefined) effects.push(effect);
    // It has filled up: look for another destination.
    else if (capacity.headroom(server) < SMALLEST_STEP * topology.gateway(gateway).people && !shift.restores)
      dispatch.stopShift(gateway);
  }

  #leave(fault: OpenFault, now: Instant, effects: SchedulerEffect[]): void {
    const { dispatch, topology } = this.#state;
    // The fault is ending: users who are still there stay.
    if (fault.nats <= -ENDING) return;
    const { endpoints: domain } = fault.diagnosis;
    const gateways = fault.gateways ?? topology.gateways.keys();
    const lacks = new Set<"capacity" | "quality">();
    let why: readonly string[] = [];
    for (const gateway of gateways) {
      if (dispatch.shift(gateway) !== undefined) continue;
      const from = dispatch.routedEndpoints(gateway).find((endpoint) => domain.has(endpoint));
      if (from === undefined) continue;
      const isSettled = fault.source === "reports" && dispatch.routedEndpoints(gateway).length === 1;
      if (isSettled && !dispatch.mayMove(gateway, now, domain)) continue;
      const outcome = this.#leaveFor(gateway, from, fault, now, effects);
      if (outcome === undefined) continue;
      lacks.add(outcome.lacks);
      why = outcome.why;
    }
    this.#tellStuck(fault, lacks, why, effects);
  }

  #leaveFor(
    gateway: number,
    from: number,
    fault: OpenFault,
    now: Instant,
    effects: SchedulerEffect[],
  ): { lacks: "capacity" | "quality"; why: readonly string[] } | undefined {
    const { dispatch, faults, topology } = this.#state;
    const isOpen = (endpoint: number): boolean => faults.blocking(gateway, endpoint) === undefined;
    const diagnosis = fault.source === "reports" ? fault.diagnosis : undefined;
    const choice = this.#destinations.choose(gateway, from, diagnosis, { isOpen, committed: dispatch.peopleToCome() });
    const { endpoint } = choice;
    const lack: "capacity" | "quality" | undefined = choice.isFull
      ? "capacity"
      : endpoint === undefined
        ? "quality"
        : undefined;
    const outcome = lack === undefined ? undefined : { lacks: lack, why: choice.why };
    // Users half-way to one nearly full server do not turn to another.
    const isHalfWay = dispatch.routedEndpoints(gateway).length > 1 && dispatch.best(gateway) !== endpoint;
    if (endpoint === undefined || (choice.isFull && isHalfWay)) return outcome;
    const cause = `${fault.diagnosis.what} of ${fault.diagnosis.who}`;
    const reasons = [
      `${cause}: leaving ${topology.endpoint(from).name} for ${topology.endpoint(endpoint).name}`,
      ...fault.diagnosis.why,
      ...choice.why,
    ];
    const shift = { target: endpoint, restores: false, isForced: fault.source !== "reports", cause, why: reasons };
    const effect = dispatch.beginShift(gateway, shift, now);
    if (effect === undefined) return outcome;
    effects.push(effect);
    this.#remember(gateway, from, now);
    return outcome;
  }

  /** Doubles the wait for the next return if this fault came soon after the last one. */
  #remember(gateway: number, from: number, now: Instant): void {
    const returned = this.#returned.get(gateway);
    this.#homeCleanSince.delete(gateway);
    if (from !== this.#state.dispatch.home(gateway) || returned === undefined) return;
    const isSoon = after(returned, hours(1)) > now;
    this.#patience.set(gateway, isSoon ? Math.min(16, 2 * (this.#patience.get(gateway) ?? 1)) : 1);
  }

  #tellStuck(
    fault: OpenFault,
    lacks: ReadonlySet<"capacity" | "quality">,
    why: readonly string[],
    effects: SchedulerEffect[],
  ): void {
    const { diagnosis } = fault;
    fault.lackingRounds = lacks.has("quality") ? fault.lackingRounds + 1 : 0;
    const isStuck = fault.lackingRounds > PATIENT_ROUNDS;
    const stuck = lacks.has("capacity") ? "capacity" : isStuck ? "quality" : undefined;
    if (stuck === fault.stuck) return;
    const { who } = diagnosis;
    if (fault.stuck === "capacity")
      effects.push({ kind: "all-clear", what: "capacity", who, why: ["its users have room, or need none any more"] });
    if (stuck === "capacity")
      effects.push(alertOf(diagnosis, "capacity", ["no room for users who should leave", ...why]));
    if (stuck === "quality")
      effects.push(alertOf(diagnosis, diagnosis.what, ["no destination is proved better", ...why]));
    fault.stuck = stuck;
  }

  #return(gateway: number, now: Instant, effects: SchedulerEffect[]): void {
    const { dispatch, faults, quality, topology, capacity, policy } = this.#state;
    if (dispatch.shift(gateway) !== undefined) return;
    const home = dispatch.home(gateway);
    const isHeld = faults.open.some(
      (fault) => isAccessFault(fault.diagnosis.what) && (fault.gateways === undefined || fault.gateways.has(gateway)),
    );
    const isBad =
      faults.blocking(gateway, home) !== undefined ||
      !capacity.isUsable(topology.endpoint(home).server) ||
      quality.isRaised(quality.path(gateway, home));
    if (isBad || isHeld) {
      this.#homeCleanSince.delete(gateway);
      return;
    }
    const since = this.#homeCleanSince.get(gateway) ?? now;
    this.#homeCleanSince.set(gateway, since);
    const patience = ((this.#patience.get(gateway) ?? 1) - 1) * policy.cleanRounds * policy.round;
    if (now - since < patience || !dispatch.mayMove(gateway, now)) return;
    const cause = "what drove users away is over";
    const why = [
      `back to ${topology.endpoint(home).name}: ${cause}`,
      `stayed away at least ${printDuration(policy.dwell)}`,
    ];
    const effect = dispatch.beginShift(gateway, { target: home, restores: true, isForced: false, cause, why }, now);
    if (effect === undefined) return;
    effects.push(effect);
    this.#returned.set(gateway, now);
  }
}
