/** Service times: each kind of distribution with its mean, drawn by inversion of one uniform. */
import { exponential, normalQuantile } from "../../base/math.ts";
import type { ServiceLaw } from "../../scenario/services/shape.ts";

/** Returns a service time in whole microseconds, from a uniform in (0, 1). */
export const serviceTime = (distribution: ServiceLaw, u: number): number => {
  switch (distribution.law) {
    case "fixed":
      return distribution.mean;
    case "exponential":
      return Math.round(exponential(u, distribution.mean));
    case "lognormal": {
      const spread = Math.log(1 + distribution.variation * distribution.variation);
      return Math.round(distribution.mean * Math.exp(Math.sqrt(spread) * normalQuantile(u) - spread / 2));
    }
  }
};
