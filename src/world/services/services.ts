/**
 * The services behind the access servers, request by request: tasks come in through entries, and tiers of machines call one another.
 * Every draw belongs to a task and a node of its call tree, so that another admission policy or another retry policy meets the same
 * tasks with the same work.
 */
import { levelOf } from "../../algorithms/overload/levels.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import { fractionOf } from "../../base/chance.ts";
import { exponential } from "../../base/math.ts";
import { Draws, identity, open } from "../../base/random.ts";
import { after, type Duration, type Instant, SECOND, START } from "../../base/units.ts";
import { Agenda } from "../../engine/agenda.ts";
import { type TaskRoute, routeOf } from "../../scenario/services/routes.ts";
import type { ServicesModel } from "../../scenario/services/shape.ts";
import { Caller, type Origin, type CallNode } from "./callers.ts";
import { RequestExchange, KIND_BITS, KINDS } from "./request-exchange.ts";
import { buildTiers, connectionsOf, type Guard, type TierMachine, type Tier } from "./tiers.ts";
import { OUTCOMES, REFUSED, type ServiceNotes } from "./requests.ts";

interface Entry extends Origin {
  readonly name: string;
  readonly tier: number;
  /** Mean time between tasks without a surge, us. */
  readonly mean: number;
  readonly priority: number;
  readonly deadline: Duration;
  readonly connections: number;
  /** Factor on the planned rate of tasks. */
  surge: number;
  tasks: number;
  nextAt: Instant;
}

/** Bytes that a machine's line carries in a microsecond: a gigabit a second (chosen). */
const LINE = 125;

/** Builds the call tree: between tiers a message takes half a hop and its bytes; the population models the way to the first tier. */
const callNodeOf = (
  { tier, place, requestBytes, replyBytes, calls }: TaskRoute,
  names: readonly string[],
  half: number,
): CallNode => ({
  tier: names.indexOf(tier),
  ordinal: place,
  requestDelay: place === 0 ? 0 : half + Math.round(requestBytes / LINE),
  replyDelay: place === 0 ? 0 : half + Math.round(replyBytes / LINE),
  calls: calls.map((call) => callNodeOf(call, names, half)),
});

/** Returns the priorities of all entries, each once, the most important first. */
const ranksOf = ({ entries }: ServicesModel): readonly number[] =>
  [...new Set(Object.values(entries).map(({ priority }) => priority))].sort((one, other) => one - other);

/** Kind of the event that a task comes in, next to the kinds of the exchange. */
const TASK = 0;
const DIGEST_KIND = 0x5e;

/** What services are built from. */
export interface ServicesParts {
  /** The section `services` of the scenario. */
  readonly model: ServicesModel;
  /** Seeds all draws. */
  readonly seed: string;
  /** Receives what happens. */
  readonly notes: ServiceNotes;
  /** Takes in how every task ended. */
  readonly digest: Digest;
  /** Makes the admission control of each machine. */
  readonly guard: Guard;
}

/** The entries and tiers of a scenario, and the events between them. */
export class Services {
  /** Tiers in the scenario's order. */
  readonly tiers: readonly Tier[];
  /** Entries in the scenario's order. */
  readonly entries: readonly Entry[];
  readonly #parts: ServicesParts;
  readonly #exchange: RequestExchange;
  readonly #agenda = new Agenda();
  readonly #feed: Draws;
  readonly #users: Draws;
  readonly #salt: Draws;

  constructor(parts: ServicesParts) {
    const { model, seed, notes } = parts;
    this.#parts = parts;
    this.#feed = new Draws(seed, "tasks come");
    this.#users = new Draws(seed, "whose task");
    this.#salt = new Draws(seed, "user priority");
    const routes = Object.values(model.entries).map((entry) => {
      const read = routeOf(model, entry);
      assert("route" in read, () => `an entry leads nowhere: ${JSON.stringify(read)}`);
      return read.route;
    });
    const ranks = ranksOf(model);
    this.tiers = buildTiers({ model, routes, ranks: ranks.length }, parts.guard, {
      rankOf: (visit) => this.#exchange.rankOf(visit),
      startTurn: (visit, isFirst) => this.#exchange.startTurn(visit, isFirst),
      scheduleTurnEnd: (visit, end) => {
        this.#exchange.scheduleTurnEnd(visit, end);
      },
    });
    const names = Object.keys(model.tiers);
    this.entries = Object.entries(model.entries).map(([name, own], index): Entry => {
      const tier = names.indexOf(own.tier);
      const { machines, uptime } = this.tiers[tier]!;
      const caller = new Caller(own, machines.length, uptime, false);
      const root = callNodeOf(routes[index]!, names, Math.floor(model.hop / 2));
      const rank = ranks.indexOf(own.priority);
      const { priority, deadline, connections, feed } = own;
      const traits = { name, tier, rank, root, caller, key: identity(name), mean: SECOND / feed };
      return { ...traits, priority, deadline, connections, surge: 1, tasks: 0, nextAt: START };
    });
    this.#exchange = new RequestExchange({
      seed,
      agenda: this.#agenda,
      tiers: this.tiers,
      origins: this.entries,
      notes,
      callEnded: (entry, task, began, outcome) => {
        this.#endTask(entry, task, began, outcome);
      },
    });
    this.entries.forEach((entry, index) => {
      this.#scheduleTask(entry, index, this.#interarrival(entry));
    });
  }

  /** Runs all events before `until`, and returns their number. */
  advance(until: Instant): number {
    const agenda = this.#agenda;
    const exchange = this.#exchange;
    let events = 0;
    for (; agenda.peekTime() < until; events++) {
      agenda.pop();
      exchange.now = agenda.topTime as Instant;
      const kind = agenda.topPayload & (KINDS - 1);
      const place = agenda.topPayload >>> KIND_BITS;
      if (kind === TASK) this.#offerTask(place);
      else exchange.handle(kind, place);
    }
    exchange.now = until;
    return events;
  }

  /** Notes the requests that still wait when the run ends. */
  finish(): void {
    const exchange = this.#exchange;
    this.tiers.forEach(({ machines }, tier) => {
      for (const { queue } of machines)
        queue.eachWaiting((request) => {
          this.#parts.notes.stillWaiting(tier, exchange.arrivedAt(request), exchange.now);
        });
    });
  }

  /** Sets the factor on an entry's rate of tasks: the same tasks come, sooner or later. */
  setSurge(index: number, surge: number): void {
    const entry = this.entries[index]!;
    if (entry.surge === surge) return;
    const left = (entry.nextAt - this.#exchange.now) * entry.surge;
    entry.surge = surge;
    this.#scheduleTask(entry, index, left);
  }

  /** Sets the factor on a machine's computing times. */
  setSlowness(tier: number, machine: number, times: number): void {
    this.tiers[tier]!.machines[machine]!.slowness = times;
  }

  /** Takes a machine down, silently or with resets, or brings it up again. */
  setDown(tier: number, machine: number, down: TierMachine["down"]): void {
    const { machines, uptime } = this.tiers[tier]!;
    const one = machines[machine]!;
    if (one.down === down) return;
    if (down === undefined) uptime.comeUp(machine, this.#exchange.now);
    else if (one.down === undefined) uptime.goDown(machine, this.#exchange.now);
    one.down = down;
  }

  /** Returns the connections that people hold to a tier, and the room of its machines that are up. */
  connections(tier: number): { readonly held: number; readonly room: number } {
    return connectionsOf(this.tiers[tier]!, this.#exchange.now);
  }

  /** Draws the time to an entry's next task, us, without surge. */
  #interarrival({ key, tasks, mean }: Entry): number {
    return exponential(open(this.#feed.at(key, tasks, 0)), mean);
  }

  #scheduleTask(entry: Entry, index: number, left: number): void {
    entry.nextAt = (this.#exchange.now + Math.round(left / entry.surge)) as Instant;
    this.#agenda.push(entry.nextAt, index * KINDS + TASK);
  }

  #offerTask(index: number): void {
    const entry = this.entries[index]!;
    const { now } = this.#exchange;
    // A surge has moved the task to another time.
    if (entry.nextAt !== now) return;
    const { key, tier, connections } = entry;
    const task = entry.tasks++;
    this.#scheduleTask(entry, index, this.#interarrival(entry));
    this.#parts.notes.offered(index, now);
    this.#users.at(key, task, 0);
    const user = this.#users.out[0]!;
    const rank = fractionOf(this.#users.out[1]!);
    if (connections > 0 && rank * this.tiers[tier]!.wanted >= this.connections(tier).held) {
      this.#endTask(index, task, now, REFUSED);
      return;
    }
    const level = levelOf(this.#salt, entry.priority, user, now);
    this.#exchange.call(index, task, level, after(now, entry.deadline));
  }

  #endTask(entry: number, task: number, began: Instant, outcome: number): void {
    const took = this.#exchange.now - began;
    const { digest, notes } = this.#parts;
    digest.add(DIGEST_KIND + outcome, this.entries[entry]!.key, task, took);
    notes.taskEnded(entry, began, OUTCOMES[outcome]!, took);
  }
}
