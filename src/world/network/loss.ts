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

/** Outages in time, exponential in length with a mean of `badUs`: both directions are cut at once. */
export class OutageProcess implements Loss {
  readonly #meanUs: readonly [good: number, bad: number];
  /** Times at which the state changes, ascending; the first state lasts until the first of them. */
  readonly #changes: number[] = [];
  readonly #beginsBad: boolean;

  constructor(share: number, badUs: number, chance: RandomStream) {
    this.#meanUs = [(badUs * (1 - share)) / share, badUs];
    this.#beginsBad = chance.next() < share;
  }

  /** True if no outage is under way. */
  passes(atUs: number, chance: RandomStream): boolean {
    const changes = this.#changes;
    while ((changes.at(-1) ?? -1) <= atUs) {
      const isBad = this.#beginsBad === (changes.length % 2 === 0);
      changes.push((changes.at(-1) ?? 0) - Math.log(chance.next()) * this.#meanUs[isBad ? 1 : 0]);
    }
    // Few changes are later than `atUs`: the two directions ask nearly in order.
    let place = changes.length;
    while (place > 0 && changes[place - 1]! > atUs) place -= 1;
    return this.#beginsBad !== (place % 2 === 0);
  }
}
