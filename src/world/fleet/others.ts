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
  /** How many come in a bucket on average, and at most but for rare buckets. */
  readonly #expected: Float64Array;
  readonly #most: Float64Array;
  /** Parts of people left over. */
  readonly #carry: Float64Array;
  readonly #identity: readonly number[];
  readonly #draws: Draws;

  constructor(servers: readonly Server[], seed: string) {
    this.#people = new Float64Array(servers.length);
    this.#chance = new Float64Array(servers.length);
    this.#expected = new Float64Array(servers.length);
    this.#most = new Float64Array(servers.length);
    this.#carry = new Float64Array(servers.length);
    this.#identity = servers.map(({ name }) => identity(name));
    this.#draws = new Draws(seed, "others at doors");
  }

  /** Sets how many people may come to a server, and the chance of each to do so in a bucket. */
  set(server: number, people: number, chance: number): void {
    this.#people[server] = people;
    this.#chance[server] = chance;
    const expected = people * chance;
    this.#expected[server] = expected;
    this.#most[server] = expected + FAR * Math.sqrt(expected);
  }

  /** Returns how many come in a bucket, given its ordinal, to a server that can serve `able` logins in it. */
  come(server: number, bucket: number, able: number): number {
    const people = this.#people[server]!;
    if (people === 0) return 0;
    if (this.#most[server]! > able)
      return binomialQuantile(
        open(this.#draws.at(this.#identity[server]!, server, bucket)),
        people,
        this.#chance[server]!,
      );
    const due = this.#expected[server]! + this.#carry[server]!;
    const whole = Math.floor(due);
    this.#carry[server] = due - whole;
    return whole;
  }
}
