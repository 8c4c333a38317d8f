/**
 * Calls between machines: a request travels, meets admission control, waits, computes, calls other tiers and is answered, while its
 * caller waits, gives up and retries. Work whose answer no caller hears is wasted.
 */
import { attemptDeadline, isPast } from "../../algorithms/overload/deadline.ts";
import { Draws, open } from "../../base/random.ts";
import { after, type Duration, type Instant, NEVER, START } from "../../base/units.ts";
import type { Agenda } from "../../engine/agenda.ts";
import { AttemptDraws } from "./attempt-draws.ts";
import { type Node, nodesOf } from "./call-nodes.ts";
import type { Caller } from "./callers.ts";
import { DONE, DOWN, LATE, NONE, type RequestExchangeParts, type ServiceNotes, SHED } from "./requests.ts";
import { CALL_FIELDS, REQUEST_FIELDS, Rows, SHARED, SIZES } from "./rows.ts";
import type { TierMachine } from "./tiers.ts";
import { Turns } from "./turns.ts";

/** Kinds of events. An event's payload in the agenda is the slot of its call or request times KINDS, plus one of these. */
const ARRIVE = 1;
const TURN_END = 2;
const REPLY = 3;
const TIMEOUT = 4;
const RETRY = 5;
/** Bits of a payload that tell kinds of events apart, and the kinds that they can tell. */
export const KIND_BITS = 3;
export const KINDS = 1 << KIND_BITS;

const { ROW, WORDS } = SIZES;
const { LEVEL, DEADLINE, NODE, TASK, MACHINE } = SHARED;
const { BEGAN, TIMEOUT_AT, PARENT, ATTEMPTS, REQUEST } = CALL_FIELDS;
const { UNIFORM, ARRIVED, WORK, CALL, RETRIES, CALLS_MADE, TURNS, OUTCOME } = REQUEST_FIELDS;

/** Carries calls and requests between users and machines. */
export class RequestExchange {
  /** Time of the event being handled. */
  now: Instant = START;
  readonly #notes: ServiceNotes;
  readonly #agenda: Agenda;
  readonly #callEnded: RequestExchangeParts["callEnded"];
  /** By number. */
  readonly #nodes: readonly Node[];
  /** By entry: the root of its tasks. */
  readonly #roots: readonly Node[];
  readonly #calls = new Rows();
  readonly #requests = new Rows();
  readonly #turns: Turns;
  readonly #work: Draws;
  readonly #draws: AttemptDraws;

  constructor({ notes, agenda, callEnded, origins, tiers, seed }: RequestExchangeParts) {
    this.#notes = notes;
    this.#agenda = agenda;
    this.#callEnded = callEnded;
    const { nodes, roots } = nodesOf(origins, tiers);
    this.#nodes = nodes;
    this.#roots = roots;
    this.#turns = new Turns(notes, this.#requests, origins);
    this.#work = new Draws(seed, "work of a request");
    this.#draws = new AttemptDraws(seed);
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
        if (this.#calls.numbers[slot * ROW + TIMEOUT_AT]! === this.now) this.#timeOut(slot);
        return;
      case RETRY:
        return this.#startAttempt(slot);
    }
  }

  /** Starts the call of a user for a task of an entry. */
  call(entry: number, task: number, level: number, deadline: Instant): void {
    const slot = this.#newCall(this.#roots[entry]!, NONE, task);
    const { numbers } = this.#calls;
    numbers[slot * ROW + LEVEL] = level;
    numbers[slot * ROW + DEADLINE] = deadline;
    this.#startAttempt(slot);
  }

  /** Starts a call for the request in slot `parent`, whose task it takes over. */
  #callFor(parent: number, node: Node): void {
    const { numbers, words } = this.#requests;
    const slot = this.#newCall(node, parent, words[parent * WORDS + TASK]!);
    const calls = this.#calls.numbers;
    calls[slot * ROW + LEVEL] = numbers[parent * ROW + LEVEL]!;
    calls[slot * ROW + DEADLINE] = numbers[parent * ROW + DEADLINE]!;
    this.#startAttempt(slot);
  }

  #newCall(node: Node, parent: number, task: number): number {
    const slot = this.#calls.take();
    const { numbers, words } = this.#calls;
    const at = slot * WORDS;
    numbers[slot * ROW + BEGAN] = this.now;
    words[at + NODE] = node.number;
    words[at + TASK] = task;
    words[at + PARENT] = parent;
    words[at + ATTEMPTS] = 0;
    words[at + REQUEST] = NONE;
    return slot;
  }

  /** Starts a request's turn on a core and returns how long it computes, us; -1 if it is shed or past its deadline. */
  startTurn(slot: number, isFirst: boolean): number {
    const { now } = this;
    const { numbers, words } = this.#requests;
    const notes = this.#notes;
    const at = slot * WORDS;
    const node = this.#nodes[words[at + NODE]!]!;
    const machine = node.machines[words[at + MACHINE]!]!;
    const isLate = isPast(numbers[slot * ROW + DEADLINE]! as Instant, now);
    if (isFirst) {
      const waited = (now - numbers[slot * ROW + ARRIVED]!) as Duration;
      const isAdmitted = machine.admission.start(waited, now);
      notes.started(node.tier, now, waited, isAdmitted && !isLate);
      if (!isAdmitted) {
        notes.shed(node.tier, now, false);
        this.#reply(slot, node, machine.down, SHED);
        return -1;
      }
    }
    if (isLate) {
      this.#reply(slot, node, machine.down, LATE);
      return -1;
    }
    const computes = Math.round((numbers[slot * ROW + WORK]! / (node.calls.length + 1)) * machine.slowness);
    this.#turns.note(slot, node.tier, now, computes + node.switching);
    return computes;
  }

  /** Returns when a request arrived at its machine. */
  arrivedAt(slot: number): Instant {
    return this.#requests.numbers[slot * ROW + ARRIVED]! as Instant;
  }

  /** Returns the rank of a request among those that wait: that of its entry's priority. */
  rankOf(slot: number): number {
    return this.#nodeOf(this.#requests, slot).origin.rank;
  }

  /** Schedules the end of a request's turn. */
  scheduleTurnEnd(slot: number, end: Instant): void {
    this.#agenda.push(end, slot * KINDS + TURN_END);
  }

  /** Returns the node of a call or a request. */
  #nodeOf({ words }: Rows, slot: number): Node {
    return this.#nodes[words[slot * WORDS + NODE]!]!;
  }

  /** Returns the machine of a request. */
  #machineOf(slot: number, node: Node): TierMachine {
    return node.machines[this.#requests.words[slot * WORDS + MACHINE]!]!;
  }

  /** Returns who makes a call to a node. */
  #callerOf(parent: number, node: Node): Caller {
    if (parent === NONE) return node.origin.caller;
    return this.#machineOf(parent, this.#nodeOf(this.#requests, parent)).callers[node.tier]!;
  }

  #startAttempt(slot: number): void {
    const { now } = this;
    const { numbers, words } = this.#calls;
    const at = slot * WORDS;
    const attempt = words[at + ATTEMPTS]!;
    words[at + ATTEMPTS] = attempt + 1;
    numbers[slot * ROW + TIMEOUT_AT] = NEVER;
    if (isPast(numbers[slot * ROW + DEADLINE]! as Instant, now)) return this.#endCall(slot, LATE);
    const node = this.#nodes[words[at + NODE]!]!;
    const parent = words[at + PARENT]!;
    const task = words[at + TASK]!;
    const caller = this.#callerOf(parent, node);
    const draws = this.#draws;
    draws.draw(node, task, attempt);
    if (parent === NONE) draws.ofUser(node, task);
    else
      draws.ofMachine(this.#requests.words[parent * WORDS + MACHINE]!, this.#nodeOf(this.#requests, parent).machines);
    const machine = caller.pick(draws.choice, attempt, now);
    if (caller.isHeldBack(machine, numbers[slot * ROW + LEVEL]!, now)) {
      this.#notes.shed(node.tier, now, true);
      this.#failAttempt(slot, node, caller, SHED);
    } else if (attempt === 0 && !caller.retries.maySend(draws.throttle, now)) {
      // The throttle does not count what is held back for its level: else the two together would admit nothing.
      this.#notes.shed(node.tier, now, true);
      this.#endCall(slot, SHED);
    } else this.#send(slot, node, caller, machine);
  }

  /** Sends a request to the call's machine. */
  #send(call: number, node: Node, caller: Caller, machine: number): void {
    const { now } = this;
    const slot = this.#requests.take();
    const { numbers, words } = this.#requests;
    const calls = this.#calls.numbers;
    const callWords = this.#calls.words;
    const at = slot * WORDS;
    const timeoutAt = attemptDeadline(now, caller.timeout, calls[call * ROW + DEADLINE]! as Instant);
    numbers[slot * ROW + LEVEL] = calls[call * ROW + LEVEL]!;
    numbers[slot * ROW + DEADLINE] = node.earlyAbort ? timeoutAt : NEVER;
    numbers[slot * ROW + UNIFORM] = this.#draws.admission;
    words[at + NODE] = node.number;
    words[at + TASK] = callWords[call * WORDS + TASK]!;
    words[at + MACHINE] = machine;
    words[at + CALL] = call;
    words[at + RETRIES] = callWords[call * WORDS + ATTEMPTS]! - 1;
    words[at + CALLS_MADE] = 0;
    words[at + TURNS] = 0;
    callWords[call * WORDS + MACHINE] = machine;
    callWords[call * WORDS + REQUEST] = slot;
    calls[call * ROW + TIMEOUT_AT] = timeoutAt;
    this.#agenda.push(timeoutAt, call * KINDS + TIMEOUT);
    caller.startAttempt(machine);
    caller.reportHeldBack(machine, node.machines[machine]!.admission);
    this.#agenda.push(now + node.requestDelay, slot * KINDS + ARRIVE);
  }

  #arrive(slot: number): void {
    const { now } = this;
    const { numbers, words } = this.#requests;
    const notes = this.#notes;
    const at = slot * WORDS;
    const node = this.#nodes[words[at + NODE]!]!;
    const machine = node.machines[words[at + MACHINE]!]!;
    const uniform = numbers[slot * ROW + UNIFORM]!;
    numbers[slot * ROW + ARRIVED] = now;
    notes.requestArrived(node.tier, now, words[at + RETRIES]!);
    if (machine.down !== undefined) return this.#reply(slot, node, machine.down, DOWN);
    // The same request has the same work at every attempt.
    const u = open(this.#work.at(node.key, words[at + TASK]!, node.ordinal));
    numbers[slot * ROW + WORK] = node.work.at(u);
    if (machine.admission.arrive(numbers[slot * ROW + LEVEL]!, uniform, now) && machine.queue.enter(slot, now)) return;
    notes.shed(node.tier, now, false);
    this.#reply(slot, node, machine.down, SHED);
  }

  /** Ends a turn on a core: the request makes its next call or is answered. */
  #endTurn(slot: number): void {
    const { numbers, words } = this.#requests;
    const node = this.#nodeOf(this.#requests, slot);
    const machine = this.#machineOf(slot, node);
    const made = words[slot * WORDS + CALLS_MADE]!;
    if (made === node.calls.length) {
      this.#finish(slot, node, machine, DONE);
      machine.queue.releaseCore(this.now);
      return;
    }
    // The core is released before the call is made, which may fail at once.
    machine.queue.releaseCore(this.now);
    if (isPast(numbers[slot * ROW + DEADLINE]! as Instant, this.now)) return this.#finish(slot, node, machine, LATE);
    words[slot * WORDS + CALLS_MADE] = made + 1;
    this.#callFor(slot, node.calls[made]!);
  }

  /** Ends a request that holds a unit. */
  #finish(slot: number, node: Node, { queue, admission, down }: TierMachine, outcome: number): void {
    const { now } = this;
    if (outcome === DONE) admission.finish((now - this.#requests.numbers[slot * ROW + ARRIVED]!) as Duration, now);
    this.#reply(slot, node, down, outcome);
    queue.releaseUnit(now);
  }

  #reply(slot: number, node: Node, down: TierMachine["down"], outcome: number): void {
    if (down === "silent") return this.#dropReply(slot, node);
    this.#requests.words[slot * WORDS + OUTCOME] = down === undefined ? outcome : DOWN;
    this.#agenda.push(this.now + node.replyDelay, slot * KINDS + REPLY);
  }

  /** Sends no reply: the caller will time out. */
  #dropReply(slot: number, node: Node): void {
    const call = this.#requests.words[slot * WORDS + CALL]!;
    if (call !== NONE) this.#calls.words[call * WORDS + REQUEST] = NONE;
    this.#turns.abandon(slot, node.tier);
    this.#requests.release(slot);
  }

  #deliverReply(slot: number): void {
    const { words } = this.#requests;
    const calls = this.#calls.words;
    const call = words[slot * WORDS + CALL]!;
    this.#requests.release(slot);
    if (call === NONE) return;
    const node = this.#nodeOf(this.#requests, slot);
    const parent = calls[call * WORDS + PARENT]!;
    const caller = this.#callerOf(parent, node);
    const machine = words[slot * WORDS + MACHINE]!;
    const outcome = words[slot * WORDS + OUTCOME]!;
    caller.endAttempt(machine);
    // Users do not learn levels: the services do not control their software.
    if (parent !== NONE) caller.learnLevel(machine, node.machines[machine]!.admission.level, this.now);
    calls[call * WORDS + REQUEST] = NONE;
    if (outcome === DONE) {
      caller.retries.accepted(this.now);
      this.#endCall(call, DONE);
    } else this.#failAttempt(call, node, caller, outcome);
  }

  /** Gives up an attempt that has taken too long: the work on it was in vain, and so is what still comes. */
  #timeOut(slot: number): void {
    const { words } = this.#calls;
    const at = slot * WORDS;
    const node = this.#nodes[words[at + NODE]!]!;
    const request = words[at + REQUEST]!;
    if (request !== NONE) this.#turns.abandon(request, node.tier);
    words[at + REQUEST] = NONE;
    const caller = this.#callerOf(words[at + PARENT]!, node);
    caller.endAttempt(words[at + MACHINE]!);
    this.#failAttempt(slot, node, caller, LATE);
  }

  /** Ends a failed attempt: plans a retry, or ends the call. */
  #failAttempt(slot: number, node: Node, caller: Caller, outcome: number): void {
    const { numbers, words } = this.#calls;
    const attempts = words[slot * WORDS + ATTEMPTS]!;
    if (isPast(numbers[slot * ROW + DEADLINE]! as Instant, this.now) || !caller.retries.mayRetry(attempts)) {
      this.#endCall(slot, outcome);
      return;
    }
    numbers[slot * ROW + TIMEOUT_AT] = NEVER;
    const pause = this.#draws.pause(node, words[slot * WORDS + TASK]!, attempts, caller.backOff);
    this.#agenda.push(after(this.now, pause), slot * KINDS + RETRY);
  }

  /** Ends a call: its task ends, or the request that made it goes on. */
  #endCall(slot: number, outcome: number): void {
    const { numbers, words } = this.#calls;
    const at = slot * WORDS;
    const parent = words[at + PARENT]!;
    numbers[slot * ROW + TIMEOUT_AT] = NEVER;
    this.#calls.release(slot);
    if (parent === NONE) {
      const { entry } = this.#nodes[words[at + NODE]!]!;
      this.#callEnded(entry, words[at + TASK]!, numbers[slot * ROW + BEGAN]! as Instant, outcome);
      return;
    }
    const node = this.#nodeOf(this.#requests, parent);
    const machine = this.#machineOf(parent, node);
    if (outcome === DONE) machine.queue.resume(parent, this.now);
    else this.#finish(parent, node, machine, outcome);
  }
}
