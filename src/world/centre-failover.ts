/**
 * Failover of people whose servers are lost: which servers admit them and how fast, as their heartbeats had announced, and which copy
 * of their state becomes their home.
 */
import { type RemainingServer, type ReconnectPlan, planReconnects } from "../algorithms/scheduling/pace.ts";
import { after, type Duration, inMs } from "../base/units.ts";
import type { Clock } from "../engine/clock.ts";
import type { PathWhere } from "../scenario/people/faults.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Fleet } from "./fleet/centre.ts";
import type { Homes } from "./fleet/homes.ts";
import type { LoginQueues } from "./fleet/login-queues.ts";
import type { Crowd } from "./population/crowd.ts";
import type { SchedulingSeam } from "./seams/scheduling.ts";
import { touchesServer } from "./where.ts";

/** What failover reads and changes. */
export interface CentreFailoverParts {
  /** The scenario that is run. */
  readonly scenario: Scenario;
  /** Access servers and endpoints. */
  readonly fleet: Fleet;
  /** Read for connections, rates and what is down. */
  readonly loginQueues: LoginQueues;
  /** Takes the plan that clients follow. */
  readonly crowd: Crowd;
  /** Times the detection of a loss. */
  readonly clock: Clock;
  /** Home centres, which fail over. */
  readonly homes: Homes;
  /** Knows which servers are withdrawn. */
  readonly seam: SchedulingSeam;
}

/** A loss is confirmed after this many rounds without an answered health check. Chosen. */
const KNOWN_AFTER_ROUNDS = 2;

/** Plans where people of lost servers go, and moves their homes. */
export class CentreFailover {
  readonly #parts: CentreFailoverParts;

  constructor(parts: CentreFailoverParts) {
    this.#parts = parts;
  }

  /** Returns the plan by which the servers that a loss leaves admit its people; `share` is that of their rates, 1 for the fastest. */
  reconnectPlan(where: PathWhere, share?: number): ReconnectPlan {
    const { fleet, loginQueues } = this.#parts;
    const isLost = (server: number): boolean => touchesServer(where, fleet.servers[server]!);
    const thrown = fleet.servers.map((_, server) => (isLost(server) ? loginQueues.held[server]! : 0));
    return this.#planOf(thrown, isLost, share);
  }

  /**
   * Returns the time in which the servers that are not lost can log in people at their full rates; `thrown` holds the people by
   * the server that they were thrown off.
   */
  fullRateTime(thrown: readonly number[], isLost: (server: number) => boolean): Duration {
    return this.#planOf(thrown, isLost, 1).over;
  }

  #planOf(thrown: readonly number[], isLost: (server: number) => boolean, share: number | undefined): ReconnectPlan {
    const { fleet, loginQueues, seam } = this.#parts;
    const lost = new Map<string, number>();
    const hosts = fleet.servers.map(({ line, connections }, server): RemainingServer => {
      lost.set(line, (lost.get(line) ?? 0) + thrown[server]!);
      const left = loginQueues.held[server]! - thrown[server]!;
      return isLost(server) || loginQueues.isDown(server) || seam.isWithdrawn(server)
        ? { line, loginsASecond: 0, free: 0 }
        : { line, loginsASecond: loginQueues.rate(server), free: Math.max(0, connections - left) };
    });
    return planReconnects(lost, hosts, share);
  }

  /** Puts the plan for a loss in force, and returns the time over which its people are admitted. */
  applyReconnectPlan(where: PathWhere, how: "silent" | "reset"): Duration {
    const { crowd, clock, scenario } = this.#parts;
    const { over, people } = this.reconnectPlan(where);
    const noticed = how === "silent" ? scenario.world.clients.heartbeat.longest : 0;
    crowd.dispatch.reconnectShares = Float64Array.from(people);
    crowd.dispatch.reconnectSharesEndMs = inMs(clock.now) + inMs((noticed + 2 * over) as Duration);
    return over;
  }

  /**
   * Updates people's homes after servers went down or came up. People of a centre without servers have no home until the loss is
   * confirmed; then the copies of their state elsewhere become their homes: at once, if the centre was drained and they are
   * complete (`copied`).
   */
  updateHomes(state: "lagging" | "copied" = "lagging"): void {
    const { homes, clock, scenario } = this.#parts;
    for (const centre of Object.keys(scenario.world.centres)) {
      const isGone = this.#isGone(centre);
      if (isGone === homes.isLost(centre)) continue;
      if (!isGone) homes.regain(centre);
      else {
        homes.lose(centre, state);
        const moveHomes = (): void => {
          if (homes.isLost(centre)) homes.failOver(centre, (gateway) => this.#successorOf(gateway, centre));
        };
        const known = after(clock.now, (KNOWN_AFTER_ROUNDS * scenario.world.scheduler.round) as Duration);
        if (state === "copied") moveHomes();
        else clock.at(known, moveHomes);
      }
    }
  }

  #isGone(centre: string): boolean {
    const { fleet, loginQueues } = this.#parts;
    return fleet.servers.every((server, index) => server.centre !== centre || loginQueues.isDown(index));
  }

  /** Returns the centre that a gateway's people go to after a loss. */
  #successorOf(gateway: number, lost: string): string {
    const { crowd } = this.#parts;
    const { routes, candidates } = crowd.dispatch.of(gateway);
    const centres = [...routes, ...candidates].map((endpoint) => crowd.endpoints[endpoint]!.centre);
    const others = [...centres, ...Object.keys(this.#parts.scenario.world.centres)];
    return others.find((centre) => centre !== lost && !this.#isGone(centre)) ?? lost;
  }
}
