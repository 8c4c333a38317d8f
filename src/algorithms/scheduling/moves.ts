/**
 * Carrying out: users out of what is at fault, step by step, and back when it is over. Leaving needs proof of a better
 * place; returning needs a fault that is closed, and then goes slower; a second fault at home doubles the patience.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, hours, type Instant, printDuration } from "../../base/units.ts";
import type { Capacity } from "./capacity.ts";
import type { Destinations } from "./destinations.ts";
import { type Dispatch, SMALLEST_STEP } from "./dispatch.ts";
import { type Fault, type Faults, isAccess } from "./faults.ts";
import { alertOf } from "./finding.ts";
import type { SchedulerEffect } from "./messages.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";
import type { Quality } from "./quality.ts";

interface Parts {
  readonly places: Places;
  readonly policy: SchedulerPolicy;
  readonly quality: Quality;
  readonly capacity: Capacity;
  readonly dispatch: Dispatch;
  readonly faults: Faults;
  readonly destinations: Destinations;
}

/** Explorers may need so many rounds to prove a better place before people are called. Chosen: 90 s. */
const PATIENT_ROUNDS = 9;
/** Nats for clean after which nobody leaves for a fault any more: e^3 to one that it is over. */
const ENDING = 3;

export class Moves {
  readonly #parts: Parts;
  /** When users were last led back, and how many times longer to wait the next time. */
  readonly #returned = new Map<number, Instant>();
  readonly #patience = new Map<number, number>();
  readonly #homeCleanSince = new Map<number, Instant>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * All table changes of a round. Unless `isFree`, for the feed is distrusted or the scheduler paused, only what health
   * checks and operators demand.
   */
  carryOut(now: Instant, isFree: boolean): SchedulerEffect[] {
    const effects: SchedulerEffect[] = [];
    const { dispatch, faults } = this.#parts;
    for (const gateway of [...dispatch.underWay()])
      if (isFree || dispatch.shift(gateway)!.isForced) this.#step(gateway, now, effects);
    for (const fault of faults.open)
      if (fault.moves && (isFree || fault.cause !== "reports")) this.#leave(fault, now, effects);
    if (isFree) for (const gateway of [...dispatch.away()]) this.#return(gateway, now, effects);
    return effects;
  }

  #step(gateway: number, now: Instant, effects: SchedulerEffect[]): void {
    const { dispatch, faults, quality, places, capacity } = this.#parts;
    const shift = dispatch.shift(gateway)!;
    const server = places.endpoint(shift.target).server;
    const from = dispatch.routed(gateway).filter((endpoint) => endpoint !== shift.target);
    const isPointless = !shift.restores && !from.some((endpoint) => faults.closing(gateway, endpoint) !== undefined);
    if (isPointless || faults.closing(gateway, shift.target) !== undefined || !capacity.isUsable(server)) {
      dispatch.halt(gateway);
      return;
    }
    // A destination that gets worse while we fill it gets no more.
    if (!shift.isForced && quality.isRaised(quality.cell(gateway, shift.target))) return;
    const effect = dispatch.step(gateway, now);
    if (effect !== undefined) effects.push(effect);
    // It has filled up meanwhile: look for another place.
    else if (capacity.headroom(server) < SMALLEST_STEP * places.gateway(gateway).people && !shift.restores)
      dispatch.halt(gateway);
  }

  #leave(fault: Fault, now: Instant, effects: SchedulerEffect[]): void {
    const { dispatch, places } = this.#parts;
    // It is ending: who is still there stays.
    if (fault.nats <= -ENDING) return;
    const { unit } = fault.finding;
    const gateways = fault.gateways ?? places.gateways.keys();
    const lacks = new Set<"capacity" | "quality">();
    let why: readonly string[] = [];
    for (const gateway of gateways) {
      if (dispatch.shift(gateway) !== undefined) continue;
      const from = dispatch.routed(gateway).find((endpoint) => unit.has(endpoint));
      if (from === undefined) continue;
      const isSettled = fault.cause === "reports" && dispatch.routed(gateway).length === 1;
      if (isSettled && !dispatch.mayMove(gateway, now, unit)) continue;
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
    fault: Fault,
    now: Instant,
    effects: SchedulerEffect[],
  ): { lacks: "capacity" | "quality"; why: readonly string[] } | undefined {
    const { dispatch, faults, destinations, places } = this.#parts;
    const isOpen = (endpoint: number): boolean => faults.closing(gateway, endpoint) === undefined;
    const finding = fault.cause === "reports" ? fault.finding : undefined;
    const choice = destinations.choose(gateway, from, finding, { isOpen, committed: dispatch.committed() });
    const { endpoint } = choice;
    const lack: "capacity" | "quality" | undefined = choice.isFull
      ? "capacity"
      : endpoint === undefined
        ? "quality"
        : undefined;
    const outcome = lack === undefined ? undefined : { lacks: lack, why: choice.why };
    // Whoever is half-way to one nearly full server does not turn to another.
    const isHalfWay = dispatch.routed(gateway).length > 1 && dispatch.best(gateway) !== endpoint;
    if (endpoint === undefined || (choice.isFull && isHalfWay)) return outcome;
    const cause = `${fault.finding.what} of ${fault.finding.who}`;
    const why = [
      `${cause}: leaving ${places.endpoint(from).name} for ${places.endpoint(endpoint).name}`,
      ...fault.finding.why,
      ...choice.why,
    ];
    const shift = { target: endpoint, restores: false, isForced: fault.cause !== "reports", cause, why };
    const effect = dispatch.begin(gateway, shift, now);
    if (effect === undefined) return outcome;
    effects.push(effect);
    this.#remember(gateway, from, now);
    return outcome;
  }

  /** A fault soon after users were led back: wait twice as long the next time. */
  #remember(gateway: number, from: number, now: Instant): void {
    const returned = this.#returned.get(gateway);
    this.#homeCleanSince.delete(gateway);
    if (from !== this.#parts.dispatch.home(gateway) || returned === undefined) return;
    const isSoon = after(returned, hours(1)) > now;
    this.#patience.set(gateway, isSoon ? Math.min(16, 2 * (this.#patience.get(gateway) ?? 1)) : 1);
  }

  #tellStuck(
    fault: Fault,
    lacks: ReadonlySet<"capacity" | "quality">,
    why: readonly string[],
    effects: SchedulerEffect[],
  ): void {
    const { finding } = fault;
    fault.lackingRounds = lacks.has("quality") ? fault.lackingRounds + 1 : 0;
    const isStuck = fault.lackingRounds > PATIENT_ROUNDS;
    const stuck = lacks.has("capacity") ? "capacity" : isStuck ? "quality" : undefined;
    if (stuck === fault.stuck) return;
    const { who } = finding;
    if (fault.stuck === "capacity")
      effects.push({ kind: "all-clear", what: "capacity", who, why: ["its users have room, or need none any more"] });
    if (stuck === "capacity")
      effects.push(alertOf(finding, "capacity", ["no room for users who should leave", ...why]));
    if (stuck === "quality") effects.push(alertOf(finding, finding.what, ["no destination is proved better", ...why]));
    fault.stuck = stuck;
  }

  #return(gateway: number, now: Instant, effects: SchedulerEffect[]): void {
    const { dispatch, faults, quality, places, capacity, policy } = this.#parts;
    if (dispatch.shift(gateway) !== undefined) return;
    const home = dispatch.home(gateway);
    const isHeld = faults.open.some(
      (fault) => isAccess(fault.finding.what) && (fault.gateways === undefined || fault.gateways.has(gateway)),
    );
    const isBad =
      faults.closing(gateway, home) !== undefined ||
      !capacity.isUsable(places.endpoint(home).server) ||
      quality.isRaised(quality.cell(gateway, home));
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
      `back to ${places.endpoint(home).name}: ${cause}`,
      `stayed away at least ${printDuration(policy.dwell)}`,
    ];
    const effect = dispatch.begin(gateway, { target: home, restores: true, isForced: false, cause, why }, now);
    if (effect === undefined) return;
    effects.push(effect);
    this.#returned.set(gateway, now);
  }
}
