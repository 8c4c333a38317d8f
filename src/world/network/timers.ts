/**
 * When a kernel repeats itself: Linux's timers, which end late on coarse ticks, and its estimate of the round trip, which
 * a lost acknowledgement inflates for the rest of a connection.
 */
import type { Stream } from "../../base/random.ts";

const MIN_RTO_MS = 200;

/** Linux's timer wheel at 250 ticks a second: the longer the timer, the coarser the tick it may be late by. */
export const late = (waitMs: number, chance: Stream): number => {
  const ticks = Math.ceil(waitMs / 4);
  let coarse = 1;
  let limit = 63;
  while (ticks >= limit) {
    coarse *= 8;
    limit *= 8;
  }
  return (ticks + coarse * chance.next()) * 4;
};

/** Linux's round-trip estimator (tcp_rtt_estimator), in milliseconds. */
export class Estimator {
  srtt: number;
  #deviation: number;
  #variance: number;
  #largest: number;

  constructor(sample: number) {
    this.srtt = sample;
    this.#deviation = 2 * sample;
    this.#variance = this.#largest = Math.max(2 * sample, MIN_RTO_MS);
  }

  add(sample: number): void {
    const error = sample - this.srtt;
    this.srtt += error / 8;
    const excess = Math.abs(error) - this.#deviation / 4;
    this.#deviation += error < 0 && excess > 0 ? excess / 8 : excess;
    if (this.#deviation > this.#largest) {
      this.#largest = this.#deviation;
      this.#variance = Math.max(this.#variance, this.#largest);
    }
    if (this.#largest < this.#variance) this.#variance -= (this.#variance - this.#largest) / 4;
    this.#largest = MIN_RTO_MS;
  }

  get rto(): number {
    return this.srtt + this.#variance;
  }

  /** Until the tail-loss probe; a lone segment waits for a delayed acknowledgement too. */
  probeAfter(alone: boolean): number {
    return Math.min(2 * this.srtt + (alone ? MIN_RTO_MS : 8), this.rto);
  }
}
