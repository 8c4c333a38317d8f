/**
 * The message service of a drill, as a process of its own: it tells nobody, and counts who was told, how often, by whom and when. The drill
 * asks for the tally when all is over.
 */
import { createServer } from "node:http";
import type { Push } from "../ports.ts";
import { indexOf } from "./subscribers.ts";

/** One push as it arrived: `at` in ms since 1970, as finely as the clock allows. */
export interface Lot {
  readonly at: number;
  readonly owner: string;
  readonly part: number;
  readonly block: number;
  readonly count: number;
}

export interface Tally {
  readonly lots: readonly Lot[];
  readonly told: number;
  /** Subscribers that nobody told, the first few. */
  readonly missed: readonly number[];
  /** People who were told and did not subscribe. */
  readonly strangers: number;
  /** How many people of lot `now` had been told last by lot `before`. */
  readonly repeats: readonly { readonly before: number; readonly now: number; readonly count: number }[];
}

/** Counts what arrives for this many subscribers. */
export class Count {
  readonly #subscribers: number;
  readonly #lots: Lot[] = [];
  /** Of every subscriber, one more than the last lot he was in. */
  readonly #last: Uint32Array;
  readonly #repeats = new Map<string, { readonly before: number; readonly now: number; count: number }>();
  #told = 0;
  #strangers = 0;

  constructor(subscribers: number) {
    this.#subscribers = subscribers;
    this.#last = new Uint32Array(subscribers);
  }

  get told(): number {
    return this.#told;
  }

  arrive({ name, owner, uins }: Push, at: number): void {
    const now = this.#lots.length;
    this.#lots.push({ at, owner, part: name.part, block: name.block, count: uins.length });
    for (const uin of uins) {
      const index = indexOf(uin, this.#subscribers);
      if (index === undefined) this.#strangers += 1;
      else this.#tell(index, now);
    }
  }

  tally(): Tally {
    const missed: number[] = [];
    for (let index = 0; index < this.#subscribers && missed.length < 10; index++)
      if (this.#last[index] === 0) missed.push(index);
    const repeats = [...this.#repeats.values()];
    return { lots: this.#lots, told: this.#told, missed, strangers: this.#strangers, repeats };
  }

  #tell(index: number, now: number): void {
    const last = this.#last[index]!;
    this.#last[index] = now + 1;
    if (last === 0) {
      this.#told += 1;
      return;
    }
    const key = `${String(last - 1)} ${String(now)}`;
    const pair = this.#repeats.get(key) ?? { before: last - 1, now, count: 0 };
    pair.count += 1;
    this.#repeats.set(key, pair);
  }
}

/** `node sink.js SUBSCRIBERS`: says on which port it listens, answers "progress" and "tally". */
const main = (subscribers: number): void => {
  const count = new Count(subscribers);
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on("data", (chunk: Buffer) => chunks.push(chunk));
    asked.on("end", () => {
      const at = performance.timeOrigin + performance.now();
      count.arrive(JSON.parse(Buffer.concat(chunks).toString()) as Push, at);
      answer.end("[]");
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.send!({ port: typeof address === "object" && address !== null ? address.port : 0 });
  });
  process.on("message", (message) => process.send!(message === "tally" ? count.tally() : { told: count.told }));
  process.on("disconnect", () => process.exit());
};

if (process.send !== undefined && process.argv[1] === import.meta.filename) main(Number(process.argv[2]));
