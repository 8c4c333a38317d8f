/**
 * Callers of the machines of a tier: the users of an entry together, or one machine of another tier. A caller remembers what it
 * learnt from its calls: the load of each machine, the levels that it admits, and the retries that are left.
 */
import { type Balancing, choose } from "../../algorithms/overload/balancing.ts";
import { LEVELS } from "../../algorithms/overload/levels.ts";
import { Retries } from "../../algorithms/overload/retry.ts";
import type { Admission } from "../../algorithms/overload/admission.ts";
import { type Duration, type Instant, NEVER } from "../../base/units.ts";
import { HEALTH_CHECK, LEVEL_FORGOTTEN } from "../../scenario/services/names.ts";
import type { CallerModel } from "../../scenario/services/shape.ts";

/** What health checks of a tier can report. */
export interface Health {
  /** True if the machine was up at the time. */
  readonly wasUp: (machine: number, at: Instant) => boolean;
}

/** The client side of calls to one tier: balancing, retries, and admission levels learnt from replies. */
export class Caller {
  /** Time that an attempt may take. */
  readonly timeout: Duration;
  /** Mean pause before a retry. */
  readonly backOff: Duration;
  /** Its retry budget. */
  readonly retries: Retries;
  readonly #count: number;
  readonly #balancing: Balancing;
  /** By machine: attempts without a reply. */
  readonly #waiting: Int32Array;
  /**
   * By machine: the admission level of its latest reply, when that came, requests held back since, and their level.
   */
  readonly #levels: Float64Array;
  readonly #levelAt: Float64Array;
  readonly #heldBack: Int32Array;
  readonly #heldBackLevel: Float64Array;
  #turn = 0;
  readonly #choice = { who: 0, phase: 0, u: 0, v: 0, attempt: 0, turn: 0 };
  readonly #pool: {
    readonly count: number;
    now: Instant;
    readonly waiting: (machine: number) => number;
    readonly isListed: (machine: number, at: Instant) => boolean;
  };
  /** Set for machines, which have health checks; users have none. */
  readonly #health: Health | undefined;

  constructor(model: CallerModel, count: number, health: Health, isMachine: boolean) {
    this.timeout = model.timeout;
    this.backOff = model.backOff;
    this.retries = new Retries(model.retries);
    this.#count = count;
    this.#balancing = model.balance;
    this.#waiting = new Int32Array(count);
    this.#levels = new Float64Array(count).fill(LEVELS);
    this.#levelAt = new Float64Array(count);
    this.#heldBack = new Int32Array(count);
    this.#heldBackLevel = new Float64Array(count);
    this.#health = isMachine ? health : undefined;
    this.#pool = {
      count,
      now: 0 as Instant,
      waiting: (machine) => this.#waiting[machine]!,
      isListed: (machine, at) => health.wasUp(machine, at),
    };
  }

  /** Returns the machine to call; the uniforms are those of `Choice`. */
  pick(draws: { who: number; phase: number; u: number; v: number }, attempt: number, now: Instant): number {
    const choice = this.#choice;
    choice.who = draws.who;
    choice.phase = draws.phase;
    choice.u = draws.u;
    choice.v = draws.v;
    choice.attempt = attempt;
    choice.turn = this.#turn++;
    this.#pool.now = now;
    const first = choose(this.#balancing, choice, this.#pool);
    if (this.#health === undefined) return first;
    const known = Math.max(0, now - HEALTH_CHECK) as Instant;
    for (let step = 0; step < this.#count; step++) {
      const machine = (first + step) % this.#count;
      if (this.#health.wasUp(machine, known)) return machine;
    }
    return first;
  }

  /**
   * True if the machine is known to turn away this level: the request is then held back, and counted for
   * `reportHeldBack`.
   */
  isHeldBack(machine: number, level: number, now: Instant): boolean {
    if (level < this.#levels[machine]! || now >= this.#levelAt[machine]! + LEVEL_FORGOTTEN) return false;
    this.#heldBack[machine]! += 1;
    this.#heldBackLevel[machine] = level;
    return true;
  }

  /** Counts an attempt that starts. */
  startAttempt(machine: number): void {
    this.#waiting[machine]! += 1;
  }

  /** Reports the requests held back since the last report, along with a request. */
  reportHeldBack(machine: number, admission: Admission): void {
    if (this.#heldBack[machine] === 0) return;
    admission.heldBack(this.#heldBackLevel[machine]!, this.#heldBack[machine]!);
    this.#heldBack[machine] = 0;
  }

  /** Takes in the admission level that a reply carries, whatever its outcome. */
  learnLevel(machine: number, level: number, now: Instant): void {
    this.#levels[machine] = level;
    this.#levelAt[machine] = now;
  }

  /** Counts an attempt that ended, with or without a reply. */
  endAttempt(machine: number): void {
    this.#waiting[machine]! -= 1;
  }
}

/** One request in the call tree of an entry's tasks, and the calls it makes; times in microseconds. */
export interface CallNode {
  /** Tier that is called. */
  readonly tier: number;
  /** Its number in the tree. */
  readonly ordinal: number;
  /** Time from caller to machine. */
  readonly requestDelay: number;
  /** Time from machine to caller. */
  readonly replyDelay: number;
  /** Calls it makes, one after the other. */
  readonly calls: readonly CallNode[];
}

/** What calls need to know of the entry of their task. */
export interface Origin {
  /** Identity of its draws. */
  readonly key: number;
  /** The entry's users, as callers. */
  readonly caller: Caller;
  /** Place of its priority among those of all entries, from 0 for the most important. */
  readonly rank: number;
  /** Root of the call tree of its tasks. */
  readonly root: CallNode;
}

/** The latest downtime of each machine of a tier; earlier ones are forgotten. */
export class Uptime {
  readonly #downAt: Float64Array;
  readonly #upAt: Float64Array;

  constructor(machines: number) {
    this.#downAt = new Float64Array(machines).fill(NEVER);
    this.#upAt = new Float64Array(machines).fill(NEVER);
  }

  /** Notes that a machine goes down. */
  goDown(machine: number, now: Instant): void {
    this.#downAt[machine] = now;
    this.#upAt[machine] = NEVER;
  }

  /** Notes that a machine comes up. */
  comeUp(machine: number, now: Instant): void {
    this.#upAt[machine] = now;
  }

  /** True if the machine was up at the time, as far as its latest downtime tells. */
  wasUp(machine: number, at: Instant): boolean {
    return at < this.#downAt[machine]! || at >= this.#upAt[machine]!;
  }
}
