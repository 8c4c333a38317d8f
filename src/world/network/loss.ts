/**
 * Loss models: independent, in bursts of packets, or in outages of time. Bursts of packets advance only when a flow sends, so a flow
 * that only repeats stays in one for long; radio behaves like outages.
 */
import type { RandomStream } from "../../base/random.ts";

/** Decides which packets of one direction of a flow are lost, or of both directions if they share it. */
export interface Loss {
  /** True if a packet sent at that time passes; call in the order of sending. */
  passes(atUs: number, chance: RandomStream): boolean;
}

/** Every packet with the same chance (Bernoulli). */
export class EvenLoss implements Loss {
  readonly #share: number;

  constructor(share: number) {
    this.#share = share;
  }

  /** True if the packet passes. */
  passes(_atUs: number, chance: RandomStream): boolean {
    return this.#share <= 0 || chance.next() >= this.#share;
  }
}

/** Gilbert's chain stepped by each packet: all are lost while it is bad, for `burst` packets on average. */
export class PacketBursts implements Loss {
  readonly #begins: number;
  readonly #ends: number;
  #isBad: boolean;

  /** `share`: of packets lost in the long run, in [0, 1); `burst` at least 1. */
  constructor(share: number, burst: number, chance: RandomStream) {
    this.#ends = 1 / burst;
    this.#begins = (this.#ends * share) / (1 - share);
    this.#isBad = chance.next() < share;
  }

  /** True if the packet passes; moves the chain by one step. */
  passes(_atUs: number, chance: RandomStream): boolean {
    this.#isBad = this.#isBad ? chance.next() >= this.#ends : chance.next() < this.#begins;
    return !this.#isBad;
  }
}

/** Mean periods after which the state no longer depends on an earlier one: the chance that it does is below e^-1000. */
const FORGOTTEN = 1_000;

/** Outages in time, exponential in length with a mean of `badUs`: both directions are cut at once. */
export class OutageProcess implements Loss {
  readonly #share: number;
  readonly #meanUs: readonly [good: number, bad: number];
  #isBad: boolean;
  #asked = false;
  /** When the state changes next. */
  #changesUs = 0;

  constructor(share: number, badUs: number, chance: RandomStream) {
    this.#share = share;
    this.#meanUs = [(badUs * (1 - share)) / share, badUs];
    this.#isBad = chance.next() < share;
  }

  /** True if no outage is under way; times must not decrease. */
  passes(atUs: number, chance: RandomStream): boolean {
    const [goodUs, badUs] = this.#meanUs;
    if (!this.#asked) {
      this.#asked = true;
      this.#last(0, chance);
    } else if (atUs - this.#changesUs > FORGOTTEN * (goodUs + badUs)) {
      this.#isBad = chance.next() < this.#share;
      this.#last(atUs, chance);
    }
    while (this.#changesUs <= atUs) {
      this.#isBad = !this.#isBad;
      this.#last(this.#changesUs, chance);
    }
    return !this.#isBad;
  }

  /** Draws how long the state lasts from `fromUs`. */
  #last(fromUs: number, chance: RandomStream): void {
    this.#changesUs = fromUs - Math.log(chance.next()) * this.#meanUs[this.#isBad ? 1 : 0];
  }
}
