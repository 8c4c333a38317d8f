/**
 * The limiter's key on its shard: one time for the rate, or a count for each second of the asker's clock. It is lost with
 * the shard's last writes, as all that lies there.
 */
import { gcra, type Rate, SecondCounter } from "../../algorithms/push/limiter.ts";
import type { Duration, Instant } from "../../base/units.ts";
import type { LimiterModel } from "../../scenario/push.ts";
import type { Holding } from "./stores.ts";

const SECOND = 1_000_000;
/** Old writes are thrown away when so many have gathered. */
const MANY = 1_024;

export interface Granted {
  readonly granted: number;
  /** By the asker's clock. */
  readonly retryAt: Instant;
}

export class Limiter implements Holding {
  readonly #model: LimiterModel;
  readonly #rate: Rate;
  readonly #keeps: Duration;
  /** The latest last; undefined from when it was lost. */
  #tats: { readonly at: Instant; readonly tat: number }[] = [];
  /** Seconds by seconds of the store's clock, so that the last can be lost. */
  #counter = new SecondCounter("by-second");

  constructor(model: LimiterModel, keeps: Duration) {
    this.#model = model;
    this.#rate = { perSecond: model.limit, burst: model.burst };
    this.#keeps = keeps;
  }

  ask(want: number, now: Instant, skew: Duration): Granted {
    if (this.#model.kind === "counter") return this.#count(want, now, skew);
    const { tat, granted, retryAt } = gcra(this.#tats.at(-1)?.tat, now, want, this.#rate);
    // What was refused changes nothing, unless nothing was known.
    if (granted > 0 || this.#tats.length === 0) this.#write(tat, now);
    return { granted, retryAt };
  }

  rewind(to: Instant): void {
    this.#tats = this.#tats.filter(({ at }) => at <= to);
    this.#counter = new SecondCounter("by-second");
  }

  clear(): void {
    this.#tats = [];
    this.#counter = new SecondCounter("by-second");
  }

  #write(tat: number, now: Instant): void {
    this.#tats.push({ at: now, tat });
    if (this.#tats.length < MANY || this.#tats[MANY / 2]!.at > now - this.#keeps) return;
    this.#tats = this.#tats.slice(MANY / 2);
  }

  /** Who is refused asks again when its own clock shows the next second. */
  #count(want: number, now: Instant, skew: Duration): Granted {
    if (this.#counter.take(now, want, this.#model.limit, { skew })) return { granted: want, retryAt: now };
    const shown = now + skew;
    return { granted: 0, retryAt: ((Math.floor(shown / SECOND) + 1) * SECOND - skew) as Instant };
  }
}
