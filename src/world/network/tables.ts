/**
 * Stored outcomes of the exact model. A table holds thousands of connections that lost packets, for one pair of round trips and one
 * pair of losses: time, success, packets sent and lost of each connection together, so that they stay dependent. An entry is simulated
 * when it is first needed; no run and no seed changes it.
 *
 * Every connection is simulated at both round trips with the same draws. If the same packets leave in the same order and are lost
 * alike, times at round trips in between are interpolated; else a draw decides between the two outcomes.
 */
import { Draws, RandomStream } from "../../base/random.ts";
import { Connection, type ConnectionOutcome, type Conversation } from "./connection.ts";
import type { Loss } from "./loss.ts";
import type { TableColumns } from "./table-columns.ts";
import type { TableMemory } from "./table-memory.ts";

/** The outcome of one connection; times are from the first SYN, and infinite if it did not happen. */
export interface TransportOutcome {
  /** When the handshake was done. */
  connectedMs: number;
  /** When the last response had arrived. */
  doneMs: number;
  /** Packets sent to the server. */
  sentUp: number;
  /** Packets lost on the way to the server. */
  lostUp: number;
  /** Packets sent to the client. */
  sentDown: number;
  /** Packets lost on the way to the client. */
  lostDown: number;
}

/** Entries of a table: enough for 1.36 / √n, what chance alone makes of Kolmogorov and Smirnov's distance, to be 0.01. */
export const ENTRIES = 20_000;

/** The packets of a connection in the order of sending: which one is the first to be lost, and the fate of each. */
class PacketTrace {
  /** Direction of each packet: 0 up, 1 down. */
  readonly directions: number[] = [];
  /** Hash of directions and fates. */
  hash = 0;
  readonly up: Loss;
  readonly down: Loss;

  /** Loses packet `first`; later packets are lost with the chance of their direction. */
  constructor(first: number, lossUp: number, lossDown: number) {
    const direction = (direction: number, share: number): Loss => ({
      passes: (_atUs, chance) => {
        const place = this.directions.push(direction) - 1;
        const isLost = place === first || (place > first && chance.next() < share);
        this.hash = (Math.imul(this.hash, 31) + 2 * direction + (isLost ? 1 : 0) + 1) | 0;
        return !isLost;
      },
    });
    this.up = direction(0, lossUp);
    this.down = direction(1, lossDown);
  }
}

/** Simulates one connection with the exact model. */
export const simulateConnection = (
  conversation: Conversation,
  rttMs: number,
  loss: { readonly up: Loss; readonly down: Loss },
  chance: RandomStream,
): ConnectionOutcome => {
  const wire = (direction: Loss) => ({ delayUs: rttMs * 500, jitterUs: 0, loss: direction });
  return new Connection(conversation, { up: wire(loss.up), down: wire(loss.down) }, chance).run();
};

const draws = new Draws("transport", "tables");
const chanceOf = (entry: number, chance: RandomStream): RandomStream => {
  draws.at(0, entry, 0);
  return chance.from(draws.out);
};

/** A connection without loss, at one round trip. */
export class LosslessConnection {
  /** Direction of each packet, in the order of sending: 0 up, 1 down. */
  readonly directions: readonly number[];
  /** Packets to the server. */
  readonly packetsUp: number;
  /** Packets to the client. */
  readonly packetsDown: number;
  /** When the handshake was done. */
  readonly connectedMs: number;
  /** When the last response had arrived; Infinity if it never did. */
  readonly doneMs: number;

  constructor(conversation: Conversation, rttMs: number) {
    const trace = new PacketTrace(Infinity, 0, 0);
    const { ending, atUs, connectedUs } = simulateConnection(
      conversation,
      rttMs,
      trace,
      chanceOf(0, new RandomStream()),
    );
    this.directions = trace.directions;
    this.packetsDown = trace.directions.reduce((sum, direction) => sum + direction, 0);
    this.packetsUp = trace.directions.length - this.packetsDown;
    this.connectedMs = connectedUs / 1_000;
    this.doneMs = ending === "done" ? atUs / 1_000 : Infinity;
  }
}

const EMPTY = 0;
const ALIKE = 1;
const APART = 2;
/** Numbers of each entry: two times and four counts at the shorter round trip, then the same at the longer. */
const TIMES = 4;
const COUNTS = 8;
/** Size of every table. */
export const TABLE_SIZE = { entries: ENTRIES, times: TIMES, counts: COUNTS } as const;
const NO_COLUMNS: TableColumns = { times: new Float32Array(), counts: new Uint16Array(), state: new Uint8Array() };

/** Where the columns of a table are. */
export interface TablePlace {
  /** Memory of all tables. */
  readonly memory: TableMemory;
  /** Index of the table in it. */
  readonly place: number;
}

/** Outcomes of connections that lose packets, between two round trips at one pair of losses. */
export class OutcomeTable {
  /** Share of connections that lose packets. */
  readonly lossyShare: number;
  readonly #conversation: Conversation;
  readonly #rttMs: readonly [number, number];
  readonly #loss: readonly [up: number, down: number];
  /** By packet: chance that it or an earlier one is lost. */
  readonly #firstTo: number[] = [];
  /** Set with the first entry: of many tables only `lossyShare` is needed. */
  #columns = NO_COLUMNS;
  readonly #place: TablePlace;
  readonly #chance = new RandomStream();
  readonly #tripsToConnect: number;
  readonly #tripsToDone: number;

  constructor(
    conversation: Conversation,
    rttMs: readonly [number, number],
    loss: readonly [up: number, down: number],
    { directions: ways, connectedMs, doneMs }: LosslessConnection,
    where: TablePlace,
  ) {
    this.#place = where;
    this.#tripsToConnect = connectedMs / rttMs[0];
    this.#tripsToDone = doneMs / rttMs[0];
    this.#conversation = conversation;
    this.#rttMs = rttMs;
    this.#loss = loss;
    let passes = 1;
    for (const direction of ways) {
      passes *= 1 - loss[direction]!;
      this.#firstTo.push(1 - passes);
    }
    this.lossyShare = 1 - passes;
  }

  /** Fills `outcome` from an entry at a round trip between the two; `coin` in [0, 1) decides if the outcomes differ. */
  read(entry: number, rttMs: number, coin: number, outcome: TransportOutcome): void {
    const kind = this.#kindOf(entry);
    const [low, high] = this.#rttMs;
    const share = (rttMs - low) / (high - low);
    const side = coin < share ? 1 : 0;
    const { counts, times } = this.#columns;
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
      // The round trips that a connection without loss takes are those of this path.
      const more = rttMs - (side === 0 ? low : high);
      outcome.connectedMs = times[at + 2 * side]! + more * this.#tripsToConnect;
      outcome.doneMs = times[at + 2 * side + 1]! + more * this.#tripsToDone;
    }
  }

  /** Returns whether an entry is alike at both round trips, and simulates it first if no thread has. */
  #kindOf(entry: number): number {
    if (this.#columns === NO_COLUMNS) this.#columns = this.#place.memory.columns(this.#place.place);
    const { state } = this.#columns;
    const known = Atomics.load(state, entry);
    if (known !== EMPTY) return known;
    const kind = this.#fill(entry);
    Atomics.store(state, entry, kind);
    return kind;
  }

  /** Stores an entry, except for its state. */
  #fill(entry: number): typeof ALIKE | typeof APART {
    const { times, counts } = this.#columns;
    const place = draws.uniform(1, entry, 0) * this.lossyShare;
    let first = 0;
    while (first < this.#firstTo.length - 1 && this.#firstTo[first]! <= place) first += 1;
    const hashes = this.#rttMs.map((rttMs, side) => {
      const trace = new PacketTrace(first, ...this.#loss);
      const { ending, atUs, connectedUs, up, down } = simulateConnection(
        this.#conversation,
        rttMs,
        trace,
        chanceOf(entry, this.#chance),
      );
      const time = entry * TIMES + 2 * side;
      times[time] = connectedUs / 1_000;
      times[time + 1] = ending === "done" ? atUs / 1_000 : Infinity;
      const count = entry * COUNTS + (side * COUNTS) / 2;
      counts[count] = up.sent;
      counts[count + 1] = up.lost;
      counts[count + 2] = down.sent;
      counts[count + 3] = down.lost;
      return `${String(trace.hash)} ${ending} ${String(connectedUs === Infinity)}`;
    });
    return hashes[0] === hashes[1] ? ALIKE : APART;
  }
}
