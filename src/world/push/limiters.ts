/**
 * The limiter's key on its shard: one time for the rate, or a count for each second of the worker's clock. The key belongs to
 * one life of one primary: a replica that takes its place has a copy that may be older than the last grant, and does not use it.
 */
import { gcra, type Rate, type Reservation, SecondCounter } from "../../algorithms/push/limiter.ts";
import { type Duration, type Instant, SECOND } from "../../base/units.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { Holding } from "./stores.ts";

/** The limiter that all workers share. */
export class LimiterKey implements Holding {
  readonly #model: PushModel["limiter"];
  readonly #rate: Rate;
  #tat: number | undefined;
  #counter = new SecondCounter("by-second");

  constructor(model: PushModel["limiter"]) {
    this.#model = model;
    this.#rate = { perSecond: model.limit, burst: model.burst, horizon: model.horizon };
  }

  /** Asks for `want` pushes at `now`, for a worker with its clock ahead by `skew`. */
  ask(want: number, now: Instant, skew: Duration): Reservation {
    if (this.#model.kind === "counter") return this.#count(want, now, skew);
    const { tat, granted, wait } = gcra(this.#tat, now, want, this.#rate);
    this.#tat = tat;
    return { granted, wait };
  }

  /** Forgets the key, as an older copy is not used. */
  rewind(): void {
    this.clear();
  }

  /** Forgets the key. */
  clear(): void {
    this.#tat = undefined;
    this.#counter = new SecondCounter("by-second");
  }

  /** Grants begin at once; a refused worker asks again when its own clock shows the next second. */
  #count(want: number, now: Instant, skew: Duration): Reservation {
    if (this.#counter.take(now, want, this.#model.limit, { skew })) return { granted: want, wait: 0 as Duration };
    const shown = now + skew;
    return { granted: 0, wait: ((Math.floor(shown / SECOND) + 1) * SECOND - shown) as Duration };
  }
}
