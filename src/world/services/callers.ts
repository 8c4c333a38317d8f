/**
 * Whoever calls machines of another tier: the users of an entry together, or one machine. A caller remembers what its
 * calls taught it: how loaded each machine seems, which levels it welcomes, how many retries are left.
 */
import { type Balancing, choose } from "../../algorithms/overload/balancing.ts";
import { LEVELS } from "../../algorithms/overload/levels.ts";
import { Retries } from "../../algorithms/overload/retry.ts";
import type { Admission } from "../../algorithms/overload/admission.ts";
import { type Instant, NEVER } from "../../base/units.ts";
import { type CallerModel, HEALTH_CHECK, LEVEL_FORGOTTEN } from "../../scenario/services/shape.ts";

/** What a caller can know of a machine: whether it was up at a time. */
export interface Health {
  readonly wasUp: (machine: number, at: Instant) => boolean;
}

/** What a caller has learnt of the machines of one tier. */
export class Caller {
  readonly model: CallerModel;
  readonly retries: Retries;
  readonly #count: number;
  readonly #balance: Balancing;
  /** Calls to each that are not answered. */
  readonly #waiting: Int32Array;
  /** The level each told of last, and when; what was held back since, and of which level. */
  readonly #levels: Float64Array;
  readonly #heard: Float64Array;
  readonly #spared: Int32Array;
  readonly #sparedLevel: Float64Array;
  #turn = 0;
  readonly #choice = { who: 0, phase: 0, u: 0, v: 0, attempt: 0, turn: 0 };
  readonly #pool: {
    readonly count: number;
    now: Instant;
    readonly waiting: (machine: number) => number;
    readonly isListed: (machine: number, at: Instant) => boolean;
  };
  /** A machine hears from health checks which others are down; users do not. */
  readonly #health: Health | undefined;

  constructor(model: CallerModel, count: number, health: Health, isMachine: boolean) {
    this.model = model;
    this.retries = new Retries(model.retries);
    this.#count = count;
    this.#balance = model.balance;
    this.#waiting = new Int32Array(count);
    this.#levels = new Float64Array(count).fill(LEVELS);
    this.#heard = new Float64Array(count);
    this.#spared = new Int32Array(count);
    this.#sparedLevel = new Float64Array(count);
    this.#health = isMachine ? health : undefined;
    this.#pool = {
      count,
      now: 0 as Instant,
      waiting: (machine) => this.#waiting[machine]!,
      isListed: (machine, at) => health.wasUp(machine, at),
    };
  }

  /** The machine to ask; the four uniforms are those of `Choice`. */
  pick(draws: { who: number; phase: number; u: number; v: number }, attempt: number, now: Instant): number {
    const choice = this.#choice;
    choice.who = draws.who;
    choice.phase = draws.phase;
    choice.u = draws.u;
    choice.v = draws.v;
    choice.attempt = attempt;
    choice.turn = this.#turn++;
    this.#pool.now = now;
    const first = choose(this.#balance, choice, this.#pool);
    if (this.#health === undefined) return first;
    const known = Math.max(0, now - HEALTH_CHECK) as Instant;
    for (let step = 0; step < this.#count; step++) {
      const machine = (first + step) % this.#count;
      if (this.#health.wasUp(machine, known)) return machine;
    }
    return first;
  }

  /** Whether the machine is known to turn such a request away; it is then held back, and the machine will be told. */
  holdsBack(machine: number, level: number, now: Instant): boolean {
    if (level < this.#levels[machine]! || now >= this.#heard[machine]! + LEVEL_FORGOTTEN) return false;
    this.#spared[machine]! += 1;
    this.#sparedLevel[machine] = level;
    return true;
  }

  send(machine: number): void {
    this.#waiting[machine]! += 1;
  }

  /** With a request goes what was held back since the last one. */
  tell(machine: number, admission: Admission): void {
    if (this.#spared[machine] === 0) return;
    admission.heldBack(this.#sparedLevel[machine]!, this.#spared[machine]!);
    this.#spared[machine] = 0;
  }

  /** A reply, whatever it says, carries the level. */
  hear(machine: number, level: number, now: Instant): void {
    this.#levels[machine] = level;
    this.#heard[machine] = now;
  }

  /** An attempt is over, with or without a reply. */
  settle(machine: number): void {
    this.#waiting[machine]! -= 1;
  }
}

/** One request of every task of an entry, and those made on its way; times in microseconds. */
export interface Way {
  readonly tier: number;
  /** Its number in the task. */
  readonly place: number;
  /** From caller to machine, and back. */
  readonly there: number;
  readonly back: number;
  readonly calls: readonly Way[];
}

/** What calls need to know of the entry whose task they are for. */
export interface Origin {
  /** Names its draws. */
  readonly key: number;
  /** The users, as callers. */
  readonly caller: Caller;
  readonly way: Way;
}

/** When a machine was last down. */
export class Uptime {
  readonly #downAt: Float64Array;
  readonly #upAt: Float64Array;

  constructor(machines: number) {
    this.#downAt = new Float64Array(machines).fill(NEVER);
    this.#upAt = new Float64Array(machines).fill(NEVER);
  }

  goDown(machine: number, now: Instant): void {
    this.#downAt[machine] = now;
    this.#upAt[machine] = NEVER;
  }

  comeUp(machine: number, now: Instant): void {
    this.#upAt[machine] = now;
  }

  /** Only the last time that it was down is remembered. */
  wasUp(machine: number, at: Instant): boolean {
    return at < this.#downAt[machine]! || at >= this.#upAt[machine]!;
  }
}
