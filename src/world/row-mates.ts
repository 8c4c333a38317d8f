/**
 * Row mates: the people of a row other than the one that its events stand for. They come back after their pauses one by one, at other
 * times than the row does, so a login queue meets them as a stream: each person online comes as often as people leave.
 */
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
  /** By cell and server: people connected. Whole numbers, whose sum does not depend on the order of links. */
  readonly #held: Float64Array;
  /** By server. */
  readonly #people: Float64Array;
  readonly #coming: Float64Array;

  constructor(parts: RowMatesParts) {
    this.#parts = parts;
    const { endpoints, population } = parts.crowd;
    const servers = 1 + Math.max(...endpoints.map(({ server }) => server));
    this.#held = new Float64Array(servers * population.cells.length);
    this.#people = new Float64Array(servers);
    this.#coming = new Float64Array(servers);
  }

  /** Sets the streams by who is online now. Every thread calls it at the same point of the run. */
  refresh(): void {
    const { crowd, stays, others: streams, bucketMs } = this.#parts;
    const servers = this.#people.length;
    this.#held.fill(0);
    this.#people.fill(0);
    this.#coming.fill(0);
    const links = crowd.links.agreed();
    for (const link of links.inUse)
      this.#held[crowd.links.cellOf(link) * servers + crowd.endpoints[crowd.links.endpointOf(link)]!.server]! +=
        links.held(link);
    crowd.population.cells.forEach(({ people, rows }, cell) => {
      if (people === rows) return;
      const chance = bucketMs / stays.meanMs(cell);
      for (let server = 0; server < servers; server++) {
        const others = this.#held[cell * servers + server]! * (1 - rows / people);
        this.#people[server]! += others;
        this.#coming[server]! += others * chance;
      }
    });
    this.#people.forEach((others, server) => {
      const people = Math.round(others);
      streams.set(server, people, people === 0 ? 0 : Math.min(1, this.#coming[server]! / people));
    });
  }
}
