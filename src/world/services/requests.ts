/**
 * What is under way between machines. A call lasts until it is answered or given up, over one or more attempts. A request is one
 * attempt at one machine; if its caller gives up before it has the answer, its work is wasted. Both are pooled and named by their slots.
 */
import { type Instant, NEVER, START } from "../../base/units.ts";
import type { CallNode } from "./callers.ts";

/** Stands for no call and no request: the caller is a user, or has given up. */
export const NONE = -1;

/**
 * How a call or a task ended. `shed`: turned away by overload control. `late`: took too long. `down`: the machine was down.
 * `refused`: the user had no connection.
 */
export type Outcome = "done" | "shed" | "late" | "down" | "refused";

/** Receives what the services report while they run; tiers and entries are numbered in the scenario's order. */
export interface ServiceNotes {
  /** A task was offered to an entry. */
  offered(entry: number, at: Instant): void;
  /** A task ended; `took` is its duration, us. */
  taskEnded(entry: number, offered: Instant, ending: Outcome, took: number): void;
  /** A request arrived at a machine, which may be down; `attempt` counts earlier attempts of the same call. */
  requestArrived(tier: number, at: Instant, attempt: number): void;
  /** A machine turned a request away; `isHeldBack` if its caller did not send it for the machine's level. */
  shed(tier: number, at: Instant, isHeldBack: boolean): void;
  /** A request came to its start after waiting `waited` us; unless `isServed`, it was too late or turned away. */
  started(tier: number, at: Instant, waited: number, isServed: boolean): void;
  /** A request that arrived at a machine has not started when the run ends. */
  stillWaiting(tier: number, arrived: Instant, end: Instant): void;
  /** A machine spends `us` of computing on a request from `at`. */
  computed(tier: number, at: Instant, us: number): void;
  /** Of that, computing of a request whose caller gave up before it had the answer. */
  wasted(tier: number, at: Instant, us: number): void;
}

/** What a user or a machine wants of a tier, over all attempts. */
export interface Call {
  /** Entry of its task. */
  entry: number;
  /** Ordinal of the task at its entry. */
  task: number;
  /** Its place in the task's call tree. */
  node: CallNode;
  /** Priority level; lower ones are more important. */
  level: number;
  /** Slot of the request that made the call; NONE for a user. */
  parent: number;
  /** When it started. */
  beganAt: Instant;
  /** When its result is of no more use; NEVER if it has none. */
  deadline: Instant;
  /** Attempts so far. */
  attempts: number;
  /** Slot of the request under way for it, or NONE. */
  request: number;
  /** Machine of the latest attempt. */
  machine: number;
  /** When the attempt is given up; NEVER if none is under way. */
  timeoutAt: Instant;
  /** When the next attempt starts; NEVER if none is planned. */
  retryAt: Instant;
}

/** One attempt of a call at one machine. */
export interface Request {
  /** Slot of its call; NONE once the caller has given up. */
  call: number;
  /** As in its call. */
  entry: number;
  /** As in its call. */
  task: number;
  /** As in its call. */
  node: CallNode;
  /** As in its call. */
  level: number;
  /** Machine that it goes to. */
  machine: number;
  /** Earlier attempts of the same call. */
  retries: number;
  /** Uniform in [0, 1) for admission control. */
  uniform: number;
  /** When it arrived at the machine. */
  arrived: Instant;
  /** When its result is of no more use; NEVER if it does not carry a deadline. */
  deadline: Instant;
  /** Computing it needs in all, us. */
  work: number;
  /** Calls it has made. */
  callsMade: number;
  /** Its turns on a core while its caller waited. */
  turns: number;
  /** What its reply says. */
  outcome: Outcome;
}

const NO_NODE: CallNode = { tier: 0, ordinal: 0, requestDelay: 0, replyDelay: 0, calls: [] };

const newCall = (): Call => ({
  entry: 0,
  task: 0,
  node: NO_NODE,
  level: 0,
  parent: NONE,
  beganAt: START,
  deadline: NEVER,
  attempts: 0,
  request: NONE,
  machine: 0,
  timeoutAt: NEVER,
  retryAt: NEVER,
});

const newRequest = (): Request => ({
  call: NONE,
  entry: 0,
  task: 0,
  node: NO_NODE,
  level: 0,
  machine: 0,
  retries: 0,
  uniform: 0,
  arrived: START,
  deadline: NEVER,
  work: 0,
  callsMade: 0,
  turns: 0,
  outcome: "done",
});

/** A pool of objects of one kind, by slot; released slots are reused. */
class Pool<Thing> {
  readonly #make: () => Thing;
  readonly #things: Thing[] = [];
  readonly #vacant: number[] = [];

  constructor(make: () => Thing) {
    this.#make = make;
  }

  take(): number {
    return this.#vacant.pop() ?? this.#things.push(this.#make()) - 1;
  }

  release(place: number): void {
    this.#vacant.push(place);
  }

  at(place: number): Thing {
    return this.#things[place]!;
  }
}

/** Returns an empty pool of calls. */
export const newCalls = (): Pool<Call> => new Pool(newCall);
/** Returns an empty pool of requests. */
export const newRequests = (): Pool<Request> => new Pool(newRequest);
