/**
 * Row mates: the people of a row other than the one that its events stand for. They come back after their pauses one by one, at other
 * times than the row does, so a login queue meets them as a stream: each person online comes as often as people leave.
 */
import type { LinksAgreed } from "./links.ts";
import type { Crowd } from "./population/crowd.ts";
import type { Stays } from "./population/stays.ts";

/** Takes how many people may come to a server one by one, and the chance of each to do so in a bucket. */
interface Streams {
  set(server: number, people: number, chance: number): void;
}

/** What the streams follow from, and where they go. */
export interface RowMatesParts {
  /** Who is online, and where. */
  readonly crowd: Crowd;
  /** How long people stay. */
  readonly stays: Stays;
  /** Takes the streams. */
  readonly others: Streams;
  /** Length of a bucket, ms. */
  readonly bucketMs: number;
}

/** Keeps each server's stream in line with the people who are online there. */
export class RowMates {
  readonly #parts: RowMatesParts;
  readonly #serverOf: Int32Array;
  /** By cell: the share of its people who are others, and the changes of its links when it was last looked at. */
  readonly #share: Float64Array;
  readonly #changesBefore: Uint32Array;
  /** By cell: how many servers have links in use. */
  readonly #servers: Int32Array;
  /** By cell and place among those: the server, and the others who are online there. */
  readonly #server: Int32Array;
  readonly #others: Float64Array;
  /** By server. */
  readonly #people: Float64Array;
  readonly #coming: Float64Array;

  constructor(parts: RowMatesParts) {
    this.#parts = parts;
    const { endpoints, population } = parts.crowd;
    this.#serverOf = Int32Array.from(endpoints, ({ server }) => server);
    this.#share = Float64Array.from(population.cells, ({ people, rows }) => 1 - rows / people);
    this.#changesBefore = new Uint32Array(population.cells.length);
    this.#servers = new Int32Array(population.cells.length);
    const servers = 1 + Math.max(...this.#serverOf);
    this.#server = new Int32Array(servers * population.cells.length);
    this.#others = new Float64Array(servers * population.cells.length);
    this.#people = new Float64Array(servers);
    this.#coming = new Float64Array(servers);
  }

  /** Sets the streams by who is online now. Every thread calls it at the same point of the run. */
  refresh(): void {
    const { crowd, stays, others: streams, bucketMs } = this.#parts;
    const people = this.#people.fill(0);
    const coming = this.#coming.fill(0);
    const links = crowd.links.agreed();
    for (let cell = 0; cell < this.#share.length; cell++) {
      if (this.#share[cell] === 0) continue;
      if (links.changes(cell) !== this.#changesBefore[cell]) this.#count(links, cell);
      const chance = bucketMs / stays.meanMs(cell);
      const first = cell * people.length;
      const end = first + this.#servers[cell]!;
      for (let place = first; place < end; place++) {
        const server = this.#server[place]!;
        people[server]! += this.#others[place]!;
        coming[server]! += this.#others[place]! * chance;
      }
    }
    people.forEach((others, server) => {
      const count = Math.round(others);
      streams.set(server, count, count === 0 ? 0 : Math.min(1, coming[server]! / count));
    });
  }

  /** Counts a cell's others by server. */
  #count(links: LinksAgreed, cell: number): void {
    const first = cell * this.#people.length;
    const firstLink = this.#parts.crowd.links.of(cell, 0);
    this.#changesBefore[cell] = links.changes(cell);
    this.#others.fill(0, first, first + this.#servers[cell]!);
    // Whole numbers, whose sum does not depend on the order of links.
    for (const link of links.inUseOf(cell))
      this.#others[this.#placeOf(cell, this.#serverOf[link - firstLink]!)]! += links.held(link);
    for (let place = first; place < first + this.#servers[cell]!; place++) this.#others[place]! *= this.#share[cell]!;
  }

  /** Returns the place of a cell's server, which has one from now on. */
  #placeOf(cell: number, server: number): number {
    let place = cell * this.#people.length;
    const end = place + this.#servers[cell]!;
    while (place < end && this.#server[place] !== server) place += 1;
    if (place === end) {
      this.#server[place] = server;
      this.#servers[cell]! += 1;
    }
    return place;
  }
}
