/**
 * Weather at gateways: they go out of service and come back. Meanwhile their users' packets run through sibling gateways.
 */
import type { PathWhere, PeopleFault } from "../../scenario/people/faults.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Gateway } from "../network/gateway.ts";
import type { Places } from "../places.ts";
import type { Crowd } from "../population/crowd.ts";
import type { Disconnections, ThrownOff } from "../population/thrown-off.ts";
import type { BulkUpdates } from "../bulk-updates.ts";
import { namesDestination } from "../where.ts";
import type { WeatherEffect } from "./effect.ts";
import { OPERATORS, Outages } from "./outages.ts";
import type { PathBurdens } from "./paths.ts";

/** A client whose link was closed waits at least this long before it reconnects. Chosen. */
const RECONNECT_MS = 500;
/** Users of a withdrawn gateway are led through its siblings over this long (chosen: a carrier's orderly drain). */
const DRAIN_MS = 60_000;

/** A client whose link ends reconnects after `firstMs` and its own part of `spreadMs`. */
interface Reconnection {
  readonly firstMs: number;
  readonly spreadMs: number;
}

/** Why links end: a fault or none, and how their clients reconnect. */
interface Rerouting extends Reconnection {
  readonly by: Disconnections | undefined;
}

const IN_GOOD_ORDER: Reconnection = { firstMs: RECONNECT_MS, spreadMs: DRAIN_MS };

export interface GatewayParts {
  readonly scenario: Scenario;
  readonly gateways: readonly Gateway[];
  readonly places: Places;
  readonly crowd: Crowd;
  readonly bulkUpdates: BulkUpdates;
  readonly thrownOff: ThrownOff;
  readonly paths: PathBurdens;
}

export class GatewayOutages implements WeatherEffect {
  readonly #parts: GatewayParts;
  /** Cells whose gateway is out of service. */
  readonly #outages = new Outages();
  readonly #reconnection: Readonly<Record<NonNullable<PeopleFault["effects"]["down"]>, Reconnection>>;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    const { scenario, crowd } = parts;
    this.#reconnection = {
      // A client finds out when its next heartbeat is not answered in time.
      silent: { firstMs: crowd.paths.beatTimeoutMs, spreadMs: scenario.world.clients.heartbeat.longest / 1_000 },
      reset: { firstMs: RECONNECT_MS, spreadMs: 0 },
      drained: IN_GOOD_ORDER,
    };
  }

  begin({ id, where, effects: { down } }: PeopleFault): void {
    if (down === undefined || namesDestination(where)) return;
    this.#takeOut(where, id, { ...this.#reconnection[down], by: this.#parts.thrownOff.of(id) });
  }

  end({ id, where, effects: { down } }: PeopleFault): void {
    if (down !== undefined && !namesDestination(where)) this.#bringBack(where, id);
  }

  /** Takes gateways out of service in good order, by order of the operators. */
  withdraw(where: PathWhere): void {
    this.#takeOut(where, OPERATORS, { ...IN_GOOD_ORDER, by: undefined });
  }

  /** Takes back a withdrawal; a gateway that a fault keeps down stays out of service. */
  restore(where: PathWhere): void {
    this.#bringBack(where, OPERATORS);
  }

  #takeOut(where: PathWhere, reason: string, rerouting: Rerouting): void {
    const cells = this.#parts.places.cellsOf(where);
    const leaving = new Set(cells.filter((cell) => !this.#outages.has(cell)));
    this.#disconnect(leaving, rerouting);
    for (const cell of cells) this.#outages.begin(cell, reason);
    this.#reroute(leaving, rerouting);
  }

  #bringBack(where: PathWhere, reason: string): void {
    const { places, crowd, paths } = this.#parts;
    const returning = new Set(places.cellsOf(where).filter((cell) => this.#outages.end(cell, reason)));
    if (returning.size === 0) return;
    const rerouting = { ...IN_GOOD_ORDER, by: undefined };
    this.#disconnect(returning, rerouting);
    for (const cell of returning) {
      crowd.routing.comeHome(cell);
      paths.lift(noGatewayFor(cell));
    }
    this.#reroute(returning, rerouting);
  }

  /**
   * Leads the users of every gateway out of service through the siblings that are left, and blocks their paths where none
   * is left. Users who went through other siblings before lose their links first; those of `disconnected` have lost them.
   */
  #reroute(disconnected: ReadonlySet<number>, rerouting: Rerouting): void {
    const { crowd, gateways, paths } = this.#parts;
    const led = this.#outages.all().map((cell) => ({ cell, siblings: this.#siblingsInService(cell) }));
    const others = led.filter(
      ({ cell, siblings }) => !disconnected.has(cell) && !crowd.routing.isLedThrough(cell, siblings),
    );
    if (others.length > 0) this.#disconnect(new Set(others.map(({ cell }) => cell)), rerouting);
    for (const { cell, siblings } of led) {
      crowd.routing.reroute(cell, siblings);
      const { access, gateway } = crowd.population.cells[cell]!;
      if (siblings.length > 0) paths.lift(noGatewayFor(cell));
      else if (!paths.has(noGatewayFor(cell)))
        paths.lay(
          noGatewayFor(cell),
          { gateway: [gateways[gateway]!.name], access: [access] },
          { lossUp: 0, lossDown: 0, delayMs: 0, block: "drop" },
        );
    }
  }

  #disconnect(cells: ReadonlySet<number>, { by, ...reconnection }: Rerouting): void {
    this.#parts.bulkUpdates.disconnectHomes(cells, reconnection, by);
  }

  /** Returns the cells of sibling gateways that can serve a cell's users now. */
  #siblingsInService(cell: number): number[] {
    const { crowd, gateways } = this.#parts;
    const { cells } = crowd.population;
    const { siblings } = gateways[cells[cell]!.gateway]!;
    return cells.flatMap((other, index) =>
      siblings.includes(other.gateway) && other.access === cells[cell]!.access && !this.#outages.has(index)
        ? [index]
        : [],
    );
  }
}

/** Names the burden on the paths of a cell without a gateway. */
const noGatewayFor = (cell: number): string => `no gateway for ${String(cell)}`;
