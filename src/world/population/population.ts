/**
 * The population: users by gateway and access, a cell each, and the rows that stand for them.
 *
 * A row's identity is its cell's name and its index in the cell, never its number in a table: add a user, a
 * cell or a region, and everybody else's draws stay as they were. Rows are stratified: every gateway has at
 * least a stated number, each row carries its own weight in people, and the weights of a cell sum to its people.
 */
import { assert } from "../../base/assert.ts";
import { fractionOf } from "../../base/chance.ts";
import { identity } from "../../base/random.ts";
import { carrierShare } from "../../scenario/people/names.ts";
import { CELLS_MOST } from "../../scenario/people/limits.ts";
import type { WorldModel } from "../../scenario/scenario.ts";
import type { Gateway } from "../network/gateway.ts";

export interface Cell {
  readonly name: string;
  readonly gateway: number;
  readonly region: string;
  readonly carrier: string;
  readonly access: string;
  readonly people: number;
  readonly rows: number;
}

/** A thread and the number of threads; and the rows from which people of a cell may rest, by default `REST_FROM`. */
export interface PopulationPart {
  readonly index: number;
  readonly size: number;
  readonly restFrom?: number;
}

/** The same facts as columns, for the hot path. */
export class Population {
  readonly cells: readonly Cell[];
  readonly people: number;
  readonly rows: number;
  readonly identity: Int32Array;
  readonly gateway: Int32Array;
  /** A row of a cell weighs `weight`, or one more when its index is below `heavier`. */
  readonly weight: Int32Array;
  readonly heavier: Int32Array;
  /** By cell: the indexes of the rows that are this thread's, from `first` to before `end`. The number of all this thread's rows. */
  readonly first: Float64Array;
  readonly end: Float64Array;
  readonly rowsHere: number;
  readonly #isWhole: readonly boolean[];
  /** By cell: what to add to an index of this thread's to number all its rows from 0, for columns of cold facts. */
  readonly firstRow: Float64Array;

  constructor(cells: readonly Cell[], { index, size, restFrom = REST_FROM }: PopulationPart) {
    assert(cells.length <= CELLS_MOST, () => `${String(cells.length)} cells; at most ${String(CELLS_MOST)}`);
    this.cells = cells;
    this.people = cells.reduce((sum, { people }) => sum + people, 0);
    this.rows = cells.reduce((sum, { rows }) => sum + rows, 0);
    this.identity = Int32Array.from(cells, ({ name }) => identity(name));
    this.gateway = Int32Array.from(cells, ({ gateway }) => gateway);
    this.weight = Int32Array.from(cells, ({ people, rows }) => Math.floor(people / rows));
    this.heavier = Int32Array.from(cells, ({ people, rows }) => people % rows);
    this.#isWhole = cells.map(({ people, rows }) => rows === people && rows >= restFrom);
    const owners = ownersOf(cells, this.#isWhole, size);
    // Parts in a row: by rank (below) each is a sample of the whole cell, and gets its share of all that happens.
    this.first = Float64Array.from(cells, ({ rows }, cell) =>
      this.#isWhole[cell]! ? 0 : Math.floor((rows * index) / size),
    );
    this.end = Float64Array.from(cells, ({ rows }, cell) =>
      this.#isWhole[cell]! ? (owners[cell] === index ? rows : 0) : Math.floor((rows * (index + 1)) / size),
    );
    this.firstRow = new Float64Array(cells.length);
    let before = 0;
    for (let cell = 0; cell < cells.length; cell++) {
      this.firstRow[cell] = before - this.first[cell]!;
      before += this.end[cell]! - this.first[cell]!;
    }
    this.rowsHere = before;
  }

  /** True if all rows of a cell are one thread's, and each is one person: then they may rest (rest.ts). */
  isWhole(cell: number): boolean {
    return this.#isWhole[cell]!;
  }

  /** Returns the people that a row stands for. */
  peopleOf(cell: number, index: number): number {
    return this.weight[cell]! + (index < this.heavier[cell]! ? 1 : 0);
  }
}

/** Rows of a cell from which its people may rest: fewer would be drawn for more often than they do something. Chosen. */
export const REST_FROM = 1_000;

/** Returns by whole cell the thread that has it: the largest first, each to the thread with the fewest rows. */
const ownersOf = (cells: readonly Cell[], isWhole: readonly boolean[], threads: number): Int32Array => {
  const owners = new Int32Array(cells.length);
  const rows = new Float64Array(threads);
  const largest = cells.flatMap((_, index) => (isWhole[index]! ? [index] : []));
  for (const cell of largest.sort((a, b) => cells[b]!.rows - cells[a]!.rows || a - b)) {
    const owner = rows.indexOf(Math.min(...rows));
    owners[cell] = owner;
    rows[owner]! += cells[cell]!.rows;
  }
  return owners;
};

/**
 * Returns a row's rank among its gateway's users, in [0, 1): by bit reversal, so that any share of the ranks is a share
 * of the rows to within one row. `identity` turns the circle, so that cells do not march in step.
 */
export const rankOf = (index: number, cell: number): number => {
  let bits = index;
  bits = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >>> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >>> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff00ff) | ((bits & 0x00ff00ff) << 8);
  bits = (bits >>> 16) | (bits << 16);
  return fractionOf((bits + cell) >>> 0);
};

/** Shares the online users out over regions, carriers, gateways and accesses, and rows over them. */
export const buildPopulation = (
  world: WorldModel,
  gateways: readonly Gateway[],
  peopleARow: number,
  part: PopulationPart = { index: 0, size: 1 },
): Population => {
  const weights = Object.values(world.regions).reduce((sum, { people, penetration }) => sum + people * penetration, 0);
  const found: { gateway: number; access: string; people: number }[] = [];
  let exact = 0;
  let given = 0;
  gateways.forEach((gateway, index) => {
    const region = world.regions[gateway.region]!;
    const carrier = world.carriers[gateway.carrier]!;
    const users =
      (world.online * region.people * region.penetration * carrierShare(world, region, gateway.carrier)) / weights;
    for (const [access, share] of Object.entries(carrier.access)) {
      if (share <= 0 || world.access[access]!.gateways !== gateway.family) continue;
      // Rounded as running sums, so that nobody is lost to rounding.
      exact += (users * share) / (gateway.siblings.length + 1);
      const people = Math.round(exact) - given;
      given += people;
      if (people > 0) found.push({ gateway: index, access, people });
    }
  });
  const peopleBehind = new Float64Array(gateways.length);
  for (const { gateway, people } of found) peopleBehind[gateway] = peopleBehind[gateway]! + people;
  return new Population(
    found.map(({ gateway, access, people }) => {
      const behind = peopleBehind[gateway]!;
      const rowsBehind = Math.max(Math.min(behind, world.rowsAGatewayMin), Math.round(behind / peopleARow));
      const rows = Math.min(people, Math.max(1, Math.round((rowsBehind * people) / behind)));
      const { name, region, carrier } = gateways[gateway]!;
      return { name: `${name}/${access}`, gateway, region, carrier, access, people, rows };
    }),
    part,
  );
};
