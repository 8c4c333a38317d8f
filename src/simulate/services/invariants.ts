/** Invariants of the machines behind the access servers. */
import type { Services } from "../../world/services/services.ts";
import type { InvariantResult } from "../findings.ts";
import { type Invariant, Invariants } from "../invariants.ts";

/** Checks the invariants of every machine of every tier. */
export class ServicesInvariants {
  readonly #services: Services;
  readonly #invariants = new Invariants(INVARIANTS);

  constructor(services: Services) {
    this.#services = services;
  }

  /** Checks all invariants; the last check is like any other. */
  check(): readonly InvariantResult[] {
    return this.#invariants.check(this.#services);
  }
}

const INVARIANTS: readonly Invariant<Services>[] = [
  {
    name: "cores within capacity",
    breach: ({ tiers }) => {
      for (const { model, machines } of tiers)
        for (const { name, queue: station } of machines)
          if (!(station.busyCores >= 0 && station.busyCores <= model.cores))
            return `${name} computes on ${String(station.busyCores)} of ${String(model.cores)} cores`;
      return undefined;
    },
  },
  {
    name: "units within memory",
    breach: ({ tiers }) => {
      for (const { machines, units: unitsMost } of tiers)
        for (const { name, queue: station } of machines)
          if (!(station.units >= station.busyCores && station.units <= unitsMost))
            return `${name} has ${String(station.units)} units, room for ${String(unitsMost)}, ${String(station.busyCores)} busy`;
      return undefined;
    },
  },
];
