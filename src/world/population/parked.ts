/**
 * Parked clients: connected, their heartbeat learned, and nothing to happen for a while. A beat that is answered changes
 * nothing, so it need not be an event: the next beat that something comes of, because it stays unanswered or its client leaves
 * after it, is a geometric draw away, and the beats before it are counted as a rate. What a run costs then grows with the
 * people in trouble and not with the people online. A client that leaves does so some time after that beat, before its next.
 *
 * The draw holds while its chances hold. What would change them (a fault, a new row of the dispatch table) first wakes the
 * clients concerned: the next beat of each is then an event like any other. Equal in distribution to handling every beat, not
 * beat for beat (tests/world/population/parked.test.ts); only the time of a beat within an interval is smoothed: beats of
 * people who came together are spread, where handled ones come together again and again.
 *
 * Parked rows take two words each, a cell's side by side, so that a change finds them without a look at all others. They
 * come into the calendar some minutes before their event.
 */
import { fractionOf } from "../../base/chance.ts";
import { logOfWord } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import type { HeartbeatPolicy } from "../../algorithms/access/heartbeat.ts";
import type { Calendar } from "../../engine/calendar.ts";
import { HEARTBEAT_UNIT } from "../../scenario/people/limits.ts";
import { type LinksNow, paceOf } from "../links.ts";
import { Client } from "./client.ts";
import type { Crowd } from "./crowd.ts";
import { quietWord, tensOf, withoutInterval } from "./heartbeats.ts";
import * as record from "./record.ts";
import { afterMsOf, type Stays } from "./stays.ts";

export interface ParkedPlan {
  readonly seed: string;
  readonly heartbeat: HeartbeatPolicy;
  readonly stays: Stays;
}

/** What comes of a beat that was foretold. */
export const NOTHING = 0;
export const BREAKS = 1;
const LEAVES = 2;
export type BeatOutcome = typeof NOTHING | typeof BREAKS | typeof LEAVES;

const UNIT_MS = HEARTBEAT_UNIT / 1_000;
/** Clients due within this time are brought into the calendar: rare enough that looking through 180 million costs little. Chosen. */
const NEAR_MS = 512_000;
/** No client is parked for longer, and is drawn for again then; well within what 32 bits of ms tell apart. */
const PARKED_MOST_MS = 864_000_000;
/** Words of a row: when the foretold event is due, ms since the run began as far as 32 bits tell; and the client, packed. */
const ROW = 2;
const ROW_DUE = 0;
const ROW_CLIENT = 1;
/** Packed: endpoint 8, interval 6, ordinal 17 bits, all inverted; or not parked, as memory is that nobody has used. */
const ENDPOINT = 0xff;
const TENS_AT = 8;
const TENS = 0x3f;
const ORDINAL_AT = 14;
const NOT_PARKED = 0;

export class Parked {
  readonly #crowd: Crowd;
  readonly #links: LinksNow;
  readonly #calendar: Calendar;
  readonly #draws: Draws;
  readonly #quiet: number;
  readonly #stays: Stays;
  readonly #rows: Int32Array;
  /** Rows parked by cell. */
  readonly #parkedIn: Int32Array;
  /** After a beat whose client leaves: how soon, ms; at least 1, and no later than its next beat. */
  leavesAfterMs = 0;
  /** Every client due before this is in the calendar. */
  #nearMs = NEAR_MS;
  /** Chances of the latest draw: that a beat is not answered, and that something comes of it. */
  #fails = 0;
  #happens = 0;
  /** The latter as it was last used, with 1 / ln(1 - it). */
  #known = -1;
  #inverse = 0;
  /** An interval in mean stays as it was last used, with the chance to leave within it. */
  #knownStays = -1;
  #leaves = 0;
  /** The parked client that is shown. */
  readonly #shown: Client;

  constructor(crowd: Crowd, calendar: Calendar, { seed, heartbeat, stays }: ParkedPlan) {
    this.#crowd = crowd;
    this.#links = crowd.links.now;
    this.#calendar = calendar;
    this.#draws = new Draws(seed, "rest");
    this.#quiet = quietWord(heartbeat);
    this.#stays = stays;
    this.#rows = new Int32Array(ROW * crowd.population.rowsHere);
    this.#parkedIn = new Int32Array(crowd.population.cells.length);
    this.#shown = new Client(crowd, calendar);
  }

  /** True if another answered beat would teach this heartbeat nothing. */
  isQuiet(word: number): boolean {
    return withoutInterval(word) === this.#quiet;
  }

  /**
   * Foretells the next event of a quiet client whose next beat comes at `firstMs` since the run began. Returns how many ms
   * after that beat it is, the client's state changed to say so; or -1, the client parked, when that is far off.
   */
  foretell(client: Client, firstMs: number): number {
    const tens = tensOf(client.heartbeat.word);
    const afterMs = this.#draw(client, tens);
    const { link } = client;
    const pace = paceOf(client.people, tens);
    this.#links.startRate(link, pace, this.#calendar.at);
    // A client that has just beaten does so again after a whole interval; of a rate, half a beat on average would come too many.
    if (client.ordinal > 0) this.#links.credit(link, pace, (-tens * UNIT_MS) / 2);
    return this.#park(client, firstMs, afterMs);
  }

  /** Does so for a client whose beats are part of a rate already. */
  resume(client: Client, firstMs: number): number {
    return this.#park(client, firstMs, this.#draw(client, tensOf(client.heartbeat.word)));
  }

  #park(client: Client, firstMs: number, afterMs: number): number {
    const tens = tensOf(client.heartbeat.word);
    const dueMs = firstMs + afterMs;
    if (dueMs < this.#nearMs) {
      client.state = record.foretold(client.state);
      return afterMs;
    }
    const row = ROW * client.row;
    this.#rows[row + ROW_DUE] = dueMs | 0;
    this.#rows[row + ROW_CLIENT] = ~(client.endpoint | (tens << TENS_AT) | (client.ordinal << ORDINAL_AT));
    this.#parkedIn[client.home]! += 1;
    return -1;
  }

  /** Returns what comes of the foretold beat, which has come. */
  outcome(client: Client): BeatOutcome {
    const tens = tensOf(client.heartbeat.word);
    const { link } = client;
    const pace = paceOf(client.people, tens);
    this.#links.stopRate(link, pace, this.#calendar.at);
    // This is a whole beat; of a rate, only half of it on average has come until now.
    this.#links.credit(link, pace, (tens * UNIT_MS) / 2);
    if (this.#draw(client, tens) === PARKED_MOST_MS) return NOTHING;
    const place = open(this.#draws.out[1]!) * this.#happens;
    if (place < this.#fails) return BREAKS;
    const share = (place - this.#fails) / (1 - this.#fails);
    this.leavesAfterMs = Math.max(1, Math.round(afterMsOf(share, this.#stays.meanMs(client.cell))));
    return LEAVES;
  }

  /**
   * Takes back what was foretold of a client, so that its next beat is an event like any other. A client that keeps its link may
   * be woken again and again, and then the beats counted are put right; else they are right on average.
   */
  wake(client: Client, keepsLink: boolean): void {
    const tens = tensOf(client.heartbeat.word);
    const nowMs = this.#calendar.at;
    const { link, dueMs } = client;
    const pace = paceOf(client.people, tens);
    this.#links.stopRate(link, pace, nowMs);
    const interval = tens * UNIT_MS;
    const nextMs = dueMs - Math.floor((dueMs - nowMs) / interval) * interval;
    const wokenMs = this.#links.wokenMs(link);
    // So soon after the last time the beats since are not spread evenly: what was counted shall be the beats sent.
    if (keepsLink && wokenMs > 0 && nowMs - wokenMs < interval)
      this.#links.credit(link, pace, interval / 2 - (nowMs - (nextMs - interval)));
    client.dueMs = nextMs;
    client.state = record.notForetold(record.advanced(client.state));
  }

  /** Brings every client whose event is near into the calendar. Call before each bucket. */
  schedule(): void {
    const { cells, first, end, firstRow } = this.#crowd.population;
    if (this.#calendar.at < this.#nearMs) return;
    this.#nearMs += NEAR_MS;
    const until = this.#nearMs | 0;
    const rows = this.#rows;
    cells.forEach((_, home) => {
      const start = ROW * firstRow[home]!;
      if (this.#parkedIn[home] === 0) return;
      for (let row = start + ROW * first[home]!; row < start + ROW * end[home]!; row += ROW)
        if (((rows[row + ROW_DUE]! - until) | 0) < 0 && rows[row + ROW_CLIENT] !== NOT_PARKED) {
          this.#show(home, (row - start) / ROW).schedule();
          rows[row + ROW_CLIENT] = NOT_PARKED;
          this.#parkedIn[home]! -= 1;
        }
    });
  }

  /** Takes the parked clients out of these cells that pass the test: `act` must `wake` each, which then goes into the calendar. */
  sweep(homes: Iterable<number>, touches: (client: Client) => boolean, act: (client: Client) => void): void {
    const { first, end, firstRow } = this.#crowd.population;
    const rows = this.#rows;
    for (const home of homes) {
      if (this.#parkedIn[home] === 0) continue;
      for (let index = first[home]!; index < end[home]!; index++) {
        const row = ROW * (firstRow[home]! + index);
        if (rows[row + ROW_CLIENT] === NOT_PARKED) continue;
        const client = this.#show(home, index);
        if (!touches(client)) continue;
        act(client);
        client.schedule();
        rows[row + ROW_CLIENT] = NOT_PARKED;
        this.#parkedIn[home]! -= 1;
      }
    }
  }

  /** Returns the people parked, counted one by one. */
  count(): number {
    const { population } = this.#crowd;
    let people = 0;
    population.cells.forEach((_, home) => {
      for (let index = population.first[home]!; index < population.end[home]!; index++)
        if (this.#rows[ROW * (population.firstRow[home]! + index) + ROW_CLIENT] !== NOT_PARKED)
          people += population.peopleOf(home, index);
    });
    return people;
  }

  /** Returns when a parked client has its next event, ms since the run began. */
  dueMs({ home, index }: Client): number {
    return this.#show(home, index).dueMs;
  }

  /** Returns a parked client as its foretold record would say, good until the next is shown. */
  #show(home: number, index: number): Client {
    const row = ROW * (this.#crowd.population.firstRow[home]! + index);
    const packed = ~this.#rows[row + ROW_CLIENT]!;
    const nowMs = this.#calendar.at;
    const client = this.#shown;
    client.become(record.packClient(home, this.#quiet | ((packed >>> TENS_AT) & TENS)), index);
    client.dueMs = nowMs + ((this.#rows[row + ROW_DUE]! - nowMs) | 0);
    client.state = record.foretold(record.online(packed & ENDPOINT, packed >>> ORDINAL_AT));
    return client;
  }

  /** Returns the chance that a client leaves before its next beat, given the interval in mean stays. */
  #leavesWithin(stays: number): number {
    if (stays !== this.#knownStays) {
      this.#knownStays = stays;
      this.#leaves = 1 - Math.exp(-stays);
    }
    return this.#leaves;
  }

  /** Returns how long after the next beat the first one comes that something comes of, ms. */
  #draw(client: Client, tens: number): number {
    const crowd = this.#crowd;
    const { cell } = client;
    const interval = tens * UNIT_MS;
    const link = crowd.links.of(cell, client.endpoint);
    const fails = interval > crowd.natTimeoutMs[cell]! ? 1 : fractionOf(this.#links.beatFails(link));
    const leaves = this.#leavesWithin(interval / this.#stays.meanMs(cell));
    const happens = fails + (1 - fails) * leaves;
    if (happens !== this.#known) {
      this.#known = happens;
      this.#inverse = 1 / Math.log(1 - happens);
    }
    this.#fails = fails;
    this.#happens = happens;
    this.#draws.two(client.identity, client.index, client.ordinal);
    return Math.min(PARKED_MOST_MS, Math.floor(logOfWord(this.#draws.out[0]!) * this.#inverse) * interval);
  }
}
