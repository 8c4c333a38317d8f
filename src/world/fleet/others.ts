/**
 * The other people of rows: a row's event is one person who comes back to a server, and the others come at other times, one by one.
 * Each of them does so in a bucket with the same small chance, so their number is binomial.
 */
import { binomialQuantile } from "../../base/math.ts";
import { Draws, identity, open } from "../../base/random.ts";
import type { Server } from "./centre.ts";

/** Deviations of a number from its mean; where a server has logins to spare even so, it need not be drawn. Chosen. */
const FAR = 6;

/** Streams of people who come to servers one by one. */
export class Others {
  readonly #people: Float64Array;
  readonly #chance: Float64Array;
  /** Parts of people left over. */
  readonly #carry: Float64Array;
  readonly #identity: readonly number[];
  readonly #draws: Draws;

  constructor(servers: readonly Server[], seed: string) {
    this.#people = new Float64Array(servers.length);
    this.#chance = new Float64Array(servers.length);
    this.#carry = new Float64Array(servers.length);
    this.#identity = servers.map(({ name }) => identity(name));
    this.#draws = new Draws(seed, "others at doors");
  }

  /** Sets how many people may come to a server, and the chance of each to do so in a bucket. */
  set(server: number, people: number, chance: number): void {
    this.#people[server] = people;
    this.#chance[server] = chance;
  }

  /** Returns how many come in a bucket, given its ordinal, to a server that can serve `able` logins in it. */
  come(server: number, bucket: number, able: number): number {
    const people = this.#people[server]!;
    if (people === 0) return 0;
    const chance = this.#chance[server]!;
    const expected = people * chance;
    if (expected + FAR * Math.sqrt(expected) > able)
      return binomialQuantile(open(this.#draws.at(this.#identity[server]!, server, bucket)), people, chance);
    const due = expected + this.#carry[server]!;
    this.#carry[server] = due - Math.floor(due);
    return Math.floor(due);
  }
}
