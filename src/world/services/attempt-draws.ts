/** The draws of attempts: each belongs to a task, a node of its call tree and the ordinal of the attempt. */
import { fractionOf } from "../../base/chance.ts";
import { exponential } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import type { Node } from "./call-nodes.ts";

/** Attempts that have draws of their own; later ones share the last. */
const DRAWN = 8;

/** Draws what attempts are decided by. */
export class AttemptDraws {
  /** Uniforms of the choice of a machine, as in `Choice`. */
  readonly choice = { who: 0, phase: 0, u: 0, v: 0 };
  readonly #attempts: Draws;
  readonly #users: Draws;
  readonly #pauses: Draws;

  constructor(seed: string) {
    this.#attempts = new Draws(seed, "attempt of a call");
    this.#users = new Draws(seed, "list of a user");
    this.#pauses = new Draws(seed, "pause before a retry");
  }

  /** Draws for an attempt of a task's call to a node, after `attempt` others. */
  draw({ key, ordinal }: Node, task: number, attempt: number): void {
    const { out } = this.#attempts;
    this.#attempts.at(key, task, ordinal * DRAWN + Math.min(attempt, DRAWN - 1));
    this.choice.u = fractionOf(out[0]!);
    this.choice.v = fractionOf(out[1]!);
  }

  /** Draws the uniforms that a user keeps. */
  ofUser({ key }: Node, task: number): void {
    const { out } = this.#users;
    this.#users.two(key, task, 0);
    this.choice.who = fractionOf(out[0]!);
    this.choice.phase = fractionOf(out[1]!);
  }

  /** Sets the uniforms of one machine of several, which are always the same. */
  ofMachine(machine: number, { length }: Node["machines"]): void {
    this.choice.who = (machine + 0.5) / length;
    this.choice.phase = this.choice.who;
  }

  /** The uniform for admission control of the attempt drawn last. */
  get admission(): number {
    return fractionOf(this.#attempts.out[2]!);
  }

  /** The uniform for the caller's throttle of the attempt drawn last. */
  get throttle(): number {
    return fractionOf(this.#attempts.out[3]!);
  }

  /** Draws the pause before a retry that follows `attempts` attempts. */
  pause({ key, ordinal }: Node, task: number, attempts: number, mean: Duration): Duration {
    const u = open(this.#pauses.at(key, task, ordinal * DRAWN + Math.min(attempts, DRAWN - 1)));
    return Math.round(exponential(u, mean)) as Duration;
  }
}
