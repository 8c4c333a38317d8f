/** Weather at servers: they go down and come up, are withdrawn and restored, serve slowly, and get more capacity. */
import { inMs } from "../../base/units.ts";
import type { PathWhere, PeopleFault } from "../../scenario/people/faults.ts";
import type { InterventionAction } from "../../scenario/people/interventions.ts";
import type { Fleet } from "../fleet/centre.ts";
import type { LoginQueues } from "../fleet/login-queues.ts";
import type { Places } from "../places.ts";
import type { CentreFailover } from "../centre-failover.ts";
import type { ThrownOff } from "../population/thrown-off.ts";
import type { SchedulingSeam } from "../seams/scheduling.ts";
import type { BulkUpdates } from "../bulk-updates.ts";
import { namesDestination, touchesServer } from "../where.ts";
import type { WeatherEffect } from "./effect.ts";
import { Outages } from "./outages.ts";

export interface ServerParts {
  readonly places: Places;
  readonly loginQueues: LoginQueues;
  readonly bulkUpdates: BulkUpdates;
  readonly seam: SchedulingSeam;
  readonly centreFailover: CentreFailover;
  readonly thrownOff: ThrownOff;
}

export class ServerOutages implements WeatherEffect {
  readonly #parts: ServerParts;
  readonly #outages = new Outages();

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  begin({ id, where, effects: { down } }: PeopleFault): void {
    if (down === undefined || !namesDestination(where)) return;
    if (down === "drained") {
      this.withdraw(where);
      return;
    }
    const { places, centreFailover, bulkUpdates, thrownOff, loginQueues, seam } = this.#parts;
    const over = centreFailover.applyReconnectPlan(where, down);
    if (down === "reset") bulkUpdates.closeLinks(places.pairsOf(where), inMs(over), thrownOff.of(id)!);
    for (const server of places.serversOf(where)) {
      this.#outages.begin(server, id);
      loginQueues.setDown(server, true);
      seam.health(server, false);
    }
  }

  end({ id, where, effects: { down } }: PeopleFault): void {
    if (down === undefined || !namesDestination(where)) return;
    if (down === "drained") {
      this.restore(where);
      return;
    }
    const { places, loginQueues, seam } = this.#parts;
    for (const server of places.serversOf(where)) {
      if (!this.#outages.end(server, id)) continue;
      loginQueues.setDown(server, false);
      seam.health(server, true);
    }
  }

  combine(): void {
    this.#parts.centreFailover.updateHomes();
  }

  /** Tells the scheduler to lead everybody away from these servers. */
  withdraw(where: PathWhere): void {
    const { places, seam } = this.#parts;
    for (const server of places.serversOf(where)) seam.operatorServer(server, true);
  }

  /** Tells the scheduler that these servers may be used again. */
  restore(where: PathWhere): void {
    const { places, seam } = this.#parts;
    for (const server of places.serversOf(where)) seam.operatorServer(server, false);
  }
}

export interface SlowServerParts {
  readonly fleet: Pick<Fleet, "servers">;
  readonly loginQueues: Pick<LoginQueues, "setSlowness">;
}

/** Sets how many times slower each server serves: the factors of several faults multiply. */
export const slowServers = ({ fleet, loginQueues }: SlowServerParts): WeatherEffect => ({
  combine: (active) => {
    fleet.servers.forEach((server, index) => {
      const here = active.touching((where) => touchesServer(where, server));
      loginQueues.setSlowness(
        index,
        here.product(({ slow }) => slow),
      );
    });
  },
});

/** Adds connections and logins per second to each server in `where`. */
export const addCapacity = (
  { places, fleet }: { readonly places: Places; readonly fleet: Fleet },
  { where, connections, logins }: Extract<InterventionAction, { kind: "add-capacity" }>,
): void => {
  for (const server of places.serversOf(where)) {
    fleet.servers[server]!.connections += connections;
    fleet.servers[server]!.loginsASecond += logins;
  }
};
