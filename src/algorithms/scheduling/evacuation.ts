/**
 * Evacuation: moves a centre's people to the other centres while they go on working. Each step decides anew how many
 * move where: as many as the pace asks for, no more than the login rate, the lines and the free connections of the
 * remaining servers allow, and none to a server in distress. People move only after their state has arrived at the new
 * centre. Within a step each user's turn follows from the user's id, so a pause, a crash or a repeated decision does
 * not change it. Rolled back, it moves everybody home in the same way.
 * Met by: src/world/seams/scheduling.ts
 */
import { printFixed } from "../../base/digits.ts";
import { after, type Duration, type Instant, minutes, printDuration } from "../../base/units.ts";
import { SMALLEST_STEP } from "./dispatch-table.ts";
import { Handovers, type Slice } from "./handovers.ts";
import { ServerHealth } from "./server-health.ts";
import type { EvacuationPlan, SchedulerEffect } from "./messages.ts";
import type { SchedulerState } from "./scheduler-state.ts";

/** What an evacuation reads and changes. */
type EvacuationState = Pick<SchedulerState, "topology" | "policy" | "capacity" | "dispatch" | "faults">;

/**
 * A step may give a server this share of its capacity as far as there is room. Chosen: so that a nearly full one fills
 * too.
 */
const LEAST_STEP = 0.02;

/** Times that a step asks every gateway: as many servers may share one gateway's people in a step. Chosen. */
const TURNS = 4;

/** Length of a step, over which its people's moves are spread. Chosen: as fast as servers show how they bear it. */
const STEP = minutes(2);

/** Each place further down a gateway's list counts as this much fuller. Chosen. */
const NEAR_IS_WORTH = 0.02;

/** The evacuation of one centre. */
export class Evacuation {
  /** How the servers bear it. */
  readonly health: ServerHealth;
  readonly #state: EvacuationState;
  readonly #plan: EvacuationPlan;
  readonly #leaving: ReadonlySet<number>;
  /** Home of each gateway's users before the evacuation. */
  readonly #origins = new Map<number, number>();
  readonly #handovers: Handovers;
  readonly #step: Duration;
  #nextAt: Instant;
  #batches = 0;
  #batchEnds: Instant;
  #batchLeft = 0;
  #isWaiting = false;
  /** When it last took a step: the time since, if it was held, is added to the batch's. */
  #activeAt: Instant;
  /** True once the state of people who left in another way was asked for. */
  #hasSwept = false;
  readonly #reason: string;
  #phase: "running" | "paused" | "done" = "running";
  /** True once it was rolled back: people are moved home. */
  #isReturning = false;

  /** Begins: the centre's servers are withdrawn from new users at once. */
  constructor(state: EvacuationState, plan: EvacuationPlan, now: Instant) {
    const { topology, capacity } = state;
    this.#state = state;
    this.#plan = plan;
    this.health = new ServerHealth(topology.servers.length);
    this.#handovers = new Handovers(topology, plan.centre);
    this.#batchEnds = this.#nextAt = this.#activeAt = now;
    this.#reason = `evacuation of ${plan.centre}`;
    this.#step = Math.max(STEP, state.policy.round) as Duration;
    this.#leaving = new Set(
      topology.endpoints.flatMap((endpoint, index) => (endpoint.centre === plan.centre ? [index] : [])),
    );
    for (const endpoint of this.#leaving) capacity.withdraw(topology.endpoint(endpoint).server, this.#reason, true);
  }

  /** True once it was rolled back: the centre may be evacuated anew. */
  get isOver(): boolean {
    return this.#isReturning;
  }

  /** Pauses, resumes or rolls back. Returns the report of it; nothing if it changes nothing. */
  order(order: "pause" | "resume" | "roll-back"): readonly SchedulerEffect[] {
    if (order === "roll-back") return this.#isReturning ? [] : this.#rollBack();
    if (this.#phase === "done") return [];
    this.#phase = order === "pause" ? "paused" : "running";
    return [this.#report(`${order}d`, ["ordered by an operator"])];
  }

  #rollBack(): readonly SchedulerEffect[] {
    const { topology, capacity, dispatch } = this.#state;
    this.#isReturning = true;
    this.#isWaiting = false;
    this.#phase = "running";
    for (const endpoint of this.#leaving) capacity.withdraw(topology.endpoint(endpoint).server, this.#reason, false);
    // Until they are moved home they count as at home where they are, so that nothing else moves them.
    for (const gateway of this.#origins.keys()) dispatch.setHome(gateway, dispatch.best(gateway));
    this.#handovers.drop();
    return [this.#report("rolled back", ["ordered by an operator"])];
  }

  /** Notes that the state of a batch has arrived; its people move in the next step. */
  handedOver(batch: number): void {
    this.#handovers.arrive(batch);
  }

  /** Moves the people whose state has arrived, if the server they go to is well. */
  #moveArrived(now: Instant): SchedulerEffect[] {
    return this.#handovers.take((slice) => this.#isWelcome(slice)).flatMap((slice) => this.#move(slice, now));
  }

  #move({ gateway, target, share, from }: Slice, now: Instant): readonly SchedulerEffect[] {
    const { topology, dispatch } = this.#state;
    const what = this.#isReturning ? "takes its people back" : "is evacuated";
    const cause = `${this.#plan.centre} ${what}, state handed over`;
    const why = [`${cause}: to ${topology.endpoint(target).name}`];
    const shift = { target, share, from, spread: this.#step, cause, why };
    const effect = dispatch.moveShare(gateway, shift, now);
    this.health.addMoved(topology.endpoint(target).server, share * topology.gateway(gateway).people);
    if (this.#isReturning || this.#shareOn(gateway, this.#leaving) <= 0)
      dispatch.setHome(gateway, dispatch.best(gateway));
    return effect === undefined ? [] : [effect];
  }

  /** Closes a round; when a step is due, returns the moves, the hand-overs of state and the reports of it. */
  round(now: Instant): readonly SchedulerEffect[] {
    this.health.closeRound();
    if (now < this.#nextAt) return [];
    this.#nextAt = after(now, this.#step);
    if (this.#phase !== "running") return [];
    this.#makeUpFor(now);
    if (this.#isReturning) return this.#roundHome(now);
    if (this.#isAvoided(now)) return this.#wait(["nobody is led at this time of the day"]);
    const effects = this.#moveArrived(now);
    const left = this.#peopleLeft();
    if (left < 1) return [...effects, ...this.#complete()];
    if (this.#batchLeft < 1 && !this.#beginBatch(left, now, effects)) return effects;
    const steps = Math.max(1, Math.floor((this.#batchEnds - now) / this.#step));
    // People whose state is on its way count, so that a slow line does not build up a backlog.
    const budget = Math.min(this.#batchLeft, this.#batchLeft / steps + 1) - this.#handovers.people();
    const given = this.#give(budget, effects);
    if (given > 0) this.#isWaiting = false;
    else if (budget >= 1)
      effects.push(...this.#wait(["no server that its people may use has room for more and bears it well"]));
    return effects;
  }

  /**
   * Ends the evacuation once nobody is routed to the centre and the state of people who left in another way has gone
   * too.
   */
  #complete(): readonly SchedulerEffect[] {
    if (!this.#handovers.isEmpty) return [];
    if (this.#hasSwept) {
      this.#phase = "done";
      return [this.#report("is complete", ["nobody is led there any more, and nobody's state is left"])];
    }
    this.#hasSwept = true;
    const { topology, dispatch } = this.#state;
    return [...topology.gateways.keys()].map((gateway) =>
      this.#handovers.begin({ gateway, target: dispatch.best(gateway), share: 0, from: this.#leaving }, true),
    );
  }

  /** Gives the batch as much more time as the evacuation, or the whole scheduler, was held. */
  #makeUpFor(now: Instant): void {
    const held = now - this.#activeAt - this.#step;
    this.#activeAt = now;
    if (held > 0) this.#batchEnds = after(this.#batchEnds, held as Duration);
  }

  /** Takes a step of the way home, under the same limits. */
  #roundHome(now: Instant): readonly SchedulerEffect[] {
    const { topology, dispatch } = this.#state;
    const effects = this.#moveArrived(now);
    const given = this.#handovers.byServer();
    let left = 0;
    for (const [gateway, target] of this.#origins) {
      const { people } = topology.gateway(gateway);
      const { server } = topology.endpoint(target);
      const away = this.#mostAway(gateway);
      if (away === undefined) continue;
      left += people;
      const share = this.#shareOn(gateway, away) - this.#handovers.share(gateway, away);
      const room = this.#isOpen(gateway, target) ? this.#allowance(server) - given[server]! : 0;
      const part = partThatFits(share, people, room);
      if (part > 0) this.#prepare({ gateway, target, share: part, from: away }, part === share, given, effects);
    }
    if (left > 0 || !this.#handovers.isEmpty) return effects;
    this.#phase = "done";
    for (const [gateway, home] of this.#origins) dispatch.setHome(gateway, home);
    return [...effects, this.#report("is undone", ["everybody is led home again"])];
  }

  /** Returns the endpoints of the centre that has most of a gateway's people; undefined if they are all at home. */
  #mostAway(gateway: number): ReadonlySet<number> | undefined {
    const { topology, dispatch } = this.#state;
    const away = dispatch.routedEndpoints(gateway).filter((endpoint) => !this.#leaving.has(endpoint));
    const most = away.toSorted((a, b) => dispatch.share(gateway, b) - dispatch.share(gateway, a))[0];
    if (most === undefined) return undefined;
    return new Set(away.filter((endpoint) => topology.endpoint(endpoint).centre === topology.endpoint(most).centre));
  }

  #isOpen(gateway: number, endpoint: number): boolean {
    const { topology, capacity, faults } = this.#state;
    const { server } = topology.endpoint(endpoint);
    return capacity.isUsable(server) && faults.covering(gateway, endpoint) === undefined;
  }

  /** True if the server that a slice goes to is well, or the plan does not ask. */
  #isWelcome({ target }: Slice): boolean {
    return !this.#plan.heedsHealth || this.health.share(this.#state.topology.endpoint(target).server) > 0;
  }

  /** Reports once that it waits, until it goes on. */
  #wait(why: readonly string[]): readonly SchedulerEffect[] {
    if (this.#isWaiting) return [];
    this.#isWaiting = true;
    return [this.#report("waits", [`${printFixed(this.#peopleLeft(), 0)} people are still there`, ...why])];
  }

  /**
   * Begins the next batch. Returns false during the pause after the last one, or if it would last into a time to avoid.
   */
  #beginBatch(left: number, now: Instant, effects: SchedulerEffect[]): boolean {
    const { within, batch, rest, avoid } = this.#plan;
    if (this.#batches > 0 && now < after(this.#batchEnds, rest)) return false;
    const ends = after(now, within);
    if (avoid.some(({ from, to }) => from < ends && to > now)) {
      effects.push(...this.#wait(["a batch begun now would last into a time to avoid"]));
      return false;
    }
    this.#batches += 1;
    this.#batchEnds = ends;
    this.#batchLeft = Math.min(left, batch ?? Infinity);
    effects.push(
      this.#report(batch === undefined ? "begins" : `begins batch ${String(this.#batches)}`, [
        `${printFixed(this.#batchLeft, 0)} people within ${printDuration(within)}`,
      ]),
    );
    return true;
  }

  /** Hands over the state of at most `budget` people; returns how many. */
  #give(budget: number, effects: SchedulerEffect[]): number {
    const { topology } = this.#state;
    let left = budget;
    const given = this.#handovers.byServer();
    // A gateway's people may be split over as many servers as there are turns.
    for (const gateway of Array.from({ length: TURNS }, () => [...topology.gateways.keys()]).flat()) {
      if (left < 1) break;
      const share = this.#shareOn(gateway, this.#leaving) - this.#handovers.share(gateway, this.#leaving);
      if (share <= 0) continue;
      const { people } = topology.gateway(gateway);
      const target = this.#choose(gateway, given);
      if (target === undefined) continue;
      const { server } = topology.endpoint(target);
      const room = this.#allowance(server) - given[server]!;
      const part = partThatFits(share, people, Math.min(left, room));
      if (part <= 0) continue;
      left -= part * people;
      this.#batchLeft -= part * people;
      this.#origins.set(gateway, this.#origins.get(gateway) ?? this.#state.dispatch.home(gateway));
      this.#prepare({ gateway, target, share: part, from: this.#leaving }, part === share, given, effects);
    }
    return budget - left;
  }

  /** Hands over the state of a slice; `given` counts the people of this step by server. */
  #prepare(slice: Slice, isRest: boolean, given: Float64Array, effects: SchedulerEffect[]): void {
    const { topology } = this.#state;
    given[topology.endpoint(slice.target).server]! += slice.share * topology.gateway(slice.gateway).people;
    effects.push(this.#handovers.begin(slice, isRest));
  }

  /**
   * Returns the least full endpoint that a gateway's users can go to; earlier ones in its list count as a little less
   * full.
   */
  #choose(gateway: number, given: Float64Array): number | undefined {
    const { topology, capacity } = this.#state;
    const { candidates, carrier } = topology.gateway(gateway);
    const open = candidates.filter((endpoint) => !this.#leaving.has(endpoint) && this.#isOpen(gateway, endpoint));
    if (!this.#plan.heedsHealth) return open[0];
    const own = open.filter((endpoint) => topology.endpoint(endpoint).line === carrier);
    let best: number | undefined;
    let least = Infinity;
    for (const [rank, endpoint] of (own.length > 0 ? own : open).entries()) {
      const { server } = topology.endpoint(endpoint);
      if (this.#allowance(server) - given[server]! < 1) continue;
      const fullness = capacity.fullness(server, given[server]!) + NEAR_IS_WORTH * rank;
      if (fullness < least) [best, least] = [endpoint, fullness];
    }
    return best;
  }

  /**
   * Returns how many people a server may get in a step: limited by its headroom and its spare logins, times its health.
   */
  #allowance(server: number): number {
    const { capacity } = this.#state;
    if (!this.#plan.heedsHealth) return Infinity;
    const room = Math.min(capacity.headroom(server), capacity.stepAllowance(server, LEAST_STEP));
    return Math.min(room, this.health.spareLogins(server)) * this.health.share(server);
  }

  #shareOn(gateway: number, endpoints: ReadonlySet<number>): number {
    const { dispatch } = this.#state;
    let share = 0;
    for (const endpoint of dispatch.routedEndpoints(gateway))
      if (endpoints.has(endpoint)) share += dispatch.share(gateway, endpoint);
    return share;
  }

  #peopleLeft(): number {
    const { topology } = this.#state;
    let people = 0;
    for (const [gateway, entry] of topology.gateways.entries())
      people += this.#shareOn(gateway, this.#leaving) * entry.people;
    return people;
  }

  #isAvoided(now: Instant): boolean {
    return this.#plan.avoid.some(({ from, to }) => now >= from && now < to);
  }

  #report(what: string, why: readonly string[]): SchedulerEffect {
    return { kind: "evacuation", who: this.#plan.centre, what: `evacuation ${what}`, why };
  }
}

/** Returns the part of a share of a gateway's people for which there is room; 0 if that is too little for a step. */
const partThatFits = (share: number, people: number, room: number): number => {
  const able = Math.max(0, Math.min(share, people > 0 ? room / people : share));
  // A rest too small for a step of its own goes along.
  const part = share - able < SMALLEST_STEP ? share : able;
  return part < Math.min(share, SMALLEST_STEP) ? 0 : part;
};
