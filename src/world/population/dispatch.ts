/** The dispatch table in force: where each gateway's users are sent, and how welcome they are elsewhere after a loss. */
import { type Population, rankOf } from "./population.ts";

/** Where a gateway's users go: `upTo` are running sums of shares, `routes` and `candidates` endpoint numbers, best first. */
export interface RouteTable {
  readonly routes: readonly number[];
  readonly upTo: readonly number[];
  readonly candidates: readonly number[];
  /** Endpoints other than the best, measured in turn by a small share of sessions. */
  readonly alternates: readonly number[];
}

/** A share of a gateway's users, and the endpoint they are sent to anew. */
export interface Gain {
  readonly endpoint: number;
  readonly share: number;
}

export interface DispatchPlan {
  readonly gateways: number;
  readonly servers: number;
  /** Whether clients spread over their lists on purpose: one that is elsewhere than the table says then stays, unless it is a place to leave. */
  readonly spreads: boolean;
}

/** In `onlyRoute`: there are several, or none yet. */
const SEVERAL = -1;

export class Dispatch {
  /** By cell: the only endpoint that its users are sent to, or `SEVERAL`. A column, for every answered beat reads it. */
  readonly onlyRoute: Int32Array;
  /** By server: the share of those who must go elsewhere that it has room for, as clients were last told; replaced, never changed. */
  reconnectShares: Float64Array;
  /** Until then that word counts more than the table's, ms since the run began. */
  reconnectSharesEndMs = 0;
  readonly #population: Population;
  readonly #tables: RouteTable[];
  /** By gateway: where the table once sent people and sends nobody now. */
  readonly #left: ReadonlySet<number>[];
  readonly #spreads: boolean;

  constructor(population: Population, { gateways, servers, spreads }: DispatchPlan) {
    this.#population = population;
    this.#spreads = spreads;
    this.#tables = Array.from({ length: gateways }, () => ({ routes: [], upTo: [], candidates: [], alternates: [] }));
    this.onlyRoute = new Int32Array(population.cells.length).fill(SEVERAL);
    this.#left = Array.from({ length: gateways }, () => new Set());
    this.reconnectShares = new Float64Array(servers).fill(1);
  }

  /** Returns a gateway's row of the table. */
  of(gateway: number): RouteTable {
    return this.#tables[gateway]!;
  }

  /** Puts a gateway's new row into force, and returns the shares of its users that it sends elsewhere. */
  set(gateway: number, table: RouteTable): readonly Gain[] {
    const before = this.#tables[gateway]!;
    this.#left[gateway] = new Set(
      [...this.#left[gateway]!, ...before.routes].filter((one) => !table.routes.includes(one)),
    );
    this.#tables[gateway] = table;
    const only = table.routes.length === 1 ? table.routes[0]! : SEVERAL;
    this.#population.cells.forEach((cell, index) => {
      if (cell.gateway === gateway) this.onlyRoute[index] = only;
    });
    return gainsOf(before, table);
  }

  /** Returns the endpoint that the table sends a row of this cell to. */
  routeOf(cell: number, index: number): number {
    const only = this.onlyRoute[cell]!;
    if (only !== SEVERAL) return only;
    const { routes, upTo } = this.#tables[this.#population.gateway[cell]!]!;
    const rank = rankOf(index, this.#population.identity[cell]!);
    let place = 0;
    while (place < routes.length - 1 && rank >= upTo[place]!) place += 1;
    return routes[place]!;
  }

  /** True if a client connected to this endpoint is to go where the table sends it. */
  isToMove(cell: number, index: number, endpoint: number): boolean {
    if (this.routeOf(cell, index) === endpoint) return false;
    const gateway = this.#population.gateway[cell]!;
    return !this.#spreads || this.#left[gateway]!.has(endpoint) || this.#tables[gateway]!.routes.includes(endpoint);
  }
}

/** Returns the shares of a gateway's users that a new table sends elsewhere, by endpoint; none when there was no table before. */
const gainsOf = (before: RouteTable, now: RouteTable): readonly Gain[] =>
  before.routes.length === 0
    ? []
    : now.routes.flatMap((endpoint, place) => {
        const old = before.routes.indexOf(endpoint);
        const share = widthOf(now, place) - (old < 0 ? 0 : widthOf(before, old));
        return share > 0 ? [{ endpoint, share }] : [];
      });

const widthOf = ({ upTo }: RouteTable, place: number): number => upTo[place]! - (place === 0 ? 0 : upTo[place - 1]!);
