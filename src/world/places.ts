/** What a scenario's `where` covers in this world: cells, gateways, servers, pairs of cell and endpoint, and the people on them. */
import type { PathWhere } from "../scenario/people/faults.ts";
import type { Fleet } from "./fleet/centre.ts";
import type { Gateway } from "./network/gateway.ts";
import type { Crowd } from "./population/crowd.ts";
import type { WayTest } from "./population/rest.ts";
import { touchesCell, touchesEndpoint, touchesPair, touchesServer } from "./where.ts";

/** What places are resolved in. */
export interface PlaceParts {
  /** All gateways, by index. */
  readonly gateways: readonly Gateway[];
  /** Access servers and endpoints. */
  readonly fleet: Fleet;
  /** The clients and their links. */
  readonly crowd: Crowd;
}

/** Resolves `where`; cells and pairs are cached by it, as they never change and are needed every round. */
export class Places {
  readonly #parts: PlaceParts;
  readonly #cells = new Map<PathWhere, readonly number[]>();
  readonly #pairs = new Map<PathWhere, WayTest>();

  constructor(parts: PlaceParts) {
    this.#parts = parts;
  }

  /** Returns the cells in `where`, ascending. */
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

  /** Returns the servers in `where`, ascending. */
  serversOf(where: PathWhere): readonly number[] {
    return this.#parts.fleet.servers.flatMap((server, index) => (touchesServer(where, server) ? [index] : []));
  }

  /** Returns the test for pairs of cell and endpoint in `where`. */
  pairsOf(where: PathWhere): WayTest {
    const known = this.#pairs.get(where);
    if (known !== undefined) return known;
    const { crowd, fleet } = this.#parts;
    const { cells } = crowd.population;
    const cellIn = new Set(this.cellsOf(where));
    const endpointIn = fleet.endpoints.map((endpoint) =>
      touchesEndpoint(where, endpoint, fleet.servers[endpoint.server]!),
    );
    const touches: WayTest = (cell, endpoint) =>
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

  /** Counts the people who hold a connection over a path in `where` now, by server. */
  peopleByServer(where: PathWhere): readonly number[] {
    const { crowd, fleet } = this.#parts;
    const touches = this.pairsOf(where);
    const people = fleet.servers.map(() => 0);
    const links = crowd.links.agreed();
    for (const link of links.inUse) {
      const endpoint = crowd.links.endpointOf(link);
      if (touches(crowd.links.cellOf(link), endpoint)) people[fleet.endpoints[endpoint]!.server]! += links.held(link);
    }
    return people;
  }

  /** Counts the people online who are at home in the cells of `where`, on any path. */
  onlineIn(where: PathWhere): number {
    const { crowd } = this.#parts;
    return this.cellsOf(where).reduce((sum, cell) => sum + crowd.online.values[cell]!, 0);
  }
}
