/** Service times: each kind of distribution with its mean, drawn by inversion of one uniform. */
import { exponential, normalQuantile } from "../../base/math.ts";
import type { ServiceLaw } from "../../scenario/services/shape.ts";

/** The service times of a tier. */
export class ServiceTimes {
  readonly #law: ServiceLaw["law"];
  readonly #mean: number;
  /** Of a lognormal: variance and standard deviation of its logarithm. */
  readonly #spread: number;
  readonly #deviation: number;

  constructor(work: ServiceLaw) {
    this.#law = work.law;
    this.#mean = work.mean;
    this.#spread = work.law === "lognormal" ? Math.log(1 + work.variation * work.variation) : 0;
    this.#deviation = Math.sqrt(this.#spread);
  }

  /** Returns a service time in whole microseconds, from a uniform in (0, 1). */
  at(u: number): number {
    if (this.#law === "exponential") return Math.round(exponential(u, this.#mean));
    if (this.#law === "fixed") return this.#mean;
    return Math.round(this.#mean * Math.exp(this.#deviation * normalQuantile(u) - this.#spread / 2));
  }
}
