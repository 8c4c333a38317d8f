/** Weather at servers: they go down and come up, are withdrawn and restored, serve slowly, and get more capacity. */
import { inMs } from "../../base/units.ts";
import type { PathWhere, PeopleFault } from "../../scenario/people/faults.ts";
import type { InterventionAction } from "../../scenario/people/interventions.ts";
import type { Fleet } from "../fleet/centre.ts";
import type { Desks } from "../fleet/server.ts";
import type { Places } from "../places.ts";
import type { Refuge } from "../refuge.ts";
import type { SchedulingSeam } from "../seams/scheduling.ts";
import type { Sweeps } from "../sweeps.ts";
import { namesDestination, touchesServer } from "../where.ts";
import type { Effect } from "./effect.ts";
import { Outages } from "./outages.ts";

export interface ServerParts {
  readonly places: Places;
  readonly desks: Desks;
  readonly sweeps: Sweeps;
  readonly seam: SchedulingSeam;
  readonly refuge: Refuge;
}

export class ServerOutages implements Effect {
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
    const { places, refuge, sweeps, desks, seam } = this.#parts;
    const over = refuge.direct(where, down);
    if (down === "reset") sweeps.close(places.pairsOf(where), inMs(over));
    for (const server of places.serversOf(where)) {
      this.#outages.begin(server, id);
      desks.setDown(server, true);
      seam.health(server, false);
    }
  }

  end({ id, where, effects: { down } }: PeopleFault): void {
    if (down === undefined || !namesDestination(where)) return;
    if (down === "drained") {
      this.restore(where);
      return;
    }
    const { places, desks, seam } = this.#parts;
    for (const server of places.serversOf(where)) {
      if (!this.#outages.end(server, id)) continue;
      desks.setDown(server, false);
      seam.health(server, true);
    }
  }

  combine(): void {
    this.#parts.refuge.updateHomes();
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
  readonly desks: Pick<Desks, "setSlowness">;
}

/** Sets how many times slower each server serves: the factors of several faults multiply. */
export const slowServers = ({ fleet, desks }: SlowServerParts): Effect => ({
  combine: (active) => {
    fleet.servers.forEach((server, index) => {
      const here = active.touching((where) => touchesServer(where, server));
      desks.setSlowness(
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
