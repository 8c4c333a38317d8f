/** Actions by time, run in one order: by time and, among equal times, by who asked first. */
import { after, type Duration, type Instant, START } from "../base/units.ts";
import { Agenda } from "./agenda.ts";

/** A queue of actions by time; equal times run in the order of asking. */
export class EventQueue {
  /** The time of the action that is running; between runs, the end of the last run. */
  now: Instant = START;
  readonly #agenda = new Agenda();
  /** By an event's payload; the slot of an action that has begun is used again. */
  readonly #actions: (() => void)[] = [];
  readonly #free: number[] = [];

  /** Runs `action` once at `time`, or at `now` if `time` is past. */
  at(time: Instant, action: () => void): void {
    const slot = this.#free.pop() ?? this.#actions.length;
    this.#actions[slot] = action;
    this.#agenda.push(Math.max(this.now, time), slot);
  }

  /** Runs `action` once, `wait` after `now`. */
  in(wait: Duration, action: () => void): void {
    this.at(after(this.now, wait), action);
  }

  /** Runs all actions before `until` and returns their number. */
  runBefore(until: Instant): number {
    let actions = 0;
    for (; this.#agenda.peekTime() < until; actions++) this.#runNext();
    this.now = until;
    return actions;
  }

  /** Runs all actions up to and including `until`. */
  runThrough(until: Instant): void {
    while (this.#agenda.peekTime() <= until) this.#runNext();
    this.now = until;
  }

  #runNext(): void {
    const agenda = this.#agenda;
    agenda.pop();
    const slot = agenda.topPayload;
    const action = this.#actions[slot]!;
    this.#free.push(slot);
    this.now = agenda.topTime as Instant;
    action();
  }
}
