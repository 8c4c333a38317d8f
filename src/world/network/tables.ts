/**
 * Outcomes of the exact model, kept. A table holds what became of some thousands of connections that lost something, for
 * one pair of round trips and one pair of losses: time, success, packets sent and lost of one connection together, so that
 * what depends on each other stays so. Each entry is lived when it is first asked for; no run and no seed changes it.
 *
 * Every connection is lived at both round trips with the same chance. Where the same packets leave in the same order and
 * meet the same fate, times in between lie between; where not, a coin decides which of the two it was.
 */
import { Draws, RandomStream } from "../../base/random.ts";
import { Connection, type ConnectionOutcome, type Conversation } from "./connection.ts";
import type { Loss } from "./loss.ts";
import type { Leaf, Shelf } from "./shelf.ts";

/** One way through a connection. Times in ms from the first SYN, infinite for what did not happen. */
export interface TransportOutcome {
  connectedMs: number;
  doneMs: number;
  sentUp: number;
  lostUp: number;
  sentDown: number;
  lostDown: number;
}

/** Entries of a table: enough for 1.36 / √n, what chance alone makes of Kolmogorov and Smirnov's distance, to be 0.01. */
export const ENTRIES = 20_000;

/** Packets on their way one way or the other, in the order of sending: where the first is lost, and what became of each. */
class Course {
  /** Way of each packet: 0 up, 1 down. */
  readonly ways: number[] = [];
  /** Of ways and fates; the same for the same course. */
  hash = 0;
  readonly up: Loss;
  readonly down: Loss;

  /** `first`: the packet that is the first to be lost; those after it have the chance of their way. */
  constructor(first: number, lossUp: number, lossDown: number) {
    const way = (direction: number, share: number): Loss => ({
      passes: (_atUs, chance) => {
        const place = this.ways.push(direction) - 1;
        const isLost = place === first || (place > first && chance.next() < share);
        this.hash = (Math.imul(this.hash, 31) + 2 * direction + (isLost ? 1 : 0) + 1) | 0;
        return !isLost;
      },
    });
    this.up = way(0, lossUp);
    this.down = way(1, lossDown);
  }
}

/** One connection of the exact model. */
export const live = (
  conversation: Conversation,
  rttMs: number,
  loss: { readonly up: Loss; readonly down: Loss },
  chance: RandomStream,
): ConnectionOutcome => {
  const wire = (way: Loss) => ({ delayUs: rttMs * 500, jitterUs: 0, loss: way });
  return new Connection(conversation, { up: wire(loss.up), down: wire(loss.down) }, chance).run();
};

const draws = new Draws("transport", "tables");
const chanceOf = (entry: number, chance: RandomStream): RandomStream => {
  draws.at(0, entry, 0);
  return chance.from(draws.out);
};

/** A connection that loses nothing, at one round trip. */
export class CleanCourse {
  readonly ways: readonly number[];
  readonly ups: number;
  readonly downs: number;
  readonly connectedMs: number;
  readonly doneMs: number;

  constructor(conversation: Conversation, rttMs: number) {
    const course = new Course(Infinity, 0, 0);
    const { ending, atUs, connectedUs } = live(conversation, rttMs, course, chanceOf(0, new RandomStream()));
    this.ways = course.ways;
    this.downs = course.ways.reduce((sum, way) => sum + way, 0);
    this.ups = course.ways.length - this.downs;
    this.connectedMs = connectedUs / 1_000;
    this.doneMs = ending === "done" ? atUs / 1_000 : Infinity;
  }
}

const EMPTY = 0;
const ALIKE = 1;
const APART = 2;
/** Kept of each entry, at the shorter round trip and then at the longer: two times, and four counts. */
const TIMES = 4;
const COUNTS = 8;
/** What a shelf has room for. */
export const LEAF = { entries: ENTRIES, times: TIMES, counts: COUNTS } as const;
const BLANK: Leaf = { times: new Float32Array(), counts: new Uint16Array(), state: new Uint8Array() };

/** Where a table lies. */
export interface Berth {
  readonly shelf: Shelf;
  readonly place: number;
}

export class Table {
  /** Share of connections that lose anything. */
  readonly lossy: number;
  readonly #conversation: Conversation;
  readonly #rttMs: readonly [number, number];
  readonly #loss: readonly [up: number, down: number];
  /** Chance that the first loss is that of a packet or one before it. */
  readonly #firstTo: number[] = [];
  /** Made with the first entry: many tables are only asked how often anything is lost. */
  #leaf = BLANK;
  readonly #berth: Berth;
  readonly #chance = new RandomStream();
  readonly #tripsToConnect: number;
  readonly #tripsToDone: number;

  constructor(
    conversation: Conversation,
    rttMs: readonly [number, number],
    loss: readonly [up: number, down: number],
    { ways, connectedMs, doneMs }: CleanCourse,
    berth: Berth,
  ) {
    this.#berth = berth;
    this.#tripsToConnect = connectedMs / rttMs[0];
    this.#tripsToDone = doneMs / rttMs[0];
    this.#conversation = conversation;
    this.#rttMs = rttMs;
    this.#loss = loss;
    let passes = 1;
    for (const way of ways) {
      passes *= 1 - loss[way]!;
      this.#firstTo.push(1 - passes);
    }
    this.lossy = 1 - passes;
  }

  /** Fills `outcome` from an entry at a round trip between the two; `coin` in [0, 1) decides where they went apart. */
  read(entry: number, rttMs: number, coin: number, outcome: TransportOutcome): void {
    const kind = this.#kindOf(entry);
    const [low, high] = this.#rttMs;
    const share = (rttMs - low) / (high - low);
    const side = coin < share ? 1 : 0;
    const { counts, times } = this.#leaf;
    const count = entry * COUNTS + (side * COUNTS) / 2;
    outcome.sentUp = counts[count]!;
    outcome.lostUp = counts[count + 1]!;
    outcome.sentDown = counts[count + 2]!;
    outcome.lostDown = counts[count + 3]!;
    const at = entry * TIMES;
    if (kind === ALIKE) {
      const connected = times[at]!;
      const done = times[at + 1]!;
      outcome.connectedMs = connected === Infinity ? Infinity : connected + share * (times[at + 2]! - connected);
      outcome.doneMs = done === Infinity ? Infinity : done + share * (times[at + 3]! - done);
    } else {
      // At least the round trips of a clean course are those of this path.
      const more = rttMs - (side === 0 ? low : high);
      outcome.connectedMs = times[at + 2 * side]! + more * this.#tripsToConnect;
      outcome.doneMs = times[at + 2 * side + 1]! + more * this.#tripsToDone;
    }
  }

  /** Whether an entry went alike at both round trips; lives it first where nobody has. */
  #kindOf(entry: number): number {
    if (this.#leaf === BLANK) this.#leaf = this.#berth.shelf.open(this.#berth.place);
    const { state } = this.#leaf;
    const known = Atomics.load(state, entry);
    if (known !== EMPTY) return known;
    const kind = this.#fill(entry);
    Atomics.store(state, entry, kind);
    return kind;
  }

  /** Writes an entry down, all but that it is there. */
  #fill(entry: number): typeof ALIKE | typeof APART {
    const { times, counts } = this.#leaf;
    const place = draws.uniform(1, entry, 0) * this.lossy;
    let first = 0;
    while (first < this.#firstTo.length - 1 && this.#firstTo[first]! <= place) first += 1;
    const hashes = this.#rttMs.map((rttMs, side) => {
      const course = new Course(first, ...this.#loss);
      const { ending, atUs, connectedUs, up, down } = live(
        this.#conversation,
        rttMs,
        course,
        chanceOf(entry, this.#chance),
      );
      const doneMs = ending === "done" ? atUs / 1_000 : Infinity;
      times.set([connectedUs / 1_000, doneMs], entry * TIMES + 2 * side);
      counts.set([up.sent, up.lost, down.sent, down.lost], entry * COUNTS + (side * COUNTS) / 2);
      return `${String(course.hash)} ${ending} ${String(connectedUs === Infinity)}`;
    });
    return hashes[0] === hashes[1] ? ALIKE : APART;
  }
}
