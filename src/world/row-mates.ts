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
  /** By cell: the servers of its links in use. */
  readonly #servers: readonly number[][];
  /** By cell and server: people connected. Whole numbers, whose sum does not depend on the order of links. */
  readonly #held: Float64Array;
  /** By server. */
  readonly #people: Float64Array;
  readonly #coming: Float64Array;

  constructor(parts: RowMatesParts) {
    this.#parts = parts;
    const { endpoints, population } = parts.crowd;
    this.#serverOf = Int32Array.from(endpoints, ({ server }) => server);
    this.#share = Float64Array.from(population.cells, ({ people, rows }) => 1 - rows / people);
    this.#changesBefore = new Uint32Array(population.cells.length);
    this.#servers = population.cells.map(() => []);
    const servers = 1 + Math.max(...this.#serverOf);
    this.#held = new Float64Array(servers * population.cells.length);
    this.#people = new Float64Array(servers);
    this.#coming = new Float64Array(servers);
  }

  /** Sets the streams by who is online now. Every thread calls it at the same point of the run. */
  refresh(): void {
    const { crowd, stays, others: streams, bucketMs } = this.#parts;
    this.#people.fill(0);
    this.#coming.fill(0);
    const links = crowd.links.agreed();
    for (let cell = 0; cell < this.#share.length; cell++) {
      const share = this.#share[cell]!;
      if (share === 0) continue;
      if (links.changes(cell) !== this.#changesBefore[cell]) this.#count(links, cell);
      const first = cell * this.#people.length;
      const chance = bucketMs / stays.meanMs(cell);
      for (const server of this.#servers[cell]!) {
        const others = this.#held[first + server]! * share;
        this.#people[server]! += others;
        this.#coming[server]! += others * chance;
      }
    }
    this.#people.forEach((others, server) => {
      const people = Math.round(others);
      streams.set(server, people, people === 0 ? 0 : Math.min(1, this.#coming[server]! / people));
    });
  }

  /** Counts a cell's people by server. */
  #count(links: LinksAgreed, cell: number): void {
    const first = cell * this.#people.length;
    const firstLink = this.#parts.crowd.links.of(cell, 0);
    const inUse = links.inUseOf(cell);
    this.#changesBefore[cell] = links.changes(cell);
    this.#held.fill(0, first, first + this.#people.length);
    for (const link of inUse) this.#held[first + this.#serverOf[link - firstLink]!]! += links.held(link);
    const servers = this.#servers[cell]!;
    for (const link of inUse) {
      const server = this.#serverOf[link - firstLink]!;
      if (!servers.includes(server)) servers.push(server);
    }
  }
}
