/**
 * Applies faults to push: hosts that crash or have wrong clocks, shards that are slow, lag or are lost, a broker that
 * delivers twice, and a broker or records that are down.
 */
import type { Duration } from "../../base/units.ts";
import type { PushFault } from "../../scenario/push/faults.ts";
import { BROKER, RECORDS } from "../../scenario/push/names.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import { ActiveFaults } from "../active.ts";
import type { Audit } from "./audit.ts";
import type { Broker } from "./broker.ts";
import type { Host } from "./hosts.ts";
import type { Stores } from "./stores.ts";

interface PushFaultParts {
  readonly model: PushModel;
  readonly hosts: readonly Host[];
  readonly stores: Stores;
  readonly broker: Broker;
  readonly audit: Audit;
}

export class PushFaults {
  readonly #parts: PushFaultParts;
  readonly #active = new ActiveFaults<PushFault>();

  constructor(parts: PushFaultParts) {
    this.#parts = parts;
  }

  begin(fault: PushFault): void {
    this.#active.begin(fault);
    this.#combine();
    if (fault.effects.failover !== true) return;
    this.#parts.stores.shards.forEach(({ name }, shard) => {
      if (fault.where.shard?.includes(name) === true) this.#parts.audit.lost(shard, this.#parts.stores.lose(shard));
    });
  }

  end(fault: PushFault): void {
    this.#active.end(fault);
    this.#combine();
  }

  /** Sets what all active faults come to together. */
  #combine(): void {
    const { hosts, stores, broker, model } = this.#parts;
    for (const host of hosts) {
      const here = this.#at("host", host.name);
      host.setCrashes(here.sum(({ crash }) => crash));
      host.skew = here.sum(({ skew }) => skew) as Duration;
    }
    stores.shards.forEach((shard, index) => {
      const here = this.#at("shard", shard.name);
      shard.slow = here.product(({ slow }) => slow);
      stores.setLag(index, (model.store.lag + here.sum(({ storeLag }) => storeLag)) as Duration);
    });
    const atBroker = this.#at("broker", BROKER);
    broker.isUp = !atBroker.some(isDown);
    stores.recordsAreUp = !this.#at("records", RECORDS).some(isDown);
    broker.redelivery = 1 - atBroker.product(({ redelivery }) => 1 - (redelivery ?? 0));
  }

  #at(kind: "host" | "shard" | "broker" | "records", name: string): ActiveFaults<PushFault> {
    return this.#active.touching((where) => where[kind]?.includes(name) === true);
  }
}

const isDown = ({ down }: PushFault["effects"]): boolean => down !== undefined;
