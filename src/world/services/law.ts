/** How long the work of one request takes: a law and its mean, drawn by inversion of one uniform. */
import { exponential, normalQuantile } from "../../base/math.ts";
import type { ServiceLaw } from "../../scenario/services/shape.ts";

/** Whole microseconds of computing, from a uniform in (0, 1). */
export const workOf = (law: ServiceLaw, u: number): number => {
  switch (law.law) {
    case "fixed":
      return law.mean;
    case "exponential":
      return Math.round(exponential(u, law.mean));
    case "lognormal": {
      const spread = Math.log(1 + law.variation * law.variation);
      return Math.round(law.mean * Math.exp(Math.sqrt(spread) * normalQuantile(u) - spread / 2));
    }
  }
};
