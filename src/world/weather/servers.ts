/** Weather at servers: they go down and come up, are withdrawn and restored, serve slowly, and get more capacity. */
import { after, inMs, minutes } from "../../base/units.ts";
import type { Clock } from "../../engine/clock.ts";
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
import { OPERATORS, Outages } from "./outages.ts";
import type { PathBurdens } from "./paths.ts";

/** A drained server is off after this long, even with clients left (the deregistration delay of AWS load balancers). */
const DRAINED_WITHIN = minutes(5);

export interface ServerParts {
  readonly clock: Clock;
  readonly places: Places;
  readonly loginQueues: LoginQueues;
  readonly bulkUpdates: BulkUpdates;
  readonly seam: SchedulingSeam;
  readonly centreFailover: CentreFailover;
  readonly thrownOff: ThrownOff;
  readonly paths: PathBurdens;
}

export class ServerOutages implements WeatherEffect {
  readonly #parts: ServerParts;
  readonly #outages = new Outages();
  readonly #withdrawals = new Outages();
  /** Faults whose servers are drained and not yet off. */
  readonly #draining = new Set<string>();

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  begin({ id, where, effects: { down } }: PeopleFault): void {
    if (down === undefined || !namesDestination(where)) return;
    if (down !== "drained") this.#stop(where, id, down);
    else {
      const { clock } = this.#parts;
      this.#draining.add(id);
      this.withdraw(where, id);
      clock.at(after(clock.now, DRAINED_WITHIN), () => {
        if (this.#draining.delete(id)) this.#switchOff(where, id);
      });
    }
  }

  /** Ends what is left of drained servers: their clients get a reset, and the copies of their state elsewhere are complete. */
  #switchOff(where: PathWhere, id: string): void {
    const { centreFailover, paths } = this.#parts;
    this.#stop(where, id, "reset");
    paths.lay(whenOff(id), where, { lossUp: 0, lossDown: 0, delayMs: 0, block: "reset" });
    centreFailover.updateHomes("copied");
  }

  #stop(where: PathWhere, id: string, how: "silent" | "reset"): void {
    const { places, centreFailover, bulkUpdates, thrownOff, loginQueues, seam } = this.#parts;
    const over = centreFailover.applyReconnectPlan(where, how);
    if (how === "reset") bulkUpdates.closeLinks(places.pairsOf(where), inMs(over), thrownOff.of(id)!);
    for (const server of places.serversOf(where)) {
      this.#outages.begin(server, id);
      loginQueues.setDown(server, true);
      seam.health(server, false);
    }
  }

  end({ id, where, effects: { down } }: PeopleFault): void {
    if (down === undefined || !namesDestination(where)) return;
    const { places, loginQueues, seam, paths } = this.#parts;
    this.#draining.delete(id);
    paths.lift(whenOff(id));
    if (down === "drained") this.restore(where, id);
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
  withdraw(where: PathWhere, reason = OPERATORS): void {
    const { places, seam } = this.#parts;
    for (const server of places.serversOf(where)) {
      this.#withdrawals.begin(server, reason);
      seam.operatorServer(server, true);
    }
  }

  /** Tells the scheduler that these servers may be used again, but for those that are withdrawn for another reason. */
  restore(where: PathWhere, reason = OPERATORS): void {
    const { places, seam } = this.#parts;
    for (const server of places.serversOf(where)) {
      this.#withdrawals.end(server, reason);
      if (!this.#withdrawals.has(server)) seam.operatorServer(server, false);
    }
  }
}

/** Names the burden on the paths to the drained servers of a fault, once they are off. */
const whenOff = (id: string): string => `off after draining: ${id}`;

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
