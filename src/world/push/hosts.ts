/** Hosts of workers. One that crashes forgets everything, and comes back as somebody else. */
import { assert } from "../../base/assert.ts";
import { exponential } from "../../base/math.ts";
import { Draws, identity, open } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import { Slot, type Surroundings } from "./workers.ts";

const HOUR = 3_600_000_000;

/** Crashes come as they please, so many an hour on the average. */
export class Host {
  readonly name: string;
  readonly #place: number;
  readonly #around: Surroundings;
  readonly #luck: Draws;
  #slots: readonly Slot[] = [];
  #starts = 0;
  skew = 0 as Duration;
  #rate = 0;
  /** What is left until the next crash, in crashes; counted down while there is a rate. */
  #left = 0;
  #crashes = 0;
  #since = 0;
  #plan = 0;
  #isUp = true;

  constructor(name: string, place: number, around: Surroundings) {
    this.name = name;
    this.#place = place;
    this.#around = around;
    this.#luck = new Draws(around.seed, "a host crashes");
    this.#drawNext();
    this.#start();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Crashes that there have been. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Slots that live and have a block. */
  get busy(): readonly Slot[] {
    return this.#slots.filter((slot) => slot.isAlive && slot.block !== undefined);
  }

  /** What its slots have worked until now is noted. */
  settle(): void {
    for (const slot of this.#slots) slot.settle();
  }

  setCrashes(anHour: number): void {
    if (anHour === this.#rate) return;
    const { now } = this.#around.diary;
    this.#left -= ((now - this.#since) * this.#rate) / HOUR;
    this.#since = now;
    this.#rate = anHour;
    this.#expect();
  }

  /** Now. Whoever is down cannot crash: the clock of crashes goes on when it is up again. */
  crash(): void {
    assert(this.#isUp, () => `${this.name} is down`);
    const { diary, broker, model } = this.#around;
    this.#crashes += 1;
    this.#plan += 1;
    for (const slot of this.#slots) slot.die();
    broker.lose(this.#place);
    this.#isUp = false;
    diary.in(model.workers.restart, () => {
      this.#isUp = true;
      this.#start();
      this.#drawNext();
      this.#since = diary.now;
      this.#expect();
    });
  }

  #expect(): void {
    const plan = ++this.#plan;
    if (this.#rate === 0 || !this.#isUp) return;
    const { diary } = this.#around;
    diary.in(Math.round((this.#left * HOUR) / this.#rate) as Duration, () => {
      if (plan === this.#plan) this.crash();
    });
  }

  #drawNext(): void {
    this.#left = exponential(open(this.#luck.at(identity(this.name), this.#starts, 0)), 1);
  }

  #start(): void {
    const start = String(++this.#starts);
    this.#slots = Array.from(
      { length: this.#around.model.workers.slots },
      (_, slot) => new Slot(this.#place, `${this.name}/${String(slot + 1)}#${start}`, this.#around, () => this.skew),
    );
    for (const slot of this.#slots) this.#around.broker.wait(slot);
  }
}
