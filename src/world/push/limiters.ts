/**
 * The limiter's key on its shard: one time for the rate, or a count for each second of the asker's clock. It belongs to one
 * life of one primary: whoever takes its place has a copy that may be older than what was granted last, and does not use it.
 */
import { gcra, type Rate, type Reservation, SecondCounter } from "../../algorithms/push/limiter.ts";
import { type Duration, type Instant, SECOND } from "../../base/units.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { Holding } from "./stores.ts";

export class Limiter implements Holding {
  readonly #model: PushModel["limiter"];
  readonly #rate: Rate;
  #tat: number | undefined;
  #counter = new SecondCounter("by-second");

  constructor(model: PushModel["limiter"]) {
    this.#model = model;
    this.#rate = { perSecond: model.limit, burst: model.burst, horizon: model.horizon };
  }

  ask(want: number, now: Instant, skew: Duration): Reservation {
    if (this.#model.kind === "counter") return this.#count(want, now, skew);
    const { tat, granted, wait } = gcra(this.#tat, now, want, this.#rate);
    this.#tat = tat;
    return { granted, wait };
  }

  rewind(): void {
    this.clear();
  }

  clear(): void {
    this.#tat = undefined;
    this.#counter = new SecondCounter("by-second");
  }

  /** What is granted begins at once; who is refused asks again when its own clock shows the next second. */
  #count(want: number, now: Instant, skew: Duration): Reservation {
    if (this.#counter.take(now, want, this.#model.limit, { skew })) return { granted: want, wait: 0 as Duration };
    const shown = now + skew;
    return { granted: 0, wait: ((Math.floor(shown / SECOND) + 1) * SECOND - shown) as Duration };
  }
}
