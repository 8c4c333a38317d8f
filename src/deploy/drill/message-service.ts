/**
 * The message service of a drill, as a process of its own: it only counts which subscribers were told, how often, by which slot
 * and when. The drill asks for the tally at the end.
 */
import { createServer } from "node:http";
import type { PushBatch } from "../ports.ts";
import { indexOf } from "./subscribers.ts";

/** One push, as it arrived. */
export interface MessageBatch {
  /** In ms since 1970, with fractions. */
  readonly at: number;
  /** The slot that pushed. */
  readonly owner: string;
  readonly part: number;
  readonly block: number;
  /** Number of subscribers. */
  readonly count: number;
}

/** What arrived in all. */
export interface Tally {
  /** In order of arrival. */
  readonly batches: readonly MessageBatch[];
  /** Number of subscribers told, each counted once. */
  readonly told: number;
  /** The first few subscribers that were not told, by index. */
  readonly missed: readonly number[];
  /** Number of messages to uins that did not subscribe. */
  readonly strangers: number;
  /** Number of subscribers of batch `now` that batch `before` had told last. */
  readonly repeats: readonly { readonly before: number; readonly now: number; readonly count: number }[];
}

/** Counts arrivals. */
export class ArrivalCounter {
  readonly #subscribers: number;
  readonly #batches: MessageBatch[] = [];
  /** By subscriber, one more than the number of the last batch with it; 0 if there is none. */
  readonly #last: Uint32Array;
  readonly #repeats = new Map<string, { readonly before: number; readonly now: number; count: number }>();
  #told = 0;
  #strangers = 0;

  /** Counts for the subscribers with index 0 to below this number. */
  constructor(subscribers: number) {
    this.#subscribers = subscribers;
    this.#last = new Uint32Array(subscribers);
  }

  /** Number of subscribers told so far. */
  get told(): number {
    return this.#told;
  }

  /** Counts a push that arrives at a time in ms since 1970. */
  arrive({ name, owner, uins }: PushBatch, at: number): void {
    const now = this.#batches.length;
    this.#batches.push({ at, owner, part: name.part, block: name.block, count: uins.length });
    for (const uin of uins) {
      const index = indexOf(uin, this.#subscribers);
      if (index === undefined) this.#strangers += 1;
      else this.#tell(index, now);
    }
  }

  /** Returns all counts. */
  tally(): Tally {
    const missed: number[] = [];
    for (let index = 0; index < this.#subscribers && missed.length < 10; index++)
      if (this.#last[index] === 0) missed.push(index);
    const repeats = [...this.#repeats.values()];
    return { batches: this.#batches, told: this.#told, missed, strangers: this.#strangers, repeats };
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

/** `node message-service.js SUBSCRIBERS`: sends its parent the port, and answers "told" and "tally". */
const main = (subscribers: number): void => {
  const count = new ArrivalCounter(subscribers);
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on("data", (chunk: Buffer) => chunks.push(chunk));
    asked.on("end", () => {
      const at = performance.timeOrigin + performance.now();
      count.arrive(JSON.parse(Buffer.concat(chunks).toString()) as PushBatch, at);
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
