/** What faults do to push: hosts crash and have clocks that are off, shards are slow, lag and are lost, the broker errs, and it or the records stop. */
import type { Duration } from "../../base/units.ts";
import { BROKER, type PushModel, RECORDS } from "../../scenario/push/shape.ts";
import type { PushFault as Fault } from "../../scenario/push/faults.ts";
import type { Broker } from "./broker.ts";
import type { Host } from "./hosts.ts";
import type { Stores } from "./stores.ts";

interface Stricken {
  readonly model: PushModel;
  readonly hosts: readonly Host[];
  readonly stores: Stores;
  readonly broker: Broker;
  /** A shard's primary is lost. */
  readonly lose: (shard: number) => void;
}

export class PushFaults {
  readonly #stricken: Stricken;
  readonly #active = new Map<string, Fault>();

  constructor(stricken: Stricken) {
    this.#stricken = stricken;
  }

  begin(fault: Fault): void {
    this.#active.set(fault.id, fault);
    this.#refresh();
    if (fault.effects.failover !== true) return;
    this.#stricken.stores.shards.forEach(({ name }, shard) => {
      if (fault.where.shard?.includes(name) === true) this.#stricken.lose(shard);
    });
  }

  end({ id }: Fault): void {
    this.#active.delete(id);
    this.#refresh();
  }

  #refresh(): void {
    const { hosts, stores, broker, model } = this.#stricken;
    for (const host of hosts) {
      host.setCrashes(this.#sum("crash", "host", host.name));
      host.skew = this.#sum("skew", "host", host.name) as Duration;
    }
    stores.shards.forEach(({ name }, shard) => {
      const slow = this.#of("slow", "shard", name);
      stores.shards[shard]!.slow = slow.reduce((all, one) => all * one, 1);
      stores.setLag(shard, (model.store.lag + this.#sum("storeLag", "shard", name)) as Duration);
    });
    broker.isUp = !this.#isDown("broker", BROKER);
    stores.recordsAreUp = !this.#isDown("records", RECORDS);
    const twice = this.#of("redelivery", "broker", BROKER);
    broker.redelivery = 1 - twice.reduce((none, one) => none * (1 - one), 1);
  }

  #of(
    effect: "crash" | "skew" | "slow" | "storeLag" | "redelivery",
    place: "host" | "shard" | "broker",
    name: string,
  ): readonly number[] {
    return [...this.#active.values()].flatMap(({ where, effects }) =>
      where[place]?.includes(name) === true ? (effects[effect] ?? []) : [],
    );
  }

  #isDown(place: "broker" | "records", name: string): boolean {
    return [...this.#active.values()].some(
      ({ where, effects }) => effects.down !== undefined && where[place]?.includes(name) === true,
    );
  }

  #sum(effect: "crash" | "skew" | "storeLag", place: "host" | "shard", name: string): number {
    return this.#of(effect, place, name).reduce((sum, one) => sum + one, 0);
  }
}
