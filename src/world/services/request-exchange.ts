/**
 * Calls between machines: a request travels, meets admission control, waits, computes, calls other tiers and is answered, while its
 * caller waits, gives up and retries. Work whose answer no caller hears is wasted.
 */
import { attemptDeadline, isPast } from "../../algorithms/overload/deadline.ts";
import { fractionOf } from "../../base/chance.ts";
import { exponential } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import { after, type Duration, type Instant, NEVER, START } from "../../base/units.ts";
import type { Agenda } from "../../engine/agenda.ts";
import type { Caller, CallNode, Origin } from "./callers.ts";
import { serviceTime } from "./service-time.ts";
import type { TierMachine, Tier } from "./tiers.ts";
import { type Call, type Outcome, newCalls, newRequests, NONE, type ServiceNotes, type Request } from "./requests.ts";
import { Turns } from "./turns.ts";

/** What the exchange works with. */
export interface RequestExchangeParts {
  /** Seeds all draws. */
  readonly seed: string;
  /** Takes the events of calls and requests. */
  readonly agenda: Agenda;
  /** Indexed by tier. */
  readonly tiers: readonly Tier[];
  /** Indexed by entry. */
  readonly origins: readonly Origin[];
  /** Receives what happens. */
  readonly notes: ServiceNotes;
  /** Called when a user's call ends. */
  readonly callEnded: (entry: number, task: number, beganAt: Instant, outcome: Outcome) => void;
}

/** Kinds of events. An event's payload in the agenda is the slot of its call or request times KINDS, plus one of these. */
const ARRIVE = 1;
const TURN_END = 2;
const REPLY = 3;
const TIMEOUT = 4;
const RETRY = 5;
/** Bits of a payload that tell kinds of events apart, and the kinds that they can tell. */
export const KIND_BITS = 3;
export const KINDS = 1 << KIND_BITS;

/** Attempts that have draws of their own; later ones share the last. */
const ATTEMPTS = 8;

/** Carries calls and requests between users and machines. */
export class RequestExchange {
  /** Time of the event being handled. */
  now: Instant = START;
  readonly #parts: RequestExchangeParts;
  readonly #calls = newCalls();
  readonly #requests = newRequests();
  readonly #turns: Turns;
  readonly #work: Draws;
  readonly #attempts: Draws;
  readonly #users: Draws;
  readonly #pauses: Draws;
  readonly #draws = { who: 0, phase: 0, u: 0, v: 0 };

  constructor(parts: RequestExchangeParts) {
    this.#parts = parts;
    this.#turns = new Turns(parts.notes, parts.origins);
    this.#work = new Draws(parts.seed, "work of a request");
    this.#attempts = new Draws(parts.seed, "attempt of a call");
    this.#users = new Draws(parts.seed, "list of a user");
    this.#pauses = new Draws(parts.seed, "pause before a retry");
  }

  /** Handles an event of a call or a request. */
  handle(kind: number, slot: number): void {
    switch (kind) {
      case ARRIVE:
        return this.#arrive(slot);
      case TURN_END:
        return this.#endTurn(slot);
      case REPLY:
        return this.#deliverReply(slot);
      case TIMEOUT:
        // Unless the times agree, the attempt that this was set for is over.
        if (this.#calls.at(slot).timeoutAt === this.now) this.#timeOut(slot, this.#calls.at(slot));
        return;
      case RETRY:
        if (this.#calls.at(slot).retryAt === this.now) this.#startAttempt(slot, this.#calls.at(slot));
    }
  }

  /** Starts a call to a node: for a task of a user, or for the request in slot `parent`, whose task it takes over. */
  call(node: CallNode, parent: number, task: Pick<Request, "entry" | "task" | "level" | "deadline">): void {
    const slot = this.#calls.take();
    const call = this.#calls.at(slot);
    call.entry = task.entry;
    call.task = task.task;
    call.node = node;
    call.level = task.level;
    call.parent = parent;
    call.deadline = task.deadline;
    call.beganAt = this.now;
    call.attempts = 0;
    call.request = NONE;
    this.#startAttempt(slot, call);
  }

  /** Starts a request's turn on a core and returns how long it computes, us; -1 if it is shed or past its deadline. */
  startTurn(slot: number, isFirst: boolean): number {
    const request = this.#requests.at(slot);
    const { notes, tiers } = this.#parts;
    const tier = tiers[request.node.tier]!;
    const machine = tier.machines[request.machine]!;
    if (isFirst) {
      const waited = (this.now - request.arrived) as Duration;
      const isAdmitted = machine.admission.start(waited, this.now);
      notes.started(request.node.tier, this.now, waited, isAdmitted && !isPast(request.deadline, this.now));
      if (!isAdmitted) {
        notes.shed(request.node.tier, this.now, false);
        this.#reply(slot, request, "shed");
        return -1;
      }
    }
    if (isPast(request.deadline, this.now)) {
      this.#reply(slot, request, "late");
      return -1;
    }
    const computes = Math.round((request.work / (request.node.calls.length + 1)) * machine.slowness);
    this.#turns.note(slot, request, this.now, computes + tier.model.units.switching);
    return computes;
  }

  /** Returns when a request arrived at its machine. */
  arrivedAt(slot: number): Instant {
    return this.#requests.at(slot).arrived;
  }

  /** Returns the rank of a request among those that wait: that of its entry's priority. */
  rankOf(slot: number): number {
    return this.#parts.origins[this.#requests.at(slot).entry]!.rank;
  }

  /** Schedules the end of a request's turn. */
  scheduleTurnEnd(slot: number, end: Instant): void {
    this.#parts.agenda.push(end, slot * KINDS + TURN_END);
  }

  #callerOf({ entry, parent, node }: Call): Caller {
    if (parent === NONE) return this.#parts.origins[entry]!.caller;
    return this.#machineOf(this.#requests.at(parent)).callers[node.tier]!;
  }

  #machineOf({ node, machine }: Request): TierMachine {
    return this.#parts.tiers[node.tier]!.machines[machine]!;
  }

  #startAttempt(slot: number, call: Call): void {
    const { now } = this;
    const attempt = call.attempts++;
    call.timeoutAt = NEVER;
    call.retryAt = NEVER;
    if (isPast(call.deadline, now)) {
      this.#endCall(slot, call, "late");
      return;
    }
    const caller = this.#callerOf(call);
    const { key } = this.#parts.origins[call.entry]!;
    const { out } = this.#attempts;
    this.#attempts.at(key, call.task, call.node.ordinal * ATTEMPTS + Math.min(attempt, ATTEMPTS - 1));
    const draws = this.#draws;
    draws.u = fractionOf(out[0]!);
    draws.v = fractionOf(out[1]!);
    this.#identify(call, key);
    const machine = caller.pick(draws, attempt, now);
    if (caller.isHeldBack(machine, call.level, now)) {
      this.#parts.notes.shed(call.node.tier, now, true);
      this.#failAttempt(slot, call, "shed");
    } else if (attempt === 0 && !caller.retries.maySend(fractionOf(out[3]!), now)) {
      // The throttle does not count what is held back for its level: else the two together would admit nothing.
      this.#parts.notes.shed(call.node.tier, now, true);
      this.#endCall(slot, call, "shed");
    } else {
      call.machine = machine;
      this.#send(slot, call, caller);
    }
  }

  /** Sets the uniforms that the caller keeps: drawn by task for a user, always the same for a machine. */
  #identify({ parent, task }: Call, key: number): void {
    const draws = this.#draws;
    if (parent === NONE) {
      this.#users.two(key, task, 0);
      draws.who = fractionOf(this.#users.out[0]!);
      draws.phase = fractionOf(this.#users.out[1]!);
    } else {
      const { node, machine } = this.#requests.at(parent);
      draws.who = (machine + 0.5) / this.#parts.tiers[node.tier]!.machines.length;
      draws.phase = draws.who;
    }
  }

  /** Sends a request to the call's machine. */
  #send(slot: number, call: Call, caller: Caller): void {
    const { now } = this;
    const { machine } = call;
    const { agenda, tiers } = this.#parts;
    const tier = tiers[call.node.tier]!;
    const requestSlot = this.#requests.take();
    const request = this.#requests.at(requestSlot);
    request.call = slot;
    request.entry = call.entry;
    request.task = call.task;
    request.node = call.node;
    request.level = call.level;
    request.machine = machine;
    request.retries = call.attempts - 1;
    request.uniform = fractionOf(this.#attempts.out[2]!);
    request.callsMade = 0;
    request.turns = 0;
    const timeoutAt = attemptDeadline(now, caller.model.timeout, call.deadline);
    request.deadline = tier.model.earlyAbort ? timeoutAt : NEVER;
    call.request = requestSlot;
    call.timeoutAt = timeoutAt;
    agenda.push(timeoutAt, slot * KINDS + TIMEOUT);
    caller.startAttempt(machine);
    caller.reportHeldBack(machine, tier.machines[machine]!.admission);
    agenda.push(now + call.node.requestDelay, requestSlot * KINDS + ARRIVE);
  }

  #arrive(slot: number): void {
    const { now } = this;
    const request = this.#requests.at(slot);
    const { notes, origins, tiers } = this.#parts;
    const tier = tiers[request.node.tier]!;
    const { down, admission, queue: station } = tier.machines[request.machine]!;
    request.arrived = now;
    notes.requestArrived(request.node.tier, now, request.retries);
    if (down !== undefined) return this.#reply(slot, request, "down");
    // The same request has the same work at every attempt.
    request.work = serviceTime(
      tier.model.work,
      open(this.#work.at(origins[request.entry]!.key, request.task, request.node.ordinal)),
    );
    if (admission.arrive(request.level, request.uniform, now) && station.enter(slot, now)) return;
    notes.shed(request.node.tier, now, false);
    this.#reply(slot, request, "shed");
  }

  /** Ends a turn on a core: the request makes its next call or is answered. */
  #endTurn(slot: number): void {
    const request = this.#requests.at(slot);
    const { queue: station } = this.#machineOf(request);
    const { calls } = request.node;
    if (request.callsMade === calls.length) {
      this.#finish(slot, request, "done");
      station.releaseCore(this.now);
      return;
    }
    // The core is released before the call is made, which may fail at once.
    station.releaseCore(this.now);
    if (isPast(request.deadline, this.now)) return this.#finish(slot, request, "late");
    this.call(calls[request.callsMade++]!, slot, request);
  }

  /** Ends a request that holds a unit. */
  #finish(slot: number, request: Request, outcome: Outcome): void {
    const { queue: station, admission } = this.#machineOf(request);
    if (outcome === "done") admission.finish((this.now - request.arrived) as Duration, this.now);
    this.#reply(slot, request, outcome);
    station.releaseUnit(this.now);
  }

  #reply(slot: number, request: Request, outcome: Outcome): void {
    const { down } = this.#machineOf(request);
    request.outcome = down === undefined ? outcome : "down";
    if (down === "silent") this.#dropReply(slot, request);
    else this.#parts.agenda.push(this.now + request.node.replyDelay, slot * KINDS + REPLY);
  }

  /** Sends no reply: the caller will time out. */
  #dropReply(slot: number, request: Request): void {
    if (request.call !== NONE) this.#calls.at(request.call).request = NONE;
    this.#turns.abandon(slot, request);
    this.#requests.release(slot);
  }

  #deliverReply(slot: number): void {
    const request = this.#requests.at(slot);
    const { call: callSlot, outcome, machine } = request;
    const { level } = this.#machineOf(request).admission;
    this.#requests.release(slot);
    if (callSlot === NONE) return;
    const call = this.#calls.at(callSlot);
    const caller = this.#callerOf(call);
    caller.endAttempt(machine);
    // Users do not learn levels: the services do not control their software.
    if (call.parent !== NONE) caller.learnLevel(machine, level, this.now);
    call.request = NONE;
    call.timeoutAt = NEVER;
    if (outcome === "done") {
      caller.retries.accepted(this.now);
      this.#endCall(callSlot, call, "done");
    } else this.#failAttempt(callSlot, call, outcome);
  }

  /** Gives up an attempt that has taken too long: the work on it was in vain, and so is what still comes. */
  #timeOut(slot: number, call: Call): void {
    if (call.request !== NONE) this.#turns.abandon(call.request, this.#requests.at(call.request));
    call.request = NONE;
    this.#callerOf(call).endAttempt(call.machine);
    this.#failAttempt(slot, call, "late");
  }

  /** Ends a failed attempt: plans a retry, or ends the call. */
  #failAttempt(slot: number, call: Call, outcome: Outcome): void {
    call.timeoutAt = NEVER;
    const caller = this.#callerOf(call);
    if (isPast(call.deadline, this.now) || !caller.retries.mayRetry(call.attempts)) {
      this.#endCall(slot, call, outcome);
      return;
    }
    const { backOff } = caller.model;
    const { key } = this.#parts.origins[call.entry]!;
    const u = open(
      this.#pauses.at(key, call.task, call.node.ordinal * ATTEMPTS + Math.min(call.attempts, ATTEMPTS - 1)),
    );
    call.retryAt = after(this.now, Math.round(exponential(u, backOff)) as Duration);
    this.#parts.agenda.push(call.retryAt, slot * KINDS + RETRY);
  }

  /** Ends a call: its task ends, or the request that made it goes on. */
  #endCall(slot: number, call: Call, outcome: Outcome): void {
    const { parent, entry, task, beganAt } = call;
    call.timeoutAt = NEVER;
    call.retryAt = NEVER;
    this.#calls.release(slot);
    if (parent === NONE) {
      this.#parts.callEnded(entry, task, beganAt, outcome);
      return;
    }
    const request = this.#requests.at(parent);
    const { queue: station } = this.#machineOf(request);
    if (outcome === "done") station.resume(parent, this.now);
    else this.#finish(parent, request, outcome);
  }
}
