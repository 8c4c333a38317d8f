/**
 * The scheduler of a messaging backbone: from what clients report of every path (gateway → IP:port) it keeps the
 * dispatch table, which tells each carrier gateway's users where to connect. It moves users only on proof. Most faults
 * lie in the carrier's own access, where moving does not help: it names those and leaves the users where they are.
 *
 * It decides once a round; within a round the order of inputs does not matter.
 * Met by: src/world/seams/scheduling.ts
 */
import { after, type Instant, START } from "../../base/units.ts";
import type { Machine } from "../../base/machine.ts";
import { Alarms } from "./alarms.ts";
import { Evacuations } from "./evacuations.ts";
import { FeedMonitor } from "./feed-monitor.ts";
import { FeedTrust } from "./feed-trust.ts";
import type { QualityReport, SchedulerEffect, SchedulerInput, Topology } from "./messages.ts";
import { Moves } from "./moves.ts";
import { OperatorOrders } from "./operator-orders.ts";
import type { SchedulerPolicy } from "./policy.ts";
import { newSchedulerState, type SchedulerState } from "./scheduler-state.ts";
import { ServerFaults } from "./server-faults.ts";
import { SilenceFaults } from "./silence-faults.ts";

/** The answer to most inputs; one object, for there are thousands a round. */
const NOTHING: readonly SchedulerEffect[] = [];

/**
 * The scheduler: a machine that takes reports, orders and wake-ups, and answers with rows of the dispatch table, alerts
 * and hand-overs of state. Decisions are returned by the first wake-up at or after `wakeAt`.
 */
export class Scheduler implements Machine<SchedulerInput, SchedulerEffect> {
  /** The end of the round under way. */
  wakeAt: Instant;
  readonly #state: SchedulerState;
  readonly #feed: FeedMonitor;
  readonly #trust: FeedTrust;
  readonly #serverFaults: ServerFaults;
  readonly #silenceFaults: SilenceFaults;
  readonly #alarms: Alarms;
  readonly #moves: Moves;
  readonly #evacuations: Evacuations;
  readonly #orders: OperatorOrders;
  #pausedUntil: Instant = START;

  /** Starts with every gateway's users at their first candidate. Throws if a gateway has no candidate. */
  constructor(policy: SchedulerPolicy, topology: Topology) {
    const state = newSchedulerState(policy, topology);
    this.#state = state;
    this.#feed = new FeedMonitor(state.topology, policy);
    this.#trust = new FeedTrust(state);
    this.#serverFaults = new ServerFaults(state);
    this.#silenceFaults = new SilenceFaults(state);
    this.#alarms = new Alarms(state);
    this.#moves = new Moves(state);
    this.#evacuations = new Evacuations(state);
    this.#orders = new OperatorOrders(state);
    this.wakeAt = after(START, policy.round);
  }

  /**
   * Takes one input. Returns what to do now, in order; only a wake-up, an order to move and an evacuation return
   * anything.
   */
  handle(input: SchedulerInput, now: Instant): readonly SchedulerEffect[] {
    switch (input.kind) {
      case "quality":
        if (this.#feed.admit(input, now)) this.#add(input);
        return NOTHING;
      case "load":
        this.#state.capacity.report(input, now);
        return NOTHING;
      case "health":
        this.#evacuations.report(input);
        return NOTHING;
      case "operator-server":
        this.#orders.withdraw(input.server, input.withdrawn);
        return NOTHING;
      case "operator-move":
        return this.#orders.move(input.gateway, input.centre, now);
      case "pause":
        this.#pausedUntil = input.until;
        return NOTHING;
      case "evacuate":
        return this.#evacuations.begin(input.plan, now);
      case "evacuation":
        return this.#evacuations.order(input.order);
      case "handed-over":
        this.#evacuations.handedOver(input.of, input.batch);
        return NOTHING;
      case "wake":
        return now < this.wakeAt ? NOTHING : this.#closeRound(now);
    }
  }

  #add(report: QualityReport): void {
    this.#state.quality.add(report);
    this.#state.silence.add(report.gateway, report.sessions + report.connects);
  }

  /**
   * Closes a round: judges every path that was reported, opens and closes faults, then moves users. What clients report
   * counts only while the feed is trusted; health checks and operators' orders count always.
   */
  #closeRound(now: Instant): readonly SchedulerEffect[] {
    const { policy, capacity, quality, silence, dispatch, faults } = this.#state;
    const round = Math.floor(now / policy.round);
    this.wakeAt = ((round + 1) * policy.round) as Instant;
    const isPaused = now < this.#pausedUntil;

    capacity.expirePending(now);
    const problem = this.#feed.closeRound(now);
    const isSound = problem === undefined && this.#trust.isTrusting;
    quality.closeRound(
      round,
      (gateway, endpoint) => isSound && faults.covering(gateway, endpoint) === undefined,
      (gateway, endpoint) => dispatch.isRouted(gateway, endpoint),
    );
    if (isSound) silence.closeRound();

    const effects = this.#trust.closeRound(problem);
    const isHeard = this.#trust.isTrusting && effects.length === 0;
    effects.push(...this.#serverFaults.watch(now));
    if (isHeard) {
      effects.push(...this.#silenceFaults.watch(), ...this.#alarms.watch());
      effects.push(...this.#alarms.recover(), ...this.#silenceFaults.recover());
    }
    effects.push(...this.#moves.carryOut(now, isHeard && !isPaused));
    if (!isPaused) effects.push(...this.#evacuations.closeRound(now));

    for (const effect of effects) if (effect.kind === "dispatch") silence.noteReconnects(effect.gateway);
    return effects;
  }
}
