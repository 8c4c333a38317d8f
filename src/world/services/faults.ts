/** What faults do to services: machines that are slow or down, entries that surge. What several do at once is multiplied. */
import type { ServicesFault as Fault } from "../../scenario/services/faults.ts";
import type { Services } from "./services.ts";

export class ServicesFaults {
  readonly #services: Services;
  readonly #active = new Map<string, Fault>();

  constructor(services: Services) {
    this.#services = services;
  }

  begin(fault: Fault): void {
    this.#active.set(fault.id, fault);
    this.#refresh();
  }

  end({ id }: Fault): void {
    this.#active.delete(id);
    this.#refresh();
  }

  #refresh(): void {
    const faults = [...this.#active.values()];
    const product = (factors: readonly (number | undefined)[]): number =>
      factors.reduce<number>((all, one) => all * (one ?? 1), 1);
    this.#services.tiers.forEach(({ name: tier, machines }, index) => {
      machines.forEach(({ name }, machine) => {
        const here = faults.filter(
          ({ where }) =>
            where.entry === undefined &&
            (where.tier?.includes(tier) ?? true) &&
            (where.machine?.includes(name) ?? true),
        );
        const down = here.flatMap(({ effects }) => effects.down ?? []);
        this.#services.setSlowness(index, machine, product(here.map(({ effects }) => effects.slow)));
        // Silence hides whatever else is wrong.
        this.#services.setDown(
          index,
          machine,
          down.length === 0 ? undefined : down.includes("silent") ? "silent" : "reset",
        );
      });
    });
    this.#services.entries.forEach(({ name }, index) => {
      const here = faults.filter(({ where }) => where.entry?.includes(name) === true);
      this.#services.setSurge(index, product(here.map(({ effects }) => effects.surge)));
    });
  }
}
