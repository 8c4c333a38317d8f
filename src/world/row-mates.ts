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
  /** By server. */
  readonly #people: Float64Array;
  readonly #coming: Float64Array;

  constructor(parts: RowMatesParts) {
    this.#parts = parts;
    const servers = 1 + Math.max(...parts.crowd.endpoints.map(({ server }) => server));
    this.#people = new Float64Array(servers);
    this.#coming = new Float64Array(servers);
  }

  /** Sets the streams by who is online now. Every thread calls it at the same point of the run. */
  refresh(): void {
    const { crowd, stays, others: streams, bucketMs } = this.#parts;
    const { cells } = crowd.population;
    this.#people.fill(0);
    this.#coming.fill(0);
    const links = crowd.links.agreed();
    for (const link of links.inUse.toSorted((a, b) => a - b)) {
      const cell = crowd.links.cellOf(link);
      const { people, rows } = cells[cell]!;
      const others = links.held(link) * (1 - rows / people);
      const { server } = crowd.endpoints[crowd.links.endpointOf(link)]!;
      this.#people[server]! += others;
      this.#coming[server]! += (others * bucketMs) / stays.meanMs(cell);
    }
    this.#people.forEach((others, server) => {
      const people = Math.round(others);
      streams.set(server, people, people === 0 ? 0 : Math.min(1, this.#coming[server]! / people));
    });
  }
}
