/**
 * How TCP behaves on a path that loses packets, fast: outcomes of the exact model from tables.
 *
 * Most connections lose nothing; how many is known exactly, and so is what becomes of them. The others are taken from the
 * tables around their path. Between losses a coin chooses the table, so that the outcome is one that can happen: a blend of
 * two outcomes would lie between the time-outs of either.
 */
import { chanceOf, fractionOf } from "../../base/chance.ts";
import { wholePower } from "../../base/math.ts";
import { RandomStream } from "../../base/random.ts";
import type { Conversation } from "./connection.ts";
import { EvenLoss } from "./loss.ts";
import { Shelf } from "./shelf.ts";
import { CleanCourse, ENTRIES, LEAF, live, Table, type TransportOutcome } from "./tables.ts";

/** What a path does to packets: round trip in ms, chance of loss for each packet up and down. */
export interface PathQuality {
  readonly rttMs: number;
  readonly lossUp: number;
  readonly lossDown: number;
}

/** Round trips of neighbouring tables, one to the other, from 1 ms on. */
const STEP = 1.25;
const LOG_STEP = Math.log(STEP);
/**
 * From here on the exact model itself is asked. Near the first timer of a second nothing is alike at neighbouring round
 * trips, and so slow a path is rare.
 */
const EXACT_FROM_MS = 800;
/** Losses of tables. The first table above nothing serves all below it: there hardly anybody loses a second packet. */
const LOSSES = [
  0, 0.004, 0.01, 0.02, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.225, 0.25, 0.275, 0.3, 0.33,
  0.36, 0.4, 0.44, 0.48, 0.52, 0.56, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1,
] as const;

const rttOf = (step: number): number => wholePower(STEP, step);

/** Place of the last loss that is at most this, but for the very last. */
const placeOf = (loss: number): number => {
  let place = 0;
  while (place < LOSSES.length - 2 && LOSSES[place + 1]! <= loss) place += 1;
  return place;
};

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
  readonly #shelf: Shelf;
  readonly #clean: CleanCourse[] = [];
  readonly #tables: Table[] = [];
  readonly #chance = new RandomStream();

  /**
   * `conversation`: what is said on each connection; its patience bounds all times. `memory`, which `Transport.memory` made, is
   * shared by all who say the same.
   */
  constructor(conversation: Conversation, memory?: SharedArrayBuffer) {
    this.#conversation = conversation;
    this.#shelf = new Shelf(LEAF, memory);
  }

  static memory(): SharedArrayBuffer {
    return Shelf.memory(LEAF);
  }

  /**
   * One connection on a path with a round trip of at least 1 ms, by a keyed draw of four words. The answer is overwritten by
   * the next.
   */
  live({ rttMs, lossUp, lossDown }: PathQuality, words: Uint32Array): Readonly<TransportOutcome> {
    const outcome = this.#outcome;
    if (rttMs >= EXACT_FROM_MS) {
      const ways = { up: new EvenLoss(lossUp), down: new EvenLoss(lossDown) };
      const { ending, atUs, connectedUs, up, down } = live(this.#conversation, rttMs, ways, this.#chance.from(words));
      outcome.connectedMs = connectedUs / 1_000;
      outcome.doneMs = ending === "done" ? atUs / 1_000 : Infinity;
      outcome.sentUp = up.sent;
      outcome.lostUp = up.lost;
      outcome.sentDown = down.sent;
      outcome.lostDown = down.lost;
      return outcome;
    }
    const step = Math.max(0, Math.floor(Math.log(rttMs) / LOG_STEP));
    const clean = this.#cleanAt(step);
    const passes = wholePower(1 - lossUp, clean.ups) * wholePower(1 - lossDown, clean.downs);
    if (words[0]! < chanceOf(passes)) {
      const share = rttMs / rttOf(step);
      outcome.connectedMs = clean.connectedMs * share;
      outcome.doneMs = clean.doneMs * share;
      outcome.sentUp = clean.ups;
      outcome.sentDown = clean.downs;
      outcome.lostUp = outcome.lostDown = 0;
      return outcome;
    }
    const table = this.#choose(step, lossUp, lossDown, fractionOf(words[1]!));
    table.read(Math.floor(fractionOf(words[2]!) * ENTRIES), rttMs, fractionOf(words[3]!), outcome);
    return outcome;
  }

  /**
   * The cell of losses around a path has four tables. Along its diagonal, and on either side of it, what happens is blended
   * of three of them (Kuhn's triangles), each as often as its connections lose something.
   */
  #choose(step: number, lossUp: number, lossDown: number, coin: number): Table {
    const up = placeOf(lossUp);
    const down = placeOf(lossDown);
    const shareUp = (lossUp - LOSSES[up]!) / (LOSSES[up + 1]! - LOSSES[up]!);
    const shareDown = (lossDown - LOSSES[down]!) / (LOSSES[down + 1]! - LOSSES[down]!);
    const isUp = shareUp >= shareDown;
    const far = this.#table(step, up + 1, down + 1);
    const middle = this.#table(step, isUp ? up + 1 : up, isUp ? down : down + 1);
    const near = this.#table(step, up, down);
    const forFar = Math.min(shareUp, shareDown) * far.lossy;
    const forMiddle = Math.abs(shareUp - shareDown) * middle.lossy;
    const forNear = (1 - Math.max(shareUp, shareDown)) * near.lossy;
    const at = coin * (forFar + forMiddle + forNear);
    return at < forFar ? far : at < forFar + forMiddle ? middle : near;
  }

  #table(step: number, up: number, down: number): Table {
    const place = (step * LOSSES.length + up) * LOSSES.length + down;
    return (this.#tables[place] ??= new Table(
      this.#conversation,
      [rttOf(step), rttOf(step + 1)],
      [LOSSES[up]!, LOSSES[down]!],
      this.#cleanAt(step),
      { shelf: this.#shelf, place },
    ));
  }

  #cleanAt(step: number): CleanCourse {
    return (this.#clean[step] ??= new CleanCourse(this.#conversation, rttOf(step)));
  }
}
