/**
 * Fast TCP on paths that lose packets: outcomes of the exact model from tables.
 *
 * Most connections lose nothing: their share and their outcome are exact. The others are sampled from the tables around their path.
 * Between losses a draw chooses the table, so that the outcome is one that can happen: a mean of two outcomes would lie between the
 * time-outs of either.
 */
import { chanceOf, fractionOf } from "../../base/chance.ts";
import { wholePower } from "../../base/math.ts";
import { RandomStream } from "../../base/random.ts";
import type { Conversation } from "./connection.ts";
import { EvenLoss } from "./loss.ts";
import { TableMemory } from "./table-memory.ts";
import {
  LosslessConnection,
  ENTRIES,
  TABLE_SIZE,
  simulateConnection,
  OutcomeTable,
  type TransportOutcome,
} from "./tables.ts";

/** Quality of a path. */
export interface PathQuality {
  /** Round trip. */
  readonly rttMs: number;
  /** Chance of loss of each packet to the server. */
  readonly lossUp: number;
  /** Chance of loss of each packet to the client. */
  readonly lossDown: number;
}

/** Ratio of the round trips of neighbouring tables, from 1 ms on. */
const STEP = 1.25;
const LOG_STEP = Math.log(STEP);
/**
 * From this round trip the exact model itself is used: near the first timer of a second, outcomes at neighbouring round trips differ,
 * and such paths are rare.
 */
const EXACT_FROM_MS = 800;
/** Losses of tables. The lowest one above 0 serves all below it: second losses are rare there. */
const LOSSES = [
  0, 0.004, 0.01, 0.02, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.225, 0.25, 0.275, 0.3, 0.33,
  0.36, 0.4, 0.44, 0.48, 0.52, 0.56, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1,
] as const;

const rttOf = (step: number): number => wholePower(STEP, step);

/** Returns the index of the last loss that is at most this, and never the very last index. */
const placeOf = (loss: number): number => {
  let place = 0;
  while (place < LOSSES.length - 2 && LOSSES[place + 1]! <= loss) place += 1;
  return place;
};

/** A path as `Transport.along` prepares it: what all connections over it have in common. */
export interface TransportPath extends PathQuality {
  /** The step of round trips below this one, and the round trip as a multiple of that step's. */
  readonly step: number;
  readonly share: number;
  /** Chance that no packet is lost. */
  readonly passes: number;
  /** What a connection without loss is like. */
  readonly lossless: LosslessConnection | undefined;
}

/** Samples connections of one kind of conversation. */
export class Transport {
  readonly #outcome: TransportOutcome = {
    connectedMs: 0,
    doneMs: 0,
    sentUp: 0,
    lostUp: 0,
    sentDown: 0,
    lostDown: 0,
  };
  readonly #conversation: Conversation;
  readonly #tableMemory: TableMemory;
  readonly #lossless: LosslessConnection[] = [];
  readonly #tables: OutcomeTable[] = [];
  readonly #chance = new RandomStream();

  /**
   * `conversation` is what is said on each connection; its patience bounds all times. `memory`, made by `Transport.memory`, may be shared
   * by all threads with the same conversation.
   */
  constructor(conversation: Conversation, memory?: SharedArrayBuffer) {
    this.#conversation = conversation;
    this.#tableMemory = new TableMemory(TABLE_SIZE, memory);
  }

  /** Allocates memory for the tables of one conversation; `stored` is what `Transport.stored` returned in an earlier process. */
  static memory(stored?: Uint8Array): SharedArrayBuffer {
    return TableMemory.allocate(TABLE_SIZE, stored);
  }

  /** Returns the outcomes in memory, then those of `stored` that it lacks, in at most `most` bytes. */
  static stored(memory: SharedArrayBuffer, stored: Uint8Array, most: number): readonly Uint8Array[] {
    return new TableMemory(TABLE_SIZE, memory).blocks(stored, most);
  }

  /** Prepares a path of at least 1 ms for `sample`. */
  along({ rttMs, lossUp, lossDown }: PathQuality): TransportPath {
    if (rttMs >= EXACT_FROM_MS) return { rttMs, lossUp, lossDown, step: 0, share: 0, passes: 0, lossless: undefined };
    const step = Math.max(0, Math.floor(Math.log(rttMs) / LOG_STEP));
    const lossless = this.#losslessAt(step);
    const passes = wholePower(1 - lossUp, lossless.packetsUp) * wholePower(1 - lossDown, lossless.packetsDown);
    return { rttMs, lossUp, lossDown, step, share: rttMs / rttOf(step), passes: chanceOf(passes), lossless };
  }

  /** Samples a connection by a keyed draw of four words; the next call overwrites the result. */
  sample(path: TransportPath, words: Uint32Array): Readonly<TransportOutcome> {
    const { lossless, step, rttMs, lossUp, lossDown } = path;
    if (lossless === undefined) return this.#exact(path, words);
    const outcome = this.#outcome;
    if (words[0]! < path.passes) {
      outcome.connectedMs = lossless.connectedMs * path.share;
      outcome.doneMs = lossless.doneMs * path.share;
      outcome.sentUp = lossless.packetsUp;
      outcome.sentDown = lossless.packetsDown;
      outcome.lostUp = outcome.lostDown = 0;
      return outcome;
    }
    const table = this.#choose(step, lossUp, lossDown, fractionOf(words[1]!));
    table.read(Math.floor(fractionOf(words[2]!) * ENTRIES), rttMs, fractionOf(words[3]!), outcome);
    return outcome;
  }

  #exact({ rttMs, lossUp, lossDown }: TransportPath, words: Uint32Array): Readonly<TransportOutcome> {
    const outcome = this.#outcome;
    const ways = { up: new EvenLoss(lossUp), down: new EvenLoss(lossDown) };
    const { ending, atUs, connectedUs, up, down } = simulateConnection(
      this.#conversation,
      rttMs,
      ways,
      this.#chance.from(words),
    );
    outcome.connectedMs = connectedUs / 1_000;
    outcome.doneMs = ending === "done" ? atUs / 1_000 : Infinity;
    outcome.sentUp = up.sent;
    outcome.lostUp = up.lost;
    outcome.sentDown = down.sent;
    outcome.lostDown = down.lost;
    return outcome;
  }

  /**
   * Chooses a table by interpolation between three of the four around the path's losses (Kuhn's triangles), each weighted by its share
   * of connections that lose packets.
   */
  #choose(step: number, lossUp: number, lossDown: number, coin: number): OutcomeTable {
    const up = placeOf(lossUp);
    const down = placeOf(lossDown);
    const shareUp = (lossUp - LOSSES[up]!) / (LOSSES[up + 1]! - LOSSES[up]!);
    const shareDown = (lossDown - LOSSES[down]!) / (LOSSES[down + 1]! - LOSSES[down]!);
    const isUp = shareUp >= shareDown;
    const far = this.#table(step, up + 1, down + 1);
    const middle = this.#table(step, isUp ? up + 1 : up, isUp ? down : down + 1);
    const near = this.#table(step, up, down);
    const forFar = Math.min(shareUp, shareDown) * far.lossyShare;
    const forMiddle = Math.abs(shareUp - shareDown) * middle.lossyShare;
    const forNear = (1 - Math.max(shareUp, shareDown)) * near.lossyShare;
    const at = coin * (forFar + forMiddle + forNear);
    return at < forFar ? far : at < forFar + forMiddle ? middle : near;
  }

  #table(step: number, up: number, down: number): OutcomeTable {
    const place = (step * LOSSES.length + up) * LOSSES.length + down;
    return (this.#tables[place] ??= new OutcomeTable(
      this.#conversation,
      [rttOf(step), rttOf(step + 1)],
      [LOSSES[up]!, LOSSES[down]!],
      this.#losslessAt(step),
      { memory: this.#tableMemory, place },
    ));
  }

  #losslessAt(step: number): LosslessConnection {
    return (this.#lossless[step] ??= new LosslessConnection(this.#conversation, rttOf(step)));
  }
}
