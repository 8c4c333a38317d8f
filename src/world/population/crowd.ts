/**
 * The crowd as a whole: people by what they do, what their cells' networks are like, and the tables that send them their ways.
 * Counts are people, never rows.
 */
import type { ThreadGroup } from "../../engine/thread-group.ts";
import type { SharedTotals } from "../../engine/shared-totals.ts";
import type { Endpoint } from "../fleet/centre.ts";
import type { Links } from "../links.ts";
import type { Paths } from "../network/path.ts";
import { Dispatch, type RouteTable } from "./dispatch.ts";
import type { Population } from "./population.ts";
import { Routing } from "./routing.ts";

export interface CrowdParts {
  readonly threads: ThreadGroup;
  readonly population: Population;
  readonly paths: Paths;
  readonly links: Links;
  readonly endpoints: readonly Endpoint[];
  readonly gateways: number;
  /** Whether clients spread over their lists on purpose. */
  readonly spreads: boolean;
}

export class Crowd {
  readonly population: Population;
  readonly paths: Paths;
  readonly links: Links;
  readonly dispatch: Dispatch;
  readonly routing: Routing;
  readonly endpoints: readonly Endpoint[];
  readonly endpointCount: number;
  /** People online, connecting and away (their sum never changes), by home cell. */
  readonly online: SharedTotals;
  readonly connecting: SharedTotals;
  readonly away: SharedTotals;
  /** People whose link was found dead, and people sent to another best endpoint, by home cell. */
  readonly broken: SharedTotals;
  /** People who were logged in, by home cell. */
  readonly loggedIn: SharedTotals;
  readonly moved: Float64Array;
  /** NAT idle time-out by cell, ms. */
  readonly natTimeoutMs: Float64Array;
  /** Times as many people as usual that log in anew, by cell; 1 in peace. */
  readonly loginSurge: Float64Array;

  constructor({ threads, population, paths, links, endpoints, gateways, spreads }: CrowdParts) {
    const cells = population.cells.length;
    const count = (): SharedTotals => threads.totals(new Float64Array(cells), { isLazy: true });
    this.population = population;
    this.paths = paths;
    this.links = links;
    const servers = 1 + Math.max(...endpoints.map(({ server }) => server));
    this.dispatch = new Dispatch(population, { gateways, servers, spreads });
    this.routing = new Routing(population);
    this.endpoints = endpoints;
    this.endpointCount = endpoints.length;
    this.online = count();
    this.connecting = count();
    this.away = count();
    this.broken = count();
    this.loggedIn = count();
    this.moved = new Float64Array(cells);
    this.natTimeoutMs = new Float64Array(cells);
    this.loginSurge = new Float64Array(cells).fill(1);
  }

  /** Returns all people behind a gateway. */
  peopleBehind(gateway: number): number {
    return this.population.cells.reduce((sum, cell) => sum + (cell.gateway === gateway ? cell.people : 0), 0);
  }

  /**
   * Puts a new row of the dispatch table into force, and returns the people online that it sends to each endpoint anew; they
   * count as moved.
   */
  setTable(gateway: number, table: RouteTable): readonly { readonly endpoint: number; readonly people: number }[] {
    const gains = this.dispatch.set(gateway, table);
    const sent = gains.reduce((sum, { share }) => sum + share, 0);
    let online = 0;
    if (sent > 0)
      this.population.cells.forEach((cell, home) => {
        if (cell.gateway !== gateway) return;
        online += this.online.values[home]!;
        this.moved[home]! += Math.round(sent * this.online.values[home]!);
      });
    return gains.map(({ endpoint, share }) => ({ endpoint, people: share * online }));
  }
}
