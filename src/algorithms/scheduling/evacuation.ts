/**
 * Evacuation: a centre's people are led to the others while everybody goes on working. Who goes when is decided anew every
 * step: as many as the pace asks for, no more than the survivors' doors, lines and rooms can take, and none to a server
 * that shows distress. Nobody is led away before the new home has their state; everybody's turn follows from the user's own
 * id, so that a pause, a crash or a second look changes nothing about it. Taken back, it leads everybody home likewise.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, type Duration, type Instant, minutes, printDuration } from "../../base/units.ts";
import type { Capacity } from "./capacity.ts";
import { type Dispatch, SMALLEST_STEP } from "./dispatch.ts";
import { Handovers, type Slice } from "./handovers.ts";
import { Health } from "./health.ts";
import type { EvacuationPlan, SchedulerEffect } from "./messages.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";

interface Parts {
  readonly places: Places;
  readonly policy: SchedulerPolicy;
  readonly capacity: Capacity;
  readonly dispatch: Dispatch;
  /** Whether a gateway's users may be sent there: no fault is known on the way. */
  readonly isOpen: (gateway: number, endpoint: number) => boolean;
}

/** Of its capacity a server may always be given this share in a step, as far as there is room. Chosen: a nearly full one fills too. */
const LEAST_STEP = 0.02;

/** Times that a step asks every gateway. Chosen: so many servers may share one gateway's people at once. */
const TURNS = 4;

/** It decides this often, and those who are led take their turns within it. Chosen: as fast as servers show how they bear it. */
const STEP = minutes(2);

/** A second destination in a gateway's list must be this much less full to be preferred. Chosen. */
const NEAR_IS_WORTH = 0.02;

export class Evacuation {
  readonly health: Health;
  readonly #parts: Parts;
  readonly #plan: EvacuationPlan;
  readonly #leaving: ReadonlySet<number>;
  /** Where each gateway's users belonged before. */
  readonly #origins = new Map<number, number>();
  readonly #handovers: Handovers;
  readonly #step: Duration;
  #nextAt: Instant;
  #batches = 0;
  #batchEnds: Instant;
  #batchLeft = 0;
  #isWaiting = false;
  /** When it last decided something, or could have: time in which it was held is not the batch's. */
  #activeAt: Instant;
  /** State of people who left by another way has been asked for. */
  #hasSwept = false;
  readonly #reason: string;
  #state: "running" | "paused" | "done" = "running";
  /** It was taken back: everybody is led home. */
  #isReturning = false;

  constructor(parts: Parts, plan: EvacuationPlan, now: Instant) {
    const { places, capacity } = parts;
    this.#parts = parts;
    this.#plan = plan;
    this.health = new Health(places.servers.length);
    this.#handovers = new Handovers(places, plan.centre);
    this.#batchEnds = this.#nextAt = this.#activeAt = now;
    this.#reason = `evacuation of ${plan.centre}`;
    this.#step = Math.max(STEP, parts.policy.round) as Duration;
    this.#leaving = new Set(
      places.endpoints.flatMap((endpoint, index) => (endpoint.centre === plan.centre ? [index] : [])),
    );
    for (const endpoint of this.#leaving) capacity.withdraw(places.endpoint(endpoint).server, this.#reason, true);
  }

  /** Taken back: the centre may be evacuated anew. */
  get isOver(): boolean {
    return this.#isReturning;
  }

  /** Operators hold it, let it go on, or take it back: then everybody is led home, state first, as fast as home bears it. */
  order(order: "pause" | "resume" | "roll-back"): readonly SchedulerEffect[] {
    if (order === "roll-back") return this.#isReturning ? [] : this.#turnBack();
    if (this.#state === "done") return [];
    this.#state = order === "pause" ? "paused" : "running";
    return [this.#tell(`${order}d`, ["ordered by an operator"])];
  }

  #turnBack(): readonly SchedulerEffect[] {
    const { places, capacity, dispatch } = this.#parts;
    this.#isReturning = true;
    this.#isWaiting = false;
    this.#state = "running";
    for (const endpoint of this.#leaving) capacity.withdraw(places.endpoint(endpoint).server, this.#reason, false);
    // Until they are back they belong where they are: nobody else shall lead them.
    for (const gateway of this.#origins.keys()) dispatch.settle(gateway, dispatch.best(gateway));
    this.#handovers.drop();
    return [this.#tell("rolled back", ["ordered by an operator"])];
  }

  /** The state of a slice's people has arrived: they are led with the next step, all who are then ready together. */
  handedOver(batch: number): void {
    this.#handovers.arrive(batch);
  }

  /** Those whose state has arrived where they are welcome. */
  #leadArrived(now: Instant): SchedulerEffect[] {
    return this.#handovers.take((slice) => this.#isWelcome(slice)).flatMap((slice) => this.#lead(slice, now));
  }

  #lead({ gateway, target, share, from }: Slice, now: Instant): readonly SchedulerEffect[] {
    const { places, dispatch } = this.#parts;
    const what = this.#isReturning ? "takes its people back" : "is evacuated";
    const cause = `${this.#plan.centre} ${what}: to ${places.endpoint(target).name}, state handed over`;
    const effect = dispatch.lead(gateway, { target, share, from, spread: this.#step, cause, why: [cause] }, now);
    this.health.lead(places.endpoint(target).server, share * places.gateway(gateway).people);
    if (this.#isReturning || this.#shareOn(gateway, this.#leaving) <= 0)
      dispatch.settle(gateway, dispatch.best(gateway));
    return effect === undefined ? [] : [effect];
  }

  /** A round: whose state is to be handed over now. */
  round(now: Instant): readonly SchedulerEffect[] {
    this.health.close();
    if (now < this.#nextAt) return [];
    this.#nextAt = after(now, this.#step);
    if (this.#state !== "running") return [];
    this.#makeUpFor(now);
    if (this.#isReturning) return this.#roundHome(now);
    if (this.#isAvoided(now)) return this.#wait(["nobody is led at this time of the day"]);
    const effects = this.#leadArrived(now);
    const left = this.#peopleLeft();
    if (left < 1) return [...effects, ...this.#complete()];
    if (this.#batchLeft < 1 && !this.#beginBatch(left, now, effects)) return effects;
    const steps = Math.max(1, Math.floor((this.#batchEnds - now) / this.#step));
    // Whose state is still on its way counts: a slow line makes no pile of promises.
    const budget = Math.min(this.#batchLeft, this.#batchLeft / steps + 1) - this.#handovers.people();
    const given = this.#give(budget, effects);
    if (given > 0) this.#isWaiting = false;
    else if (budget >= 1)
      effects.push(...this.#wait(["no server that its people may use has room for more and bears it well"]));
    return effects;
  }

  /** Nobody is led there any more: it is complete when the state of those who left by another way has gone as well. */
  #complete(): readonly SchedulerEffect[] {
    if (!this.#handovers.isEmpty) return [];
    if (this.#hasSwept) {
      this.#state = "done";
      return [this.#tell("is complete", ["nobody is led there any more, and nobody's state is left"])];
    }
    this.#hasSwept = true;
    const { places, dispatch } = this.#parts;
    return [...places.gateways.keys()].map((gateway) =>
      this.#handovers.begin({ gateway, target: dispatch.best(gateway), share: 0, from: this.#leaving }, true),
    );
  }

  /** Held by an operator, or with the whole scheduler: the batch has as much more time. */
  #makeUpFor(now: Instant): void {
    const held = now - this.#activeAt - this.#step;
    this.#activeAt = now;
    if (held > 0) this.#batchEnds = after(this.#batchEnds, held as Duration);
  }

  /** A round of the way back: as many as home's doors, lines and rooms can take, and none to a server in distress. */
  #roundHome(now: Instant): readonly SchedulerEffect[] {
    const { places, dispatch } = this.#parts;
    const effects = this.#leadArrived(now);
    const given = this.#handovers.byServer();
    let left = 0;
    for (const [gateway, target] of this.#origins) {
      const { people } = places.gateway(gateway);
      const { server } = places.endpoint(target);
      const away = this.#mostAway(gateway);
      if (away === undefined) continue;
      left += people;
      const share = this.#shareOn(gateway, away) - this.#handovers.share(gateway, away);
      const room = this.#isOpenAgain(gateway, target) ? this.#allowance(server) - given[server]! : 0;
      const part = partOf(share, people, room);
      if (part > 0) this.#prepare({ gateway, target, share: part, from: away }, part === share, given, effects);
    }
    if (left > 0 || !this.#handovers.isEmpty) return effects;
    this.#state = "done";
    for (const [gateway, home] of this.#origins) dispatch.settle(gateway, home);
    return [...effects, this.#tell("is undone", ["everybody is led home again"])];
  }

  /** The endpoints, in another centre than home, that most of a gateway's people are led to; undefined when none are. */
  #mostAway(gateway: number): ReadonlySet<number> | undefined {
    const { places, dispatch } = this.#parts;
    const away = dispatch.routed(gateway).filter((endpoint) => !this.#leaving.has(endpoint));
    const most = away.toSorted((a, b) => dispatch.share(gateway, b) - dispatch.share(gateway, a))[0];
    if (most === undefined) return undefined;
    return new Set(away.filter((endpoint) => places.endpoint(endpoint).centre === places.endpoint(most).centre));
  }

  #isOpenAgain(gateway: number, endpoint: number): boolean {
    const { places, capacity, isOpen } = this.#parts;
    return capacity.isUsable(places.endpoint(endpoint).server) && isOpen(gateway, endpoint);
  }

  /** Whether the server that a slice is for is still well. */
  #isWelcome({ target }: Slice): boolean {
    return !this.#plan.heedsHealth || this.health.share(this.#parts.places.endpoint(target).server) > 0;
  }

  /** Told once, until it goes on. */
  #wait(why: readonly string[]): readonly SchedulerEffect[] {
    if (this.#isWaiting) return [];
    this.#isWaiting = true;
    return [this.#tell("waits", [`${String(Math.round(this.#peopleLeft()))} people are still there`, ...why])];
  }

  /** The next batch, when the pause after the last one is over and it would not last into a time to avoid. */
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
      this.#tell(batch === undefined ? "begins" : `begins batch ${String(this.#batches)}`, [
        `${String(Math.round(this.#batchLeft))} people within ${printDuration(within)}`,
      ]),
    );
    return true;
  }

  /** Answers how many people's state is handed over now. */
  #give(budget: number, effects: SchedulerEffect[]): number {
    const { places } = this.#parts;
    let left = budget;
    const given = this.#handovers.byServer();
    // A gateway may be shared out over as many servers as turns are taken.
    for (const gateway of Array.from({ length: TURNS }, () => [...places.gateways.keys()]).flat()) {
      if (left < 1) break;
      const share = this.#shareOn(gateway, this.#leaving) - this.#handovers.share(gateway, this.#leaving);
      if (share <= 0) continue;
      const { people } = places.gateway(gateway);
      const target = this.#choose(gateway, given);
      if (target === undefined) continue;
      const { server } = places.endpoint(target);
      const room = this.#allowance(server) - given[server]!;
      const part = partOf(share, people, Math.min(left, room));
      if (part <= 0) continue;
      left -= part * people;
      this.#batchLeft -= part * people;
      this.#origins.set(gateway, this.#origins.get(gateway) ?? this.#parts.dispatch.home(gateway));
      this.#prepare({ gateway, target, share: part, from: this.#leaving }, part === share, given, effects);
    }
    return budget - left;
  }

  /** The state of these people sets out; they follow when it has arrived. */
  #prepare(slice: Slice, isRest: boolean, given: Float64Array, effects: SchedulerEffect[]): void {
    const { places } = this.#parts;
    given[places.endpoint(slice.target).server]! += slice.share * places.gateway(slice.gateway).people;
    effects.push(this.#handovers.begin(slice, isRest));
  }

  /** Of the places a gateway's users can go to, the least full of those in good health; nearer ones count as a little less full. */
  #choose(gateway: number, given: Float64Array): number | undefined {
    const { places, capacity, isOpen } = this.#parts;
    const { candidates, carrier } = places.gateway(gateway);
    const open = candidates.filter((endpoint) => {
      const { server } = places.endpoint(endpoint);
      return !this.#leaving.has(endpoint) && capacity.isUsable(server) && isOpen(gateway, endpoint);
    });
    if (!this.#plan.heedsHealth) return open[0];
    const own = open.filter((endpoint) => places.endpoint(endpoint).line === carrier);
    let best: number | undefined;
    let least = Infinity;
    for (const [rank, endpoint] of (own.length > 0 ? own : open).entries()) {
      const { server } = places.endpoint(endpoint);
      if (this.#allowance(server) - given[server]! < 1) continue;
      const fullness = capacity.fullness(server, given[server]!) + NEAR_IS_WORTH * rank;
      if (fullness < least) [best, least] = [endpoint, fullness];
    }
    return best;
  }

  /** People whom a server may be asked to take in a round: a part of its headroom, of its logins, of its health. */
  #allowance(server: number): number {
    const { capacity } = this.#parts;
    if (!this.#plan.heedsHealth) return Infinity;
    const room = Math.min(capacity.headroom(server), capacity.step(server, LEAST_STEP));
    return Math.min(room, this.health.logins(server)) * this.health.share(server);
  }

  #shareOn(gateway: number, endpoints: ReadonlySet<number>): number {
    const { dispatch } = this.#parts;
    let share = 0;
    for (const endpoint of dispatch.routed(gateway))
      if (endpoints.has(endpoint)) share += dispatch.share(gateway, endpoint);
    return share;
  }

  #peopleLeft(): number {
    const { places } = this.#parts;
    let people = 0;
    for (const [gateway, entry] of places.gateways.entries())
      people += this.#shareOn(gateway, this.#leaving) * entry.people;
    return people;
  }

  #isAvoided(now: Instant): boolean {
    return this.#plan.avoid.some(({ from, to }) => now >= from && now < to);
  }

  #tell(what: string, why: readonly string[]): SchedulerEffect {
    return { kind: "evacuation", who: this.#plan.centre, what: `evacuation ${what}`, why };
  }
}

/** Of a share of a gateway's people as much as there is room for; nothing where that is not worth a step. */
const partOf = (share: number, people: number, room: number): number => {
  const able = Math.max(0, Math.min(share, people > 0 ? room / people : share));
  // Nobody is left behind for being few.
  const part = share - able < SMALLEST_STEP ? share : able;
  return part < Math.min(share, SMALLEST_STEP) ? 0 : part;
};
