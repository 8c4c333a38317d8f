/** Routing: the cell whose paths each client uses. It is its own, unless the cell's gateway is out of service and siblings carry its users. */
import { type Population, rankOf } from "./population.ts";

/** In `#via`: each client uses one of the cell's siblings. */
const SIBLINGS = -1;

export class Routing {
  readonly #population: Population;
  /** By home cell: the cell whose paths its users use, or `SIBLINGS`. */
  readonly #via: Int32Array;
  readonly #siblings: number[][] = [];

  constructor(population: Population) {
    this.#population = population;
    this.#via = Int32Array.from({ length: population.cells.length }, (_, cell) => cell);
  }

  /** Returns the cell whose paths a client uses now. */
  viaCell(home: number, index: number): number {
    const via = this.#via[home]!;
    return via === SIBLINGS ? this.#sibling(home, index) : via;
  }

  /** Returns the cells whose paths the users of this one may use now. */
  viaCells(home: number): readonly number[] {
    const via = this.#via[home]!;
    return via === SIBLINGS ? this.#siblings[home]! : [via];
  }

  /** Sends users of a cell through these cells of sibling gateways; with none, they stay on their own paths. */
  reroute(home: number, siblings: readonly number[]): void {
    this.#siblings[home] = [...siblings];
    this.#via[home] = siblings.length === 0 ? home : SIBLINGS;
  }

  /** True if a cell's users were last sent through just these cells. */
  isLedThrough(home: number, siblings: readonly number[]): boolean {
    const before = this.#siblings[home] ?? [];
    return before.length === siblings.length && siblings.every((cell, place) => before[place] === cell);
  }

  /** Sends users of a cell over its own paths again. */
  comeHome(home: number): void {
    this.#via[home] = home;
  }

  #sibling(home: number, index: number): number {
    const siblings = this.#siblings[home]!;
    const rank = rankOf(index, this.#population.identity[home]! ^ 0x5bd1e995);
    return siblings[Math.floor(rank * siblings.length)]!;
  }
}
