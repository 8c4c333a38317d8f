/**
 * What is under way between machines. A call is what a caller wants: it lasts until it is answered or given up, over
 * as many attempts as that takes. A visit is one attempt on one machine; it may outlive its caller's interest, and
 * then it works for nobody. Both are kept and used again, named by their places.
 */
import { type Instant, NEVER, START } from "../../base/units.ts";
import type { Way } from "./callers.ts";

export const NOBODY = -1;

/** How a call, or a task, ended. `shed`: overload control turned it away. `late`: it took too long. `down`: nobody there. */
export type Ending = "done" | "shed" | "late" | "down" | "refused";

/** What is told of the backbone while it runs. Tiers and entries are numbers, in the scenario's order. */
export interface ServiceNotes {
  offer(entry: number, at: Instant): void;
  /** A task has ended. */
  task(entry: number, offered: Instant, ending: Ending, took: number): void;
  /** A request has come to a machine, after so many attempts of the same call. */
  request(tier: number, at: Instant, attempt: number): void;
  /** A machine turned a request away, or a caller held it back on its account: then it has not come. */
  shed(tier: number, at: Instant, isHeldBack: boolean): void;
  begun(tier: number, at: Instant, waited: number): void;
  computed(tier: number, at: Instant, us: number, isForNobody: boolean): void;
}

export interface Call {
  entry: number;
  /** The entry's n-th task. */
  task: number;
  /** Which of the task's requests. */
  way: Way;
  level: number;
  /** The visit that called, or NOBODY: a user. */
  parent: number;
  began: Instant;
  deadline: Instant;
  /** Attempts so far. */
  attempts: number;
  /** The visit under way for it, and the machine that was asked. */
  visit: number;
  machine: number;
  /** When the attempt is given up, and when the next one begins; NEVER when neither. */
  timeoutAt: Instant;
  retryAt: Instant;
}

export interface Visit {
  /** The call it is for, or NOBODY: its caller has gone. */
  call: number;
  entry: number;
  task: number;
  way: Way;
  level: number;
  machine: number;
  /** Attempts of its call before this one, and a uniform in [0, 1) for the guard. */
  attempt: number;
  dice: number;
  arrived: Instant;
  deadline: Instant;
  /** Computing it needs in all. */
  work: number;
  /** Calls it has made. */
  stage: number;
  ending: Ending;
}

const NOWHERE: Way = { tier: 0, place: 0, there: 0, back: 0, calls: [] };

const newCall = (): Call => ({
  entry: 0,
  task: 0,
  way: NOWHERE,
  level: 0,
  parent: NOBODY,
  began: START,
  deadline: NEVER,
  attempts: 0,
  visit: NOBODY,
  machine: 0,
  timeoutAt: NEVER,
  retryAt: NEVER,
});

const newVisit = (): Visit => ({
  call: NOBODY,
  entry: 0,
  task: 0,
  way: NOWHERE,
  level: 0,
  machine: 0,
  attempt: 0,
  dice: 0,
  arrived: START,
  deadline: NEVER,
  work: 0,
  stage: 0,
  ending: "done",
});

/** Things of one kind, by place; a place that is given back is given out again. */
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

  give(place: number): void {
    this.#vacant.push(place);
  }

  at(place: number): Thing {
    return this.#things[place]!;
  }
}

export const newCalls = (): Pool<Call> => new Pool(newCall);
export const newVisits = (): Pool<Visit> => new Pool(newVisit);
