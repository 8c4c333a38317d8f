/**
 * What becomes of people whose servers are gone: who welcomes them, as they were told beat by beat while all was well, and
 * whose copy of their state becomes their home.
 */
import { type RemainingServer, type ReconnectPlan, planReconnects } from "../algorithms/scheduling/pace.ts";
import { after, type Duration, inMs } from "../base/units.ts";
import type { Clock } from "../engine/clock.ts";
import type { PathWhere } from "../scenario/people/faults.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Fleet } from "./fleet/centre.ts";
import type { Homes } from "./fleet/homes.ts";
import type { Desks } from "./fleet/server.ts";
import type { Crowd } from "./population/crowd.ts";
import type { SchedulingSeam } from "./seams/scheduling.ts";
import { touchesServer } from "./where.ts";

export interface RefugeParts {
  readonly scenario: Scenario;
  readonly fleet: Fleet;
  readonly desks: Desks;
  readonly crowd: Crowd;
  readonly clock: Clock;
  readonly homes: Homes;
  readonly seam: SchedulingSeam;
}

/** A loss is believed after this many rounds in which a centre answered no health check. Chosen. */
const KNOWN_AFTER_ROUNDS = 2;

export class Refuge {
  readonly #parts: RefugeParts;

  constructor(parts: RefugeParts) {
    this.#parts = parts;
  }

  /** How the servers that a loss there would leave can welcome its people; with a share of 1, as fast as can be. */
  welcome(where: PathWhere, share?: number): ReconnectPlan {
    const { fleet, desks, seam } = this.#parts;
    const lost = new Map<string, number>();
    const hosts = fleet.servers.map((server, index): RemainingServer => {
      const { line } = server;
      const held = desks.held[index]!;
      const isLost = touchesServer(where, server);
      if (isLost) lost.set(line, (lost.get(line) ?? 0) + held);
      return isLost || desks.isDown(index) || seam.isWithdrawn(index)
        ? { line, loginsASecond: 0, free: 0 }
        : { line, loginsASecond: desks.rate(index), free: Math.max(0, server.connections - held) };
    });
    return planReconnects(lost, hosts, share);
  }

  /** From now on what clients were told for this loss is in force. Answers over how long they are welcome. */
  direct(where: PathWhere, how: "silent" | "reset"): Duration {
    const { crowd, clock, scenario } = this.#parts;
    const { over, people } = this.welcome(where);
    const noticed = how === "silent" ? scenario.world.clients.heartbeat.longest : 0;
    crowd.dispatch.welcome = Float64Array.from(people);
    crowd.dispatch.welcomeEndsMs = inMs(clock.now) + inMs((noticed + 2 * over) as Duration);
    return over;
  }

  /**
   * Updates people's homes after servers went down or came up. People of a centre without servers have no home until the
   * loss is known for sure; then the copies of their state elsewhere become their homes.
   */
  updateHomes(): void {
    const { homes, clock, scenario } = this.#parts;
    for (const centre of Object.keys(scenario.world.centres)) {
      const isGone = this.#isGone(centre);
      if (isGone === homes.isLost(centre)) continue;
      if (!isGone) homes.regain(centre);
      else {
        homes.lose(centre);
        const known = after(clock.now, (KNOWN_AFTER_ROUNDS * scenario.world.scheduler.round) as Duration);
        clock.at(known, () => {
          if (homes.isLost(centre)) homes.adopt(centre, (gateway) => this.#heirOf(gateway, centre));
        });
      }
    }
  }

  #isGone(centre: string): boolean {
    const { fleet, desks } = this.#parts;
    return fleet.servers.every((server, index) => server.centre !== centre || desks.isDown(index));
  }

  /** The centre that a gateway's people go to, or would go to next. */
  #heirOf(gateway: number, lost: string): string {
    const { crowd } = this.#parts;
    const { routes, candidates } = crowd.dispatch.of(gateway);
    const centres = [...routes, ...candidates].map((endpoint) => crowd.endpoints[endpoint]!.centre);
    const others = [...centres, ...Object.keys(this.#parts.scenario.world.centres)];
    return others.find((centre) => centre !== lost && !this.#isGone(centre)) ?? lost;
  }
}
