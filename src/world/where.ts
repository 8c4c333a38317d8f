/** Which cells and endpoints a scenario's `where` touches: absent selectors match all, lists are alternatives. */
import type { PathWhere as Where } from "../scenario/people/faults.ts";
import type { Endpoint, Fleet, Server } from "./fleet/centre.ts";
import type { Gateway } from "./network/gateway.ts";
import type { Crowd } from "./population/crowd.ts";
import type { Cell } from "./population/population.ts";
import type { PairTest } from "./sweeps.ts";

const allows = <T>(values: readonly T[] | undefined, value: T): boolean =>
  values === undefined || values.includes(value);

export const touchesCell = (where: Where, cell: Cell, gateway: Gateway): boolean =>
  allows(where.region, cell.region) &&
  allows(where.carrier, cell.carrier) &&
  allows(where.access, cell.access) &&
  allows(where.gateway, gateway.name);

export const touchesServer = (where: Where, server: Server): boolean =>
  allows(where.centre, server.centre) && allows(where.line, server.line) && allows(where.server, server.name);

export const touchesEndpoint = (where: Where, endpoint: Endpoint, server: Server): boolean =>
  touchesServer(where, server) && allows(where.port, endpoint.port);

export const touchesPair = (where: Where, cell: Cell, endpoint: Endpoint): boolean =>
  where.crossing === undefined || where.crossing === (cell.carrier !== endpoint.line);

/** True when it is about some destinations only, not about everything its users reach. */
export const namesDestination = (where: Where): boolean =>
  where.centre !== undefined || where.line !== undefined || where.server !== undefined || where.port !== undefined;

export interface PlaceParts {
  readonly gateways: readonly Gateway[];
  readonly fleet: Fleet;
  readonly crowd: Crowd;
}

/** What a place covers never changes, and is asked for round after round. */
export class Places {
  readonly #parts: PlaceParts;
  readonly #cells = new Map<Where, readonly number[]>();
  readonly #pairs = new Map<Where, PairTest>();

  constructor(parts: PlaceParts) {
    this.#parts = parts;
  }

  cellsOf(where: Where): readonly number[] {
    const known = this.#cells.get(where);
    if (known !== undefined) return known;
    const { crowd, gateways } = this.#parts;
    const cells = crowd.population.cells.flatMap((cell, index) =>
      touchesCell(where, cell, gateways[cell.gateway]!) ? [index] : [],
    );
    this.#cells.set(where, cells);
    return cells;
  }

  eachServer(where: Where, act: (server: number) => void): void {
    this.#parts.fleet.servers.forEach((server, index) => {
      if (touchesServer(where, server)) act(index);
    });
  }

  pairsOf(where: Where): PairTest {
    const known = this.#pairs.get(where);
    if (known !== undefined) return known;
    const { crowd, fleet } = this.#parts;
    const { cells } = crowd.population;
    const cellIn = new Set(this.cellsOf(where));
    const endpointIn = fleet.endpoints.map((endpoint) =>
      touchesEndpoint(where, endpoint, fleet.servers[endpoint.server]!),
    );
    const touches: PairTest = (cell, endpoint) =>
      endpointIn[endpoint]! && cellIn.has(cell) && touchesPair(where, cells[cell]!, fleet.endpoints[endpoint]!);
    this.#pairs.set(where, touches);
    return touches;
  }
}
