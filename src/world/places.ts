/** What a scenario's `where` covers in this world: cells, gateways, servers, pairs of cell and endpoint, and the people on them. */
import type { PathWhere } from "../scenario/people/faults.ts";
import type { Fleet } from "./fleet/centre.ts";
import type { Gateway } from "./network/gateway.ts";
import type { Crowd } from "./population/crowd.ts";
import type { PairTest } from "./sweeps.ts";
import { touchesCell, touchesEndpoint, touchesPair, touchesServer } from "./where.ts";

export interface PlaceParts {
  readonly gateways: readonly Gateway[];
  readonly fleet: Fleet;
  readonly crowd: Crowd;
}

/** Cells and pairs are kept by `where`: they never change, and are asked for every round. */
export class Places {
  readonly #parts: PlaceParts;
  readonly #cells = new Map<PathWhere, readonly number[]>();
  readonly #pairs = new Map<PathWhere, PairTest>();

  constructor(parts: PlaceParts) {
    this.#parts = parts;
  }

  cellsOf(where: PathWhere): readonly number[] {
    const known = this.#cells.get(where);
    if (known !== undefined) return known;
    const { crowd, gateways } = this.#parts;
    const cells = crowd.population.cells.flatMap((cell, index) =>
      touchesCell(where, cell, gateways[cell.gateway]!) ? [index] : [],
    );
    this.#cells.set(where, cells);
    return cells;
  }

  /** Returns the gateways of the cells in `where`, in ascending order. */
  gatewaysOf(where: PathWhere): readonly number[] {
    const { gateway } = this.#parts.crowd.population;
    return [...new Set(this.cellsOf(where).map((cell) => gateway[cell]!))].sort((a, b) => a - b);
  }

  serversOf(where: PathWhere): readonly number[] {
    return this.#parts.fleet.servers.flatMap((server, index) => (touchesServer(where, server) ? [index] : []));
  }

  pairsOf(where: PathWhere): PairTest {
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

  /** Counts the people who hold a connection over a path in `where` now. */
  peopleOn(where: PathWhere): number {
    const { crowd } = this.#parts;
    const touches = this.pairsOf(where);
    let people = 0;
    const links = crowd.links.agreed();
    for (const link of links.inUse)
      if (touches(crowd.links.cellOf(link), crowd.links.endpointOf(link))) people += links.held(link);
    return people;
  }

  /** Counts the people online who are at home in the cells of `where`, on any path. */
  onlineIn(where: PathWhere): number {
    const { crowd } = this.#parts;
    return this.cellsOf(where).reduce((sum, cell) => sum + crowd.online.values[cell]!, 0);
  }
}
