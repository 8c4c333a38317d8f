/**
 * Calls between machines, and what becomes of them: a request travels, meets the guard, waits, computes, calls others
 * on its way, and is answered, while its caller waits, gives up and tries again. What is answered to a caller who has
 * gone was worked for nobody.
 */
import { attemptDeadline, isPast } from "../../algorithms/overload/deadline.ts";
import { fractionOf } from "../../base/chance.ts";
import { exponential } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import { after, type Duration, type Instant, NEVER, START } from "../../base/units.ts";
import type { Agenda } from "../../engine/agenda.ts";
import type { Caller, Origin } from "./callers.ts";
import { workOf } from "./law.ts";
import type { TierMachine, Tier } from "./tiers.ts";
import { type Call, type Ending, newCalls, newVisits, NOBODY, type ServiceNotes, type Visit } from "./visits.ts";

export interface ExchangeParts {
  readonly seed: string;
  readonly agenda: Agenda;
  readonly tiers: readonly Tier[];
  readonly origins: readonly Origin[];
  readonly notes: ServiceNotes;
  readonly ended: (entry: number, task: number, began: Instant, ending: Ending) => void;
}

/** What happens to calls and visits, as it stands in the agenda: the place in its pool times KINDS, plus one of these. */
const ARRIVE = 1;
const CORE = 2;
const REPLY = 3;
const TIMEOUT = 4;
const RETRY = 5;
export const KINDS = 8;

/** Attempts that have draws of their own; later ones share the last. */
const ATTEMPTS = 8;

export class Exchange {
  now: Instant = START;
  readonly #parts: ExchangeParts;
  readonly #calls = newCalls();
  readonly #visits = newVisits();
  readonly #work: Draws;
  readonly #attempts: Draws;
  readonly #users: Draws;
  readonly #pauses: Draws;
  readonly #draws = { who: 0, phase: 0, u: 0, v: 0 };

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#work = new Draws(parts.seed, "work of a request");
    this.#attempts = new Draws(parts.seed, "attempt of a call");
    this.#users = new Draws(parts.seed, "list of a user");
    this.#pauses = new Draws(parts.seed, "pause before a retry");
  }

  happen(kind: number, place: number): void {
    switch (kind) {
      case ARRIVE:
        this.#arrive(place);
        return;
      case CORE:
        this.#computed(place);
        return;
      case REPLY:
        this.#deliver(place);
        return;
      case TIMEOUT: {
        const call = this.#calls.at(place);
        // Unless the times agree, the attempt that this was set for is over.
        if (call.timeoutAt === this.now) this.#lose(place, call);
        return;
      }
      case RETRY: {
        const call = this.#calls.at(place);
        if (call.retryAt === this.now) this.#attempt(place, call);
        return;
      }
    }
  }

  call(wish: Pick<Call, "entry" | "task" | "way" | "level" | "parent" | "deadline">): void {
    const place = this.#calls.take();
    const call = this.#calls.at(place);
    call.entry = wish.entry;
    call.task = wish.task;
    call.way = wish.way;
    call.level = wish.level;
    call.parent = wish.parent;
    call.deadline = wish.deadline;
    call.began = this.now;
    call.attempts = 0;
    call.visit = NOBODY;
    this.#attempt(place, call);
  }

  /** A request's turn on a core has come: how long it computes, or -1 if that is not worth it any more. */
  turn(place: number, isFirst: boolean): number {
    const visit = this.#visits.at(place);
    const { notes, tiers } = this.#parts;
    const tier = tiers[visit.way.tier]!;
    const machine = tier.machines[visit.machine]!;
    if (isFirst) {
      const waited = (this.now - visit.arrived) as Duration;
      notes.begun(visit.way.tier, this.now, waited);
      if (!machine.admission.start(waited, this.now)) {
        notes.shed(visit.way.tier, this.now, false);
        this.#reply(place, visit, "shed");
        return -1;
      }
    }
    if (isPast(visit.deadline, this.now)) {
      this.#reply(place, visit, "late");
      return -1;
    }
    const computes = Math.round((visit.work / (visit.way.calls.length + 1)) * machine.slowness);
    notes.computed(visit.way.tier, this.now, computes + tier.model.units.switching, visit.call === NOBODY);
    return computes;
  }

  /** A core is taken until then. */
  until(place: number, end: Instant): void {
    this.#parts.agenda.push(end, place * KINDS + CORE);
  }

  #callerOf({ entry, parent, way }: Call): Caller {
    if (parent === NOBODY) return this.#parts.origins[entry]!.caller;
    return this.#machineOf(this.#visits.at(parent)).callers[way.tier]!;
  }

  #machineOf({ way, machine }: Visit): TierMachine {
    return this.#parts.tiers[way.tier]!.machines[machine]!;
  }

  #attempt(place: number, call: Call): void {
    const { now } = this;
    const attempt = call.attempts++;
    call.timeoutAt = NEVER;
    call.retryAt = NEVER;
    if (isPast(call.deadline, now)) {
      this.#end(place, call, "late");
      return;
    }
    const caller = this.#callerOf(call);
    const { key } = this.#parts.origins[call.entry]!;
    const { out } = this.#attempts;
    this.#attempts.at(key, call.task, call.way.place * ATTEMPTS + Math.min(attempt, ATTEMPTS - 1));
    const [u, v, dice, luck] = [fractionOf(out[0]!), fractionOf(out[1]!), fractionOf(out[2]!), fractionOf(out[3]!)];
    const machine = caller.pick(this.#identify(call, key, u, v), attempt, now);
    if (caller.holdsBack(machine, call.level, now)) {
      this.#parts.notes.shed(call.way.tier, now, true);
      this.#fail(place, call, "shed");
    } else if (attempt === 0 && !caller.retries.maySend(luck, now)) {
      // What is held back for its level is no request to the throttle: else the two would close the door between them.
      this.#parts.notes.shed(call.way.tier, now, true);
      this.#end(place, call, "shed");
    } else this.#send(place, call, caller, { machine, attempt, dice });
  }

  /** Who calls: a user, drawn for the task, or a machine, which is the same one always. */
  #identify({ parent, task }: Call, key: number, u: number, v: number): Parameters<Caller["pick"]>[0] {
    const draws = this.#draws;
    draws.u = u;
    draws.v = v;
    if (parent === NOBODY) {
      this.#users.two(key, task, 0);
      draws.who = fractionOf(this.#users.out[0]!);
      draws.phase = fractionOf(this.#users.out[1]!);
    } else {
      const { way, machine } = this.#visits.at(parent);
      draws.who = (machine + 0.5) / this.#parts.tiers[way.tier]!.machines.length;
      draws.phase = draws.who;
    }
    return draws;
  }

  #send(
    place: number,
    call: Call,
    caller: Caller,
    { machine, attempt, dice }: { readonly machine: number; readonly attempt: number; readonly dice: number },
  ): void {
    const { now } = this;
    const { agenda, tiers } = this.#parts;
    const tier = tiers[call.way.tier]!;
    const visitPlace = this.#visits.take();
    const visit = this.#visits.at(visitPlace);
    visit.call = place;
    visit.entry = call.entry;
    visit.task = call.task;
    visit.way = call.way;
    visit.level = call.level;
    visit.machine = machine;
    visit.attempt = attempt;
    visit.dice = dice;
    visit.stage = 0;
    const timeoutAt = attemptDeadline(now, caller.model.timeout, call.deadline);
    visit.deadline = tier.model.earlyAbort ? timeoutAt : NEVER;
    call.visit = visitPlace;
    call.machine = machine;
    call.timeoutAt = timeoutAt;
    agenda.push(timeoutAt, place * KINDS + TIMEOUT);
    caller.send(machine);
    caller.tell(machine, tier.machines[machine]!.admission);
    agenda.push(now + call.way.there, visitPlace * KINDS + ARRIVE);
  }

  #arrive(place: number): void {
    const { now } = this;
    const visit = this.#visits.at(place);
    const { notes, origins, tiers } = this.#parts;
    const tier = tiers[visit.way.tier]!;
    const { down, admission, station } = tier.machines[visit.machine]!;
    visit.arrived = now;
    if (down !== undefined) {
      this.#reply(place, visit, "down");
      return;
    }
    notes.request(visit.way.tier, now, visit.attempt);
    // The same request has the same work at every attempt.
    visit.work = workOf(tier.model.work, open(this.#work.at(origins[visit.entry]!.key, visit.task, visit.way.place)));
    if (admission.arrive(visit.level, visit.dice, now) && station.enter(place, now)) return;
    notes.shed(visit.way.tier, now, false);
    this.#reply(place, visit, "shed");
  }

  /** A turn on a core is over: on to the next call, or the answer. */
  #computed(place: number): void {
    const visit = this.#visits.at(place);
    const { station } = this.#machineOf(visit);
    const { calls } = visit.way;
    if (visit.stage === calls.length) {
      this.#answer(place, visit, "done");
      station.leaveCore(this.now);
      return;
    }
    // The core goes to the next in line before the call is made, which may fail at once.
    station.leaveCore(this.now);
    if (isPast(visit.deadline, this.now)) {
      this.#answer(place, visit, "late");
      return;
    }
    const way = calls[visit.stage++]!;
    this.call({
      entry: visit.entry,
      task: visit.task,
      way,
      level: visit.level,
      parent: place,
      deadline: visit.deadline,
    });
  }

  /** A request that has a unit is over. */
  #answer(place: number, visit: Visit, ending: Ending): void {
    const { station, admission } = this.#machineOf(visit);
    if (ending === "done") admission.finish((this.now - visit.arrived) as Duration, this.now);
    this.#reply(place, visit, ending);
    station.leave(this.now);
  }

  #reply(place: number, visit: Visit, ending: Ending): void {
    const { down } = this.#machineOf(visit);
    visit.ending = down === undefined ? ending : "down";
    if (down === "silent") this.#forget(place, visit);
    else this.#parts.agenda.push(this.now + visit.way.back, place * KINDS + REPLY);
  }

  /** Nothing comes back: the caller's patience will end. */
  #forget(place: number, visit: Visit): void {
    if (visit.call !== NOBODY) this.#calls.at(visit.call).visit = NOBODY;
    this.#visits.give(place);
  }

  #deliver(place: number): void {
    const visit = this.#visits.at(place);
    const { call: callPlace, ending, machine } = visit;
    const { level } = this.#machineOf(visit).admission;
    this.#visits.give(place);
    if (callPlace === NOBODY) return;
    const call = this.#calls.at(callPlace);
    const caller = this.#callerOf(call);
    caller.settle(machine);
    // Users hear no levels: they are not ours to command.
    if (call.parent !== NOBODY) caller.hear(machine, level, this.now);
    call.visit = NOBODY;
    call.timeoutAt = NEVER;
    if (ending === "done") {
      caller.retries.accepted(this.now);
      this.#end(callPlace, call, "done");
    } else this.#fail(callPlace, call, ending);
  }

  /** An attempt has taken too long. Whoever still works on it works for nobody. */
  #lose(place: number, call: Call): void {
    if (call.visit !== NOBODY) this.#visits.at(call.visit).call = NOBODY;
    call.visit = NOBODY;
    this.#callerOf(call).settle(call.machine);
    this.#fail(place, call, "late");
  }

  /** An attempt has failed: once more, or not. */
  #fail(place: number, call: Call, ending: Ending): void {
    call.timeoutAt = NEVER;
    const caller = this.#callerOf(call);
    if (isPast(call.deadline, this.now) || !caller.retries.mayRetry(call.attempts)) {
      this.#end(place, call, ending);
      return;
    }
    const { backOff } = caller.model;
    const { key } = this.#parts.origins[call.entry]!;
    const u = open(this.#pauses.at(key, call.task, call.way.place * ATTEMPTS + Math.min(call.attempts, ATTEMPTS - 1)));
    call.retryAt = after(this.now, Math.round(exponential(u, backOff)) as Duration);
    this.#parts.agenda.push(call.retryAt, place * KINDS + RETRY);
  }

  /** The call is over, and with it the task, or on goes the request that made it. */
  #end(place: number, call: Call, ending: Ending): void {
    const { parent, entry, task, began } = call;
    call.timeoutAt = NEVER;
    call.retryAt = NEVER;
    this.#calls.give(place);
    if (parent === NOBODY) {
      this.#parts.ended(entry, task, began, ending);
      return;
    }
    const visit = this.#visits.at(parent);
    const { station } = this.#machineOf(visit);
    if (ending === "done") station.resume(parent, this.now);
    else this.#answer(parent, visit, ending);
  }
}
