/**
 * The dispatcher of a messaging backbone: from what clients report of every way (gateway → IP:port) it keeps the table
 * that tells each carrier gateway's users where to connect. It acts on proof only. Most faults are the carrier's own
 * access, which no table mends: those it names and leaves alone.
 *
 * Once a round: distrust the feed or not; judge every path that was heard of; explain what stands in alarm; see which faults
 * are over; then move, damped, and lead back. Nothing in between: within a round the order of inputs does not matter.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, type Instant, START } from "../../base/units.ts";
import type { Machine } from "../../base/machine.ts";
import { Alarms } from "./alarms.ts";
import { Attribution } from "./attribution.ts";
import { Capacity } from "./capacity.ts";
import type { Cell } from "./cell.ts";
import { Destinations } from "./destinations.ts";
import { Dispatch } from "./dispatch.ts";
import { Evacuation } from "./evacuation.ts";
import { Faults } from "./faults.ts";
import { Feed } from "./feed.ts";
import { Latecomers } from "./latecomers.ts";
import type { SchedulerEffect, SchedulerInput, Topology } from "./messages.ts";
import { Moves } from "./moves.ts";
import { Places } from "./places.ts";
import type { SchedulerPolicy } from "./policy.ts";
import { Quality } from "./quality.ts";
import { Silence } from "./silence.ts";
import { Witnesses } from "./witnesses.ts";

/** Trust returns after this many sound rounds. Chosen: a minute. */
const SOUND_ROUNDS = 6;
/** More than this share of gateways raised at once, in every centre, and at least so many: it is the feed. */
const EVERYTHING = 0.5;
const EVERYTHING_LEAST = 6;

/** What takes a server out of service on order. */
const OPERATOR = "operator";

/** The answer to a report, thousands of times a round. */
const NOTHING: readonly SchedulerEffect[] = [];

export class Scheduler implements Machine<SchedulerInput, SchedulerEffect> {
  readonly #policy: SchedulerPolicy;
  readonly #places: Places;
  readonly #feed: Feed;
  readonly #quality: Quality;
  readonly #silence: Silence;
  readonly #capacity: Capacity;
  readonly #dispatch: Dispatch;
  readonly #faults: Faults;
  readonly #alarms: Alarms;
  readonly #destinations: Destinations;
  readonly #moves: Moves;
  readonly #isRouted: (gateway: number, endpoint: number) => boolean;
  readonly #evacuationParts: ConstructorParameters<typeof Evacuation>[0];
  /** By centre. */
  readonly #evacuations = new Map<string, Evacuation>();
  #isTrusting = true;
  #soundRounds = 0;
  #pausedUntil: Instant = START;
  wakeAt: Instant;

  constructor(policy: SchedulerPolicy, topology: Topology) {
    const places = new Places(topology);
    const capacity = new Capacity(places.servers, policy);
    const quality = new Quality(places, policy);
    const dispatch = new Dispatch(places, capacity, policy);
    const faults = new Faults(quality, policy);
    const destinations = new Destinations(quality, places, capacity, policy);
    const isRouted = (gateway: number, endpoint: number): boolean => dispatch.share(gateway, endpoint) > 0;
    this.#isRouted = isRouted;
    const isExplained = ({ gateway, endpoint }: Cell): boolean => faults.covering(gateway, endpoint) !== undefined;
    const witnesses = new Witnesses(quality, places, isRouted);
    const attribution = new Attribution(quality, places, policy, witnesses, isRouted, isExplained);
    this.#policy = policy;
    this.#places = places;
    this.#capacity = capacity;
    this.#quality = quality;
    this.#dispatch = dispatch;
    this.#faults = faults;
    this.#destinations = destinations;
    this.#feed = new Feed(places, policy);
    this.#silence = new Silence(places.gateways.length, policy);
    const silence = this.#silence;
    const latecomers = new Latecomers({ places, quality, faults, witnesses, isRouted });
    this.#alarms = new Alarms({
      places,
      policy,
      quality,
      silence,
      capacity,
      faults,
      attribution,
      latecomers,
      isRouted,
    });
    this.#moves = new Moves({ places, policy, quality, capacity, dispatch, faults, destinations });
    this.#evacuationParts = {
      places,
      policy,
      capacity,
      dispatch,
      isOpen: (gateway, endpoint) => faults.covering(gateway, endpoint) === undefined,
    };
    this.wakeAt = after(START, policy.round);
  }

  handle(input: SchedulerInput, now: Instant): readonly SchedulerEffect[] {
    switch (input.kind) {
      case "quality":
        if (!this.#feed.admit(input, now)) return NOTHING;
        this.#quality.hear(input);
        this.#silence.hear(input.gateway, input.sessions + input.connects);
        return NOTHING;
      case "load":
        this.#capacity.hear(input, now);
        return [];
      case "operator-server":
        this.#withdraw(input.server, input.withdrawn);
        return [];
      case "operator-move":
        return this.#moveTo(input.gateway, input.centre, now);
      case "pause":
        this.#pausedUntil = input.until;
        return [];
      case "evacuate":
        // A centre is evacuated once: a second order for it changes nothing until the first is taken back.
        if (this.#evacuations.get(input.plan.centre)?.isOver !== false)
          this.#evacuations.set(input.plan.centre, new Evacuation(this.#evacuationParts, input.plan, now));
        else
          return [
            {
              kind: "evacuation",
              who: input.plan.centre,
              what: "evacuation is not begun anew",
              why: ["it is under way"],
            },
          ];
        return [];
      case "evacuation":
        return [...this.#evacuations.values()].flatMap((evacuation) => evacuation.order(input.order));
      case "health":
        for (const { health } of this.#evacuations.values()) health.hear(input);
        return NOTHING;
      case "handed-over":
        this.#evacuations.get(input.of)?.handedOver(input.batch);
        return [];
      case "wake":
        return now < this.wakeAt ? [] : this.#closeRound(now);
    }
  }

  #closeRound(now: Instant): readonly SchedulerEffect[] {
    const round = Math.floor(now / this.#policy.round);
    this.wakeAt = ((round + 1) * this.#policy.round) as Instant;
    this.#capacity.settle(now);
    const flaw = this.#feed.close(now);
    const isSound = flaw === undefined && this.#isTrusting;
    this.#quality.close(
      round,
      (gateway, endpoint) => isSound && this.#faults.covering(gateway, endpoint) === undefined,
      this.#isRouted,
    );
    if (isSound) this.#silence.close();
    const distrust = this.#trust(flaw ?? this.#everythingIsBad());
    const isHeard = this.#isTrusting && distrust.length === 0;
    // Health checks and operators' orders do not hang on what clients tell.
    const effects = [...distrust, ...this.#alarms.watchServers(now)];
    if (isHeard) effects.push(...this.#alarms.watch(), ...this.#alarms.recover());
    effects.push(...this.#moves.carryOut(now, isHeard && now >= this.#pausedUntil));
    if (now >= this.#pausedUntil)
      for (const evacuation of this.#evacuations.values()) effects.push(...evacuation.round(now));
    for (const effect of effects) if (effect.kind === "dispatch") this.#silence.stir(effect.gateway);
    return effects;
  }

  #trust(flaw: string | undefined): SchedulerEffect[] {
    if (flaw !== undefined) {
      this.#soundRounds = 0;
      if (!this.#isTrusting) return [];
      this.#isTrusting = false;
      return [{ kind: "fail-open", why: [flaw, "the table stays as it is"] }];
    }
    if (this.#isTrusting) return [];
    this.#soundRounds += 1;
    if (this.#soundRounds < SOUND_ROUNDS) return [];
    this.#isTrusting = true;
    this.#quality.resetTests();
    return [{ kind: "feed-trusted", why: [`${String(SOUND_ROUNDS)} sound rounds`] }];
  }

  /** No fault known is as wide as this: in every centre more than half of the gateways raised at once. */
  #everythingIsBad(): string | undefined {
    const raised = new Set<number>();
    for (const cell of this.#quality.raised)
      if (
        this.#dispatch.best(cell.gateway) === cell.endpoint &&
        this.#faults.covering(cell.gateway, cell.endpoint) === undefined
      )
        raised.add(cell.gateway);
    if (raised.size < EVERYTHING_LEAST) return undefined;
    const centres = new Map<string, { heard: number; raised: number }>();
    for (const gateway of this.#places.gateways.keys()) {
      const best = this.#dispatch.best(gateway);
      if (this.#quality.cell(gateway, best).sessions.known === 0) continue;
      const { centre } = this.#places.endpoint(best);
      const count = centres.get(centre) ?? { heard: 0, raised: 0 };
      centres.set(centre, count);
      count.heard += 1;
      if (raised.has(gateway)) count.raised += 1;
    }
    if (centres.size < 2) return undefined;
    for (const count of centres.values()) if (count.raised <= EVERYTHING * count.heard) return undefined;
    return `everything everywhere is worse at once: ${String(raised.size)} gateways in ${String(centres.size)} centres`;
  }

  #withdraw(server: number, isWithdrawn: boolean): void {
    if (this.#capacity.isWithdrawn(server, OPERATOR) === isWithdrawn) return;
    this.#capacity.withdraw(server, OPERATOR, isWithdrawn);
    if (isWithdrawn) this.#faults.add(this.#alarms.serverFinding(server, "withdrawn by an operator"), "operator", true);
    else this.#alarms.serverIsBack(server, "operator");
  }

  /** Obeyed at once, damped like any shift; the new centre is the gateway's home from then on. */
  #moveTo(gateway: number, centre: string, now: Instant): readonly SchedulerEffect[] {
    const inCentre = (endpoint: number): boolean => this.#places.endpoint(endpoint).centre === centre;
    const from = this.#dispatch.best(gateway);
    if (inCentre(from)) {
      this.#dispatch.settle(gateway, from);
      return [];
    }
    const choice = this.#destinations.choose(gateway, from, undefined, {
      isOpen: inCentre,
      committed: this.#dispatch.committed(),
    });
    const cause = `an operator moves ${this.#places.gateway(gateway).name} to ${centre}`;
    const why = [cause, ...choice.why];
    const refusal: SchedulerEffect = {
      kind: "alert",
      what: "capacity",
      who: this.#places.gateway(gateway).name,
      ip: "",
      gateways: new Set([gateway]),
      endpoints: new Set([from]),
      why,
    };
    if (choice.endpoint === undefined) return [refusal];
    const effect = this.#dispatch.begin(
      gateway,
      { target: choice.endpoint, restores: false, isForced: false, cause, why },
      now,
    );
    if (effect === undefined) return [refusal];
    this.#dispatch.settle(gateway, choice.endpoint);
    return [effect];
  }
}
