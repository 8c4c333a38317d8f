/** Hosts of workers. A host that crashes loses all that it knows, and its slots have other names after the restart. */
import { assert } from "../../base/assert.ts";
import { exponential } from "../../base/math.ts";
import { Draws, identity, open } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import { Slot, type WorkerParts } from "./workers.ts";

const HOUR = 3_600_000_000;

/** What a host needs. */
export interface HostParts extends WorkerParts {
  readonly seed: string;
}

/** A host with its slots. Crashes are a Poisson process at the rate that faults set. */
export class Host {
  readonly name: string;
  /** Its place among all hosts. */
  readonly place: number;
  readonly #parts: HostParts;
  readonly #luck: Draws;
  #slots: readonly Slot[] = [];
  #starts = 0;
  /** How far its clock is ahead. */
  skew = 0 as Duration;
  #rate = 0;
  /** What is left until the next crash, in expected crashes; counts down at the rate while the host is up. */
  #left = 0;
  #crashes = 0;
  #since = 0;
  #plan = 0;
  #isUp = true;

  constructor(name: string, place: number, parts: HostParts) {
    this.name = name;
    this.place = place;
    this.#parts = parts;
    this.#luck = new Draws(parts.seed, "a host crashes");
    this.#drawNext();
    this.#start();
  }

  /** False from a crash until the restart. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Number of crashes so far. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Sets the rate of crashes, in crashes per hour. */
  setCrashes(anHour: number): void {
    if (anHour === this.#rate) return;
    const { now } = this.#parts.events;
    this.#left -= ((now - this.#since) * this.#rate) / HOUR;
    this.#since = now;
    this.#rate = anHour;
    this.#expect();
  }

  /** Crashes the host now; throws if it is down. The next crash is drawn at the restart. */
  crash(): void {
    assert(this.#isUp, () => `${this.name} is down`);
    const { events, broker, model } = this.#parts;
    this.#crashes += 1;
    this.#plan += 1;
    for (const slot of this.#slots) slot.die();
    broker.lose(this.place);
    this.#isUp = false;
    events.in(model.workers.restart, () => {
      this.#isUp = true;
      this.#start();
      this.#drawNext();
      this.#since = events.now;
      this.#expect();
    });
  }

  #expect(): void {
    const plan = ++this.#plan;
    if (this.#rate === 0 || !this.#isUp) return;
    const { events } = this.#parts;
    events.in(Math.round((this.#left * HOUR) / this.#rate) as Duration, () => {
      if (plan === this.#plan) this.crash();
    });
  }

  #drawNext(): void {
    this.#left = exponential(open(this.#luck.at(identity(this.name), this.#starts, 0)), 1);
  }

  #start(): void {
    const start = String(++this.#starts);
    this.#slots = Array.from(
      { length: this.#parts.model.workers.slots },
      (_, slot) => new Slot(this, `${this.name}/${String(slot + 1)}#${start}`, this.#parts),
    );
    for (const slot of this.#slots) this.#parts.broker.wait(slot);
  }
}
