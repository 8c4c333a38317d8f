/**
 * Notes which access servers are too crowded to log everybody in, and since when: alerts about them, or about people who are
 * sent to them, follow from the fault or operator action that made people come.
 */
import { inMs } from "../../base/units.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { World } from "../../world/build.ts";
import type { SchedulerDecision } from "../../world/seams/scheduling.ts";

/** The rank of people who find no connection as soon as anybody does not. */
const LAST_RANK = 1 - Number.EPSILON;

interface Spell {
  since: number;
  until: number;
}

/** Follows the crowded servers of one run. Times are seconds of simulated time. */
export class Crowding {
  readonly #world: World;
  /** Crowded at times closer together than this is crowded all along. */
  readonly #gapS: number;
  readonly #patienceMs: number;
  readonly #spells: Spell[];
  readonly #refused: Float64Array;

  constructor(world: World, { world: { clients } }: Scenario, gapS: number) {
    this.#world = world;
    this.#gapS = gapS;
    this.#patienceMs = inMs(clients.loginTimeout);
    this.#spells = world.fleet.servers.map(() => ({ since: -Infinity, until: -Infinity }));
    this.#refused = new Float64Array(world.fleet.servers.length);
  }

  /** Notes which servers refuse people, have no connection left, or let people wait until they give up; called every round. */
  note(at: number): void {
    const { loginQueues } = this.#world;
    this.#spells.forEach((spell, server) => {
      const refused = loginQueues.refused[server]!;
      const isCrowded =
        refused > this.#refused[server]! ||
        !loginQueues.hasConnectionFor(server, LAST_RANK) ||
        loginQueues.expectedWaitMs(server) > this.#patienceMs;
      this.#refused[server] = refused;
      if (!isCrowded || loginQueues.isDown(server)) return;
      if (at - spell.until > this.#gapS) spell.since = at;
      spell.until = at;
    });
  }

  /**
   * Returns since when at least half of what an alert is about has been crowded, at the time of the alert: of the servers that it
   * claims, or of those that the claimed gateways' people are sent to if it claims all. Undefined if less is.
   */
  sinceOf({ at, claim }: SchedulerDecision): number | undefined {
    const { fleet, crowd } = this.#world;
    if (claim === undefined) return undefined;
    const isAll = claim.endpoints.size === fleet.endpoints.length;
    const endpoints =
      isAll && claim.gateways !== undefined
        ? [...claim.gateways].flatMap((gateway) => crowd.dispatch.of(gateway).routes)
        : [...claim.endpoints];
    const since = endpoints
      .map((endpoint) => this.#spells[fleet.endpoints[endpoint]!.server]!)
      .filter(({ until }) => at - until <= this.#gapS)
      .map((spell) => spell.since)
      .sort((a, b) => b - a);
    return since[Math.ceil(endpoints.length / 2) - 1];
  }
}
