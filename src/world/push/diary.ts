/** What will happen in the world of push, in one order: by time, and among equal times by who asked first. */
import { after, type Duration, type Instant, START } from "../../base/units.ts";
import { Agenda } from "../../engine/agenda.ts";

export class Diary {
  now: Instant = START;
  readonly #agenda = new Agenda();
  /** By an event's payload; places of those that have happened are taken again. */
  readonly #acts: (() => void)[] = [];
  readonly #free: number[] = [];

  at(time: Instant, act: () => void): void {
    const place = this.#free.pop() ?? this.#acts.length;
    this.#acts[place] = act;
    this.#agenda.push(Math.max(this.now, time), place);
  }

  in(wait: Duration, act: () => void): void {
    this.at(after(this.now, wait), act);
  }

  /** Lives through all that happens before `until`, and returns how many events that were. */
  advance(until: Instant): number {
    const agenda = this.#agenda;
    let events = 0;
    for (; agenda.peekTime() < until; events++) {
      agenda.pop();
      this.now = agenda.topTime as Instant;
      const act = this.#acts[agenda.topPayload]!;
      this.#free.push(agenda.topPayload);
      act();
    }
    this.now = until;
    return events;
  }
}
