/**
 * People at rest: connected, their heartbeat learned, and nothing to tell for a while. A beat that is answered changes
 * nothing, so nobody need follow it: the next one that something comes of, that stays unanswered or after which somebody
 * leaves, is a geometric draw away, and the beats before it are counted as a rate. What a run costs then grows with the
 * people in trouble and not with the people online.
 *
 * The draw holds while its chances hold. Whoever would change them (a fault, a new row of the dispatch table) first
 * wakes who rests there: the next beat of each is then lived like any other. Equal in distribution to living every beat,
 * not beat for beat (tests/world/population/rest.test.ts); only when within an interval a beat comes is smoothed: those of
 * people who came together are spread, where lived ones come together again and again.
 *
 * Rows at rest lie in two words each, a cell's side by side, so that a change finds them without a look at all others. They
 * come into the calendar some minutes before their event.
 */
import { logOfWord } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import type { HeartbeatPolicy } from "../../algorithms/access/heartbeat.ts";
import { type Calendar, DUE } from "../../engine/calendar.ts";
import { HEARTBEAT_UNIT } from "../../scenario/people/limits.ts";
import { BEAT_FAILS, WOKEN } from "../link.ts";
import type { Crowd } from "./crowd.ts";
import { quietWord, tensOf, withoutInterval } from "./heartbeats.ts";
import * as record from "./record.ts";

export interface RestPlan {
  readonly seed: string;
  readonly heartbeat: HeartbeatPolicy;
  readonly stayMs: number;
}

/** What comes of a beat that was foretold. */
export const NOTHING = 0;
export const BREAKS = 1;
export const LEAVES = 2;
/** Leaves, and is one of those who only do so in a surge. */
export const SURGES = 3;

const UNIT_MS = HEARTBEAT_UNIT / 1_000;
/** Who is due within this time is brought into the calendar: rare enough that looking through 180 million costs little. Chosen. */
const ROUSE_MS = 512_000;
/** Nobody rests for longer, and is asked again then; well within what 32 bits of ms tell apart. */
const REST_MOST_MS = 864_000_000;
/** Packed: endpoint 8, interval 6, ordinal 17 bits; or not at rest. */
const ENDPOINT = 0xff;
const TENS = 8;
const INTERVAL = 0x3f;
const ORDINAL = 14;
const AWAKE = -1;

export class Rest {
  readonly #crowd: Crowd;
  readonly #calendar: Calendar;
  readonly #draws: Draws;
  readonly #quiet: number;
  readonly #staysPerMs: number;
  /** By row: when the foretold event is due, ms since the run began as far as 32 bits tell; and whose it is, packed. */
  readonly #rows: Int32Array;
  /** Everybody due before this is in the calendar. */
  #rousedMs = ROUSE_MS;
  /** Chance that a beat is not answered, and that something comes of it; the latter as it was last asked for, with 1 / ln(1 - it). */
  #fails = 0;
  #happens = 0;
  #known = -1;
  #inverse = 0;
  readonly #record = new Int32Array(4);

  constructor(crowd: Crowd, calendar: Calendar, { seed, heartbeat, stayMs }: RestPlan) {
    this.#crowd = crowd;
    this.#calendar = calendar;
    this.#draws = new Draws(seed, "rest");
    this.#quiet = quietWord(heartbeat);
    this.#staysPerMs = 1 / stayMs;
    this.#rows = new Int32Array(2 * crowd.population.rowsHere).fill(AWAKE);
  }

  /** Whether another answered beat would teach this client's heartbeat nothing. */
  isQuiet(word: number): boolean {
    return withoutInterval(word) === this.#quiet;
  }

  /**
   * Foretells the next event of a quiet client whose next beat comes at `firstMs` since the run began. Returns how many ms
   * after that beat it is, `record` changed to say so; or -1, the client laid to rest, when that is far off.
   */
  lie(pool: Int32Array, at: number, firstMs: number): number {
    const crowd = this.#crowd;
    const { population } = crowd;
    const index = pool[at]!;
    const state = pool[at + 2]!;
    const home = record.cellOf(pool[at + 3]!);
    const tens = tensOf(pool[at + 3]!);
    const afterMs = this.#foretell(home, index, state, tens);
    const people = population.peopleOf(home, index);
    const link = this.#link(home, index, state);
    crowd.rest(link, people, tens, this.#calendar.at);
    // Who has just beaten does so again after a whole interval; of a rate, half a beat on average would come too many.
    if (record.ordinalOf(state) > 0) crowd.credit(link, people, tens, (-tens * UNIT_MS) / 2);
    const dueMs = firstMs + afterMs;
    if (dueMs < this.#rousedMs) {
      pool[at + 2] = record.foretold(state);
      return afterMs;
    }
    const row = 2 * (population.firstRow[home]! + index);
    this.#rows[row] = dueMs | 0;
    this.#rows[row + 1] = record.endpointOf(state) | (tens << TENS) | (record.ordinalOf(state) << ORDINAL);
    return -1;
  }

  /** The foretold beat of this record has come: what comes of it. The client is not at rest any more. */
  outcome(pool: Int32Array, at: number): typeof NOTHING | typeof BREAKS | typeof LEAVES | typeof SURGES {
    const crowd = this.#crowd;
    const index = pool[at]!;
    const state = pool[at + 2]!;
    const home = record.cellOf(pool[at + 3]!);
    const tens = tensOf(pool[at + 3]!);
    const people = crowd.population.peopleOf(home, index);
    const link = this.#link(home, index, state);
    const nowMs = this.#calendar.at;
    crowd.rise(link, people, tens, nowMs);
    const interval = tens * UNIT_MS;
    // This is a whole beat; of a rate, only half of it on average has come until now.
    crowd.credit(link, people, tens, interval / 2);
    if (this.#foretell(home, index, state, tens) === REST_MOST_MS) return NOTHING;
    const place = open(this.#draws.out[1]!) * this.#happens;
    if (place < this.#fails) return BREAKS;
    const usual =
      this.#fails + (this.#happens - this.#fails) / Math.max(1, crowd.restlessness[crowd.viaCell(home, index)]!);
    return place < usual ? LEAVES : SURGES;
  }

  /**
   * Whoever this foretold record is of lives the next beat like any other: `record` is of that beat then. Who goes on over the
   * same link may be woken again and again, and then what was counted is put right; else it is right on average.
   */
  rise(pool: Int32Array, at: number, goesOn: boolean): void {
    const crowd = this.#crowd;
    const index = pool[at]!;
    const state = pool[at + 2]!;
    const home = record.cellOf(pool[at + 3]!);
    const tens = tensOf(pool[at + 3]!);
    const { at: nowMs, base } = this.#calendar;
    const link = this.#link(home, index, state);
    const people = crowd.population.peopleOf(home, index);
    crowd.rise(link, people, tens, nowMs);
    const interval = tens * UNIT_MS;
    const dueMs = pool[at + DUE]! + base;
    const nextMs = dueMs - Math.floor((dueMs - nowMs) / interval) * interval;
    const wokenMs = crowd.paths.links[link + WOKEN]!;
    // So soon after they were last woken they have not beaten at any time alike: what was counted shall be the beats sent.
    if (goesOn && wokenMs > 0 && nowMs - wokenMs < interval)
      crowd.credit(link, people, tens, interval / 2 - (nowMs - (nextMs - interval)));
    pool[at + DUE] = nextMs - base;
    pool[at + 2] = record.notForetold(record.advanced(state));
  }

  /** Brings everybody into the calendar whose event is near. Call before each bucket. */
  rouse(): void {
    const calendar = this.#calendar;
    const { cells, first, end, firstRow } = this.#crowd.population;
    if (calendar.at < this.#rousedMs) return;
    this.#rousedMs += ROUSE_MS;
    const until = this.#rousedMs | 0;
    const rows = this.#rows;
    cells.forEach((_, home) => {
      const start = 2 * firstRow[home]!;
      for (let row = start + 2 * first[home]!; row < start + 2 * end[home]!; row += 2)
        if (((rows[row]! - until) | 0) < 0 && rows[row + 1] !== AWAKE) {
          const pool = this.#show(home, (row - start) / 2);
          calendar.add(pool[0]!, pool[DUE]!, pool[2]!, pool[3]!);
          rows[row + 1] = AWAKE;
        }
    });
  }

  /**
   * Those at home in these cells and at rest, as far as `touches` says so: each becomes a foretold record, which `act` must
   * make one that is not, and goes into the calendar.
   */
  sweep(
    homes: Iterable<number>,
    touches: (home: number, index: number, endpoint: number) => boolean,
    act: (pool: Int32Array, at: number) => void,
  ): void {
    const { first, end, firstRow } = this.#crowd.population;
    const rows = this.#rows;
    for (const home of homes) {
      for (let index = first[home]!; index < end[home]!; index++) {
        const row = 2 * (firstRow[home]! + index);
        const what = rows[row + 1]!;
        if (what === AWAKE || !touches(home, index, what & ENDPOINT)) continue;
        const pool = this.#show(home, index);
        act(pool, 0);
        this.#calendar.add(pool[0]!, pool[DUE]!, pool[2]!, pool[3]!);
        rows[row + 1] = AWAKE;
      }
    }
  }

  /** People at rest, counted one by one. */
  count(): number {
    const { population } = this.#crowd;
    let people = 0;
    population.cells.forEach((_, home) => {
      for (let index = population.first[home]!; index < population.end[home]!; index++)
        if (this.#rows[2 * (population.firstRow[home]! + index) + 1] !== AWAKE)
          people += population.peopleOf(home, index);
    });
    return people;
  }

  /** When somebody at rest has the next event, ms since the run began. */
  dueMs(home: number, index: number): number {
    return this.#show(home, index)[DUE]! + this.#calendar.base;
  }

  /** The foretold record of somebody at rest, good until the next is shown. */
  #show(home: number, index: number): Int32Array {
    const row = 2 * (this.#crowd.population.firstRow[home]! + index);
    const what = this.#rows[row + 1]!;
    const { at: nowMs, base } = this.#calendar;
    const shown = this.#record;
    shown[0] = index;
    shown[DUE] = nowMs - base + ((this.#rows[row]! - nowMs) | 0);
    shown[2] = record.foretold(record.atRest(what & ENDPOINT, what >>> ORDINAL));
    shown[3] = record.packClient(home, this.#quiet | ((what >>> TENS) & INTERVAL));
    return shown;
  }

  #link(home: number, index: number, state: number): number {
    return this.#crowd.linkOf(this.#crowd.viaCell(home, index), record.endpointOf(state));
  }

  /** How long after the next beat comes the first of which something comes, ms. */
  #foretell(home: number, index: number, state: number, tens: number): number {
    const crowd = this.#crowd;
    const cell = crowd.viaCell(home, index);
    const interval = tens * UNIT_MS;
    const link = crowd.linkOf(cell, record.endpointOf(state));
    const fails = interval > crowd.natTimeoutMs[cell]! ? 1 : crowd.paths.links[link + BEAT_FAILS]! / 4_294_967_296;
    const leaves = Math.min(1, interval * this.#staysPerMs * crowd.restlessness[cell]!);
    const happens = fails + (1 - fails) * leaves;
    if (happens !== this.#known) {
      this.#known = happens;
      this.#inverse = 1 / Math.log(1 - happens);
    }
    this.#fails = fails;
    this.#happens = happens;
    this.#draws.two(crowd.population.identity[home]!, index, record.ordinalOf(state));
    return Math.min(REST_MOST_MS, Math.floor(logOfWord(this.#draws.out[0]!) * this.#inverse) * interval);
  }
}
