/** Faults of services: machines that are slow or down, entries that surge. */
import type { ServicesFault } from "../../scenario/services/faults.ts";
import { ActiveFaults } from "../active.ts";
import type { Services } from "./services.ts";

/** Applies the active faults to the services. */
export class ServicesFaults {
  readonly #services: Services;
  readonly #active = new ActiveFaults<ServicesFault>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Begins a fault. */
  begin(fault: ServicesFault): void {
    this.#active.begin(fault);
    this.#combine();
  }

  /** Ends a fault. */
  end(fault: ServicesFault): void {
    this.#active.end(fault);
    this.#combine();
  }

  /** Sets the combined effect of all active faults. */
  #combine(): void {
    this.#services.tiers.forEach(({ name: tier, machines }, index) => {
      machines.forEach(({ name }, machine) => {
        const here = this.#active.touching(
          (where) =>
            where.entry === undefined &&
            (where.tier?.includes(tier) ?? true) &&
            (where.machine?.includes(name) ?? true),
        );
        this.#services.setSlowness(
          index,
          machine,
          here.product(({ slow }) => slow),
        );
        this.#services.setDown(index, machine, downOf(here));
      });
    });
    this.#services.entries.forEach(({ name }, index) => {
      const here = this.#active.touching((where) => where.entry?.includes(name) === true);
      this.#services.setSurge(
        index,
        here.product(({ surge }) => surge),
      );
    });
  }
}

/** Returns how a machine is down under these faults: a silent fault hides all others. */
const downOf = (here: ActiveFaults<ServicesFault>): "silent" | "reset" | undefined => {
  if (here.some(({ down }) => down === "silent")) return "silent";
  return here.some(({ down }) => down !== undefined) ? "reset" : undefined;
};
