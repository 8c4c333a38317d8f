/**
 * The backbone behind the access servers, request by request: entries through which tasks come in, tiers of machines
 * that call one another. Every draw belongs to a task and a place in its tree of calls, so that another guard, or
 * another way to retry, meets the very same tasks with the very same work.
 */
import { levelOf } from "../../algorithms/overload/levels.ts";
import { assert } from "../../base/assert.ts";
import type { Digest } from "../../base/digest.ts";
import { fractionOf } from "../../base/chance.ts";
import { exponential } from "../../base/math.ts";
import { Draws, identity, open } from "../../base/random.ts";
import { after, type Instant, SECOND, START } from "../../base/units.ts";
import { Agenda } from "../../engine/agenda.ts";
import { type Route, routeOf } from "../../scenario/services/routes.ts";
import type { EntryModel, ServicesModel } from "../../scenario/services/shape.ts";
import { Caller, type Origin, type Way } from "./callers.ts";
import { Exchange, KINDS } from "./exchange.ts";
import { buildTiers, connectionsOf, type Guard, type TierMachine, type Tier } from "./tiers.ts";
import { type Ending, NOBODY, type ServiceNotes } from "./visits.ts";

interface Entry extends Origin {
  readonly name: string;
  readonly model: EntryModel;
  readonly tier: number;
  /** This many times as many tasks as planned. */
  surge: number;
  tasks: number;
  nextAt: Instant;
}

/** Bytes that a machine's line carries in a microsecond: a gigabit a second (chosen). */
const LINE = 125;

/** How users' packets get to the first tier is the population's business; from there on it takes half a hop and its bytes. */
const wayOf = (
  { tier, place, requestBytes, replyBytes, calls }: Route,
  names: readonly string[],
  half: number,
): Way => ({
  tier: names.indexOf(tier),
  place,
  there: place === 0 ? 0 : half + Math.round(requestBytes / LINE),
  back: place === 0 ? 0 : half + Math.round(replyBytes / LINE),
  calls: calls.map((call) => wayOf(call, names, half)),
});

/** In the agenda, beside what the exchange puts there. */
const FEED = 0;
const DIGEST_KIND = 0x5e;
const ENDINGS: readonly Ending[] = ["done", "shed", "late", "down", "refused"];

export interface ServicesParts {
  readonly model: ServicesModel;
  readonly seed: string;
  readonly notes: ServiceNotes;
  readonly digest: Digest;
  readonly guard: Guard;
}

export class Services {
  readonly tiers: readonly Tier[];
  readonly entries: readonly Entry[];
  readonly #parts: ServicesParts;
  readonly #exchange: Exchange;
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
    this.tiers = buildTiers(model, routes, parts.guard, {
      turn: (visit, isFirst) => this.#exchange.turn(visit, isFirst),
      until: (visit, end) => {
        this.#exchange.until(visit, end);
      },
    });
    const names = Object.keys(model.tiers);
    this.entries = Object.entries(model.entries).map(([name, own], index): Entry => {
      const tier = names.indexOf(own.tier);
      const { machines, uptime } = this.tiers[tier]!;
      const caller = new Caller(own, machines.length, uptime, false);
      const way = wayOf(routes[index]!, names, Math.floor(model.hop / 2));
      return { name, model: own, tier, way, caller, key: identity(name), surge: 1, tasks: 0, nextAt: START };
    });
    this.#exchange = new Exchange({
      seed,
      agenda: this.#agenda,
      tiers: this.tiers,
      origins: this.entries,
      notes,
      ended: (entry, task, began, ending) => {
        this.#end(entry, task, began, ending);
      },
    });
    this.entries.forEach((entry, index) => {
      this.#expect(entry, index, this.#gap(entry));
    });
  }

  /** Lives through all that happens before `until`, and returns how many events that were. */
  advance(until: Instant): number {
    const agenda = this.#agenda;
    const exchange = this.#exchange;
    let events = 0;
    for (; agenda.peekTime() < until; events++) {
      agenda.pop();
      exchange.now = agenda.topTime as Instant;
      const kind = agenda.topPayload % KINDS;
      const place = (agenda.topPayload - kind) / KINDS;
      if (kind === FEED) this.#offer(place);
      else exchange.happen(kind, place);
    }
    exchange.now = until;
    return events;
  }

  /** So many times as many tasks from now on: those that would have come anyway, sooner or later, and no others. */
  setSurge(index: number, surge: number): void {
    const entry = this.entries[index]!;
    if (entry.surge === surge) return;
    const left = (entry.nextAt - this.#exchange.now) * entry.surge;
    entry.surge = surge;
    this.#expect(entry, index, left);
  }

  setSlowness(tier: number, machine: number, times: number): void {
    this.tiers[tier]!.machines[machine]!.slowness = times;
  }

  setDown(tier: number, machine: number, down: TierMachine["down"]): void {
    const { machines, uptime } = this.tiers[tier]!;
    const one = machines[machine]!;
    if (one.down === down) return;
    if (down === undefined) uptime.comeUp(machine, this.#exchange.now);
    else if (one.down === undefined) uptime.goDown(machine, this.#exchange.now);
    one.down = down;
  }

  /** Connections that people hold to a tier, and those its machines that are up have room for. */
  connections(tier: number): { readonly held: number; readonly room: number } {
    return connectionsOf(this.tiers[tier]!, this.#exchange.now);
  }

  /** Until an entry's next task, in microseconds as they would pass without surge. */
  #gap({ key, tasks, model }: Entry): number {
    return exponential(open(this.#feed.at(key, tasks, 0)), SECOND / model.feed);
  }

  #expect(entry: Entry, index: number, left: number): void {
    entry.nextAt = (this.#exchange.now + Math.round(left / entry.surge)) as Instant;
    this.#agenda.push(entry.nextAt, index * KINDS + FEED);
  }

  #offer(index: number): void {
    const entry = this.entries[index]!;
    const { now } = this.#exchange;
    // A surge has made it come at another time.
    if (entry.nextAt !== now) return;
    const { model, key, tier } = entry;
    const task = entry.tasks++;
    this.#expect(entry, index, this.#gap(entry));
    this.#parts.notes.offer(index, now);
    this.#users.at(key, task, 0);
    const user = this.#users.out[0]!;
    const rank = fractionOf(this.#users.out[1]!);
    if (model.connections > 0 && rank * this.tiers[tier]!.wanted >= this.connections(tier).held) {
      this.#end(index, task, now, "refused");
      return;
    }
    this.#exchange.call({
      entry: index,
      task,
      way: entry.way,
      level: levelOf(this.#salt, model.priority, user, now),
      parent: NOBODY,
      deadline: after(now, model.deadline),
    });
  }

  #end(entry: number, task: number, began: Instant, ending: Ending): void {
    const took = this.#exchange.now - began;
    const { digest, notes } = this.#parts;
    digest.add(DIGEST_KIND + ENDINGS.indexOf(ending), this.entries[entry]!.key, task, took);
    notes.task(entry, began, ending, took);
  }
}
