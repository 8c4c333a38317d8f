/**
 * Evacuation: a centre's people are led to the others while everybody goes on working. Who goes when is decided anew every
 * step: as many as the pace asks for, no more than the survivors' doors, lines and rooms can take, and none to a server
 * that shows distress. Nobody is led away before the new home has their state; everybody's turn follows from the user's own
 * id, so that a pause, a crash or a second look changes nothing about it.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, type Duration, type Instant, minutes, printDuration } from "../../base/units.ts";
import type { Capacity } from "./capacity.ts";
import { type Dispatch, SMALLEST_STEP } from "./dispatch.ts";
import { Health } from "./health.ts";
import type { EvacuationPlan, SchedulerEffect } from "./messages.ts";
import type { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";

/** People of one gateway whose state is on its way to where they will be led. */
interface Slice {
  readonly gateway: number;
  readonly target: number;
  readonly share: number;
}

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
  readonly #slices = new Map<number, Slice>();
  readonly #step: Duration;
  #nextAt: Instant;
  #batches = 0;
  #batchEnds: Instant;
  #batchLeft = 0;
  #slicesMade = 0;
  /** Slices whose state has arrived. */
  readonly #arrived: number[] = [];
  #isWaiting = false;
  #state: "running" | "paused" | "done" | "rolled back" = "running";

  constructor(parts: Parts, plan: EvacuationPlan, now: Instant) {
    const { places, capacity } = parts;
    this.#parts = parts;
    this.#plan = plan;
    this.health = new Health(places.servers.length);
    this.#batchEnds = this.#nextAt = now;
    this.#step = Math.max(STEP, parts.policy.round) as Duration;
    this.#leaving = new Set(
      places.endpoints.flatMap((endpoint, index) => (endpoint.centre === plan.centre ? [index] : [])),
    );
    for (const endpoint of this.#leaving) capacity.withdraw(places.endpoint(endpoint).server, true);
  }

  /** Taken back: the centre may be evacuated anew. */
  get isOver(): boolean {
    return this.#state === "rolled back";
  }

  /** Operators hold it, let it go on, or take it back: then everybody is led home as after a fault, step by step. */
  order(order: "pause" | "resume" | "roll-back"): readonly SchedulerEffect[] {
    if (this.#state === "rolled back") return [];
    if (order === "roll-back") {
      const { places, capacity, dispatch } = this.#parts;
      for (const endpoint of this.#leaving) capacity.withdraw(places.endpoint(endpoint).server, false);
      for (const [gateway, home] of this.#origins) dispatch.settle(gateway, home);
      this.#slices.clear();
      this.#arrived.length = 0;
    }
    this.#state = order === "pause" ? "paused" : order === "resume" ? "running" : "rolled back";
    return [this.#tell(order === "roll-back" ? "rolled back" : `${order}d`, ["ordered by an operator"])];
  }

  /** The state of a slice's people has arrived: they are led with the next step, all who are then ready together. */
  handedOver(batch: number): void {
    if (this.#slices.has(batch)) this.#arrived.push(batch);
  }

  #lead(batch: number, now: Instant): readonly SchedulerEffect[] {
    const { gateway, target, share } = this.#slices.get(batch)!;
    this.#slices.delete(batch);
    const { places, dispatch } = this.#parts;
    const why = [`${this.#plan.centre} is evacuated: to ${places.endpoint(target).name}, state handed over`];
    const effect = dispatch.lead(gateway, { target, share, from: this.#leaving, spread: this.#step, why }, now);
    this.health.lead(places.endpoint(target).server, share * places.gateway(gateway).people);
    if (this.#shareLeft(gateway) <= 0) dispatch.settle(gateway, dispatch.best(gateway));
    return effect === undefined ? [] : [effect];
  }

  /** A round: whose state is to be handed over now. */
  round(now: Instant): readonly SchedulerEffect[] {
    this.health.close();
    if (now < this.#nextAt) return [];
    this.#nextAt = after(now, this.#step);
    if (this.#state !== "running") return [];
    if (this.#isAvoided(now)) return this.#wait(["nobody is led at this time of the day"]);
    const effects = this.#arrived
      .splice(0)
      .flatMap((batch) => (this.#isWelcome(batch) ? this.#lead(batch, now) : this.#putOff(batch)));
    const left = this.#peopleLeft();
    if (left < 1) {
      if (this.#slices.size > 0) return effects;
      this.#state = "done";
      return [...effects, this.#tell("is complete", ["nobody is led there any more"])];
    }
    if (this.#batchLeft < 1 && !this.#beginBatch(left, now, effects)) return effects;
    const steps = Math.max(1, Math.floor((this.#batchEnds - now) / this.#step));
    // Whose state is still on its way counts: a slow line makes no pile of promises.
    const budget = Math.min(this.#batchLeft, this.#batchLeft / steps + 1) - this.#peoplePrepared();
    const given = this.#give(budget, effects);
    if (given > 0) this.#isWaiting = false;
    else if (budget >= 1)
      effects.push(...this.#wait(["no server that its people may use has room for more and bears it well"]));
    return effects;
  }

  /** Whether the server that a slice is for is still well. */
  #isWelcome(batch: number): boolean {
    const { target } = this.#slices.get(batch)!;
    return !this.#plan.heedsHealth || this.health.share(this.#parts.places.endpoint(target).server) > 0;
  }

  #putOff(batch: number): readonly SchedulerEffect[] {
    this.#arrived.push(batch);
    return [];
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
    const given = new Float64Array(places.servers.length);
    for (const { gateway, target, share } of this.#slices.values())
      given[places.endpoint(target).server]! += share * places.gateway(gateway).people;
    // A gateway may be shared out over as many servers as turns are taken.
    for (const gateway of Array.from({ length: TURNS }, () => [...places.gateways.keys()]).flat()) {
      if (left < 1) break;
      const share = this.#shareLeft(gateway) - this.#sharePrepared(gateway);
      if (share <= 0) continue;
      const { people } = places.gateway(gateway);
      const target = this.#choose(gateway, given);
      if (target === undefined) continue;
      const { server } = places.endpoint(target);
      const room = this.#allowance(server) - given[server]!;
      const able = Math.min(share, people > 0 ? Math.min(left, room) / people : share);
      // Nobody is left behind for being few.
      const part = share - able < SMALLEST_STEP ? share : able;
      if (part < Math.min(share, SMALLEST_STEP)) continue;
      given[server]! += part * people;
      left -= part * people;
      this.#batchLeft -= part * people;
      this.#origins.set(gateway, this.#origins.get(gateway) ?? this.#parts.dispatch.home(gateway));
      const batch = ++this.#slicesMade;
      this.#slices.set(batch, { gateway, target, share: part });
      const { centre } = places.endpoint(target);
      effects.push({
        kind: "hand-over",
        batch,
        gateway,
        from: this.#plan.centre,
        to: centre,
        share: part,
        isRest: part === share,
      });
    }
    return budget - left;
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

  #shareLeft(gateway: number): number {
    const { dispatch } = this.#parts;
    let share = 0;
    for (const endpoint of dispatch.routed(gateway))
      if (this.#leaving.has(endpoint)) share += dispatch.share(gateway, endpoint);
    return share;
  }

  #sharePrepared(gateway: number): number {
    let share = 0;
    for (const slice of this.#slices.values()) if (slice.gateway === gateway) share += slice.share;
    return share;
  }

  #peoplePrepared(): number {
    let people = 0;
    for (const { gateway, share } of this.#slices.values())
      people += share * this.#parts.places.gateway(gateway).people;
    return people;
  }

  #peopleLeft(): number {
    const { places } = this.#parts;
    let people = 0;
    for (const [gateway, entry] of places.gateways.entries()) people += this.#shareLeft(gateway) * entry.people;
    return people;
  }

  #isAvoided(now: Instant): boolean {
    return this.#plan.avoid.some(({ from, to }) => now >= from && now < to);
  }

  #tell(what: string, why: readonly string[]): SchedulerEffect {
    return { kind: "evacuation", who: this.#plan.centre, what: `evacuation ${what}`, why };
  }
}
