/**
 * People at rest: online where the table sends them, or on a pause, and nothing changes on their way. They are alike, and neither
 * stays, nor pauses, nor the beats of a settled phone have a memory. So nobody looks at them one by one: how many of a cell leave,
 * come back or miss an answer in a bucket is drawn for the cell, and their beats are a rate. What a run costs grows with the people
 * in trouble, not with the people online.
 *
 * People who come back log in like everybody else, as clients with events, and rest again once online. Before anything changes for
 * a cell's people (a fault on their way, a new row of the dispatch table) those online become clients again, each in a state drawn
 * for it. Those on a pause need not: they meet whatever there is when they come back.
 *
 * Only whole people rest, in cells that are large enough: a row that stands for many has events of its own. Equal in distribution to
 * handling every beat (tests/world/population/parked.test.ts); people who leave come back in a later bucket.
 */
import { fractionOf } from "../../base/chance.ts";
import type { Digest } from "../../base/digest.ts";
import { binomialQuantile } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import type { Calendar } from "../../engine/calendar.ts";
import type { LoginQueues } from "../fleet/login-queues.ts";
import { HEARTBEAT_UNIT } from "../../scenario/people/limits.ts";
import { paceOf } from "../links.ts";
import { Client } from "./client.ts";
import type { Crowd } from "./crowd.ts";
import type { Fallbacks } from "./fallbacks.ts";
import { learnedOf, tensOf } from "./heartbeats.ts";
import type { Newcomers } from "./newcomers.ts";
import type { Parked } from "./parked.ts";
import * as record from "./record.ts";
import { RestingRows } from "./resting-rows.ts";
import type { Stays } from "./stays.ts";
import { CUT } from "./thrown-off.ts";

export interface RestParts {
  readonly crowd: Crowd;
  readonly calendar: Calendar;
  readonly loginQueues: LoginQueues;
  readonly fallbacks: Fallbacks;
  readonly parked: Parked;
  readonly newcomers: Newcomers;
  readonly stays: Stays;
}

export interface RestPlan {
  readonly seed: string;
  readonly pauseMs: number;
  /** Cells with somebody who is followed: nobody rests there. */
  readonly watched: ReadonlySet<number>;
}

/** True for the cells and endpoints that a change concerns. */
export type WayTest = (cell: number, endpoint: number) => boolean;

const UNIT_MS = HEARTBEAT_UNIT / 1_000;
/** In the digest: people of a cell who left or missed an answer. */
const WENT = 0x40;
/** In `#word`: nobody rests in a cell. */
const NOBODY = 0;

export class Rest {
  readonly #parts: RestParts;
  readonly #plan: RestPlan;
  readonly #draws: Draws;
  readonly #each: Draws;
  readonly #client: Client;
  /** Cells of this thread where people may rest; by cell, the last word of the record of a settled phone there. */
  readonly #cells: number[] = [];
  readonly #word: Int32Array;
  /** By cell: people at rest online, where they are, and people at rest on a pause. */
  readonly #online: Float64Array;
  readonly #endpoint: Int32Array;
  readonly #away: Float64Array;
  readonly #rows: RestingRows;
  #drawsStays = true;

  constructor(parts: RestParts, plan: RestPlan) {
    const { crowd, calendar } = parts;
    const { cells } = crowd.population;
    this.#parts = parts;
    this.#plan = plan;
    this.#draws = new Draws(plan.seed, "rest of a cell");
    this.#each = new Draws(plan.seed, "end of a rest");
    this.#client = new Client(crowd, calendar);
    this.#word = new Int32Array(cells.length);
    this.#online = new Float64Array(cells.length);
    this.#endpoint = new Int32Array(cells.length);
    this.#away = new Float64Array(cells.length);
    this.#rows = new RestingRows(crowd.population);
  }

  /** Lets people of a cell of this thread rest from now on, whose phones have learned this word; returns whether they may. */
  allow(cell: number, word: number): boolean {
    const { crowd, parked } = this.#parts;
    const { population } = crowd;
    if (!population.isWhole(cell) || population.first[cell] === population.end[cell]) return false;
    if (this.#plan.watched.has(cell) || !parked.isQuiet(word)) return false;
    this.#word[cell] = word;
    this.#cells.push(cell);
    return true;
  }

  /** Lays everybody of a cell to rest, `away` of them on a pause and the others online where the table sends them, and counts them. */
  begin(cell: number, away: number): void {
    const { crowd, loginQueues } = this.#parts;
    const { first, end } = crowd.population;
    const endpoint = crowd.dispatch.onlyRoute[cell]!;
    const online = end[cell]! - first[cell]! - away;
    this.#rows.addAll(cell);
    this.#away[cell] = away;
    this.#online[cell] = online;
    this.#endpoint[cell] = endpoint;
    crowd.away.add(cell, away);
    crowd.online.add(cell, online);
    crowd.links.now.hold(crowd.links.of(cell, endpoint), online);
    loginQueues.hold(crowd.endpoints[endpoint]!.server, online);
    this.#beat(cell, this.#quietPace(cell), online);
  }

  /** Draws what happens to people at rest in the bucket that begins. Returns how many left or missed an answer. */
  step(digest: Digest): number {
    const { calendar, newcomers } = this.#parts;
    const bucket = calendar.at / calendar.bucketMs;
    const isSlotOver = newcomers.advance(calendar.at);
    let all = 0;
    for (const cell of this.#cells) {
      if (isSlotOver) this.#endTests(cell);
      const away = this.#away[cell]!;
      if (away + this.#online[cell]! === 0) continue;
      this.#draws.two(this.#parts.crowd.population.identity[cell]!, bucket, 0);
      const [going, coming] = [this.#draws.out[0]!, this.#draws.out[1]!];
      const went = this.#online[cell] === 0 ? 0 : this.#go(cell, bucket, going);
      if (went > 0) digest.add(WENT, this.#parts.crowd.population.identity[cell]!, bucket, went);
      all += went;
      if (away > 0) this.#comeBack(cell, away, coming);
    }
    return all;
  }

  /** Takes in a client that has just logged in, if its people may rest there. Returns true if it is a client no more. */
  takesOnline(client: Client): boolean {
    const { crowd, newcomers, stays } = this.#parts;
    const { home, endpoint, link } = client;
    const mayStay =
      this.#isAlike(client) &&
      client.cell === home &&
      crowd.dispatch.onlyRoute[home] === endpoint &&
      (this.#online[home] === 0 || this.#endpoint[home] === endpoint) &&
      tensOf(this.#word[home]!) * UNIT_MS <= crowd.natTimeoutMs[home]! &&
      crowd.links.now.beatFails(link) < CUT &&
      stays.isUsualAt(home);
    if (!mayStay) return false;
    this.#endpoint[home] = endpoint;
    this.#online[home]! += 1;
    if (newcomers.haveTest) newcomers.add(home);
    const pace = newcomers.haveTest ? newcomers.pace : this.#quietPace(home);
    const intervalMs = newcomers.haveTest ? newcomers.intervalMs : tensOf(this.#word[home]!) * UNIT_MS;
    this.#beat(home, pace, 1);
    // The beats that have come lag the rate by half a beat on average, as the first comes after a whole interval.
    this.#credit(home, pace, -intervalMs / 2);
    this.#rows.add(client.row);
    return true;
  }

  /** Takes in a client that goes on a pause, if its people may rest. Returns true if it is a client no more. */
  takesAway(client: Client): boolean {
    if (!this.#isAlike(client)) return false;
    this.#away[client.home]! += 1;
    this.#rows.add(client.row);
    return true;
  }

  /**
   * Makes clients of all who are at rest online in these cells, where the change concerns them. With `stays` it is drawn who leaves
   * before the next beat; without, the caller does so.
   */
  end(cells: Iterable<number>, concerns: WayTest, stays: boolean): void {
    this.#drawsStays = stays;
    for (const cell of cells) if (this.#online[cell]! > 0 && concerns(cell, this.#endpoint[cell]!)) this.#wakeAll(cell);
  }

  /** Returns the people of this thread who are at rest. */
  count(): { readonly online: number; readonly away: number } {
    const sum = (column: Float64Array): number => column.reduce((all, people) => all + people, 0);
    return { online: sum(this.#online), away: sum(this.#away) };
  }

  /** True if people of a client's cell may rest, and it has learned and remembers what they do. */
  #isAlike(client: Client): boolean {
    const word = this.#word[client.home]!;
    if (word === NOBODY || learnedOf(client.heartbeat.word) !== learnedOf(word)) return false;
    return !this.#parts.fallbacks.remembers(client);
  }

  /** Has people leave or miss an answer in a bucket, given a word. Returns their number. */
  #go(cell: number, bucket: number, word: number): number {
    const { crowd, calendar, stays, newcomers } = this.#parts;
    const online = this.#online[cell]!;
    const link = crowd.links.of(cell, this.#endpoint[cell]!);
    const fails = fractionOf(crowd.links.now.beatFails(link));
    const leave = online / stays.meanMs(cell);
    const missTesting = (newcomers.of(cell) * fails) / newcomers.intervalMs;
    const miss = missTesting + ((online - newcomers.of(cell)) * fails) / (tensOf(this.#word[cell]!) * UNIT_MS);
    const went = howMany(word, online, (calendar.bucketMs * (leave + miss)) / online);
    for (let person = 1; person <= went; person++) {
      this.#draws.at(crowd.population.identity[cell]!, bucket, person);
      const [which, who, slot, when] = this.#draws.out as unknown as readonly [number, number, number, number];
      const place = fractionOf(which) * (leave + miss);
      const isLeaving = place >= miss;
      const isTesting = isLeaving ? fractionOf(who) * this.#online[cell]! < newcomers.of(cell) : place < missTesting;
      this.#release(cell, isTesting, slot);
      if (isLeaving) this.#pause(cell, link);
      else this.#break(cell, link, Math.floor(fractionOf(when) * calendar.bucketMs));
    }
    return went;
  }

  /** Takes one of the people at rest online out, of those who test or of the others. */
  #release(cell: number, isTesting: boolean, word: number): void {
    const { newcomers } = this.#parts;
    this.#online[cell]! -= 1;
    if (isTesting) newcomers.takeOne(cell, fractionOf(word));
    this.#beat(cell, isTesting ? newcomers.pace : this.#quietPace(cell), -1);
  }

  #pause(cell: number, link: number): void {
    const { crowd, loginQueues } = this.#parts;
    this.#away[cell]! += 1;
    crowd.online.add(cell, -1);
    crowd.away.add(cell, 1);
    crowd.links.now.release(link, 1);
    loginQueues.hold(crowd.endpoints[this.#endpoint[cell]!]!.server, -1);
  }

  /** Makes a client of somebody whose beat is not answered: the rate has counted the beat. */
  #break(cell: number, link: number, afterMs: number): void {
    const { crowd, calendar } = this.#parts;
    crowd.links.now.noteMissed(link, 1);
    const index = this.#rows.take(cell);
    const state = record.withPhase(record.online(this.#endpoint[cell]!, this.#rows.ordinal(cell)), record.STALE);
    calendar.add(index, calendar.at - calendar.base + afterMs, state, this.#word[cell]!);
  }

  /** Makes clients of the people on a pause who come back in this bucket, given a word. */
  #comeBack(cell: number, away: number, word: number): void {
    const { calendar, crowd } = this.#parts;
    const coming = howMany(word, away, calendar.bucketMs / this.#plan.pauseMs);
    this.#away[cell]! -= coming;
    const startMs = calendar.at - calendar.base;
    for (let person = 0; person < coming; person++) {
      const index = this.#rows.take(cell);
      const ordinal = this.#rows.ordinal(cell);
      const when = this.#each.uniform(crowd.population.identity[cell]!, index, ordinal);
      const state = record.withPhase(record.online(0, ordinal), record.AWAY);
      calendar.add(index, startMs + Math.floor(when * calendar.bucketMs), state, this.#word[cell]!);
    }
  }

  /** Ends the test of those who logged in first, who are quiet from now on. */
  #endTests(cell: number): void {
    const { newcomers } = this.#parts;
    const quiet = newcomers.takeOldest(cell);
    if (quiet === 0) return;
    this.#beat(cell, newcomers.pace, -quiet);
    this.#credit(cell, quiet * newcomers.pace, newcomers.intervalMs / 2 - newcomers.lateMs);
    const pace = this.#quietPace(cell);
    this.#beat(cell, pace, quiet);
    this.#credit(cell, quiet * pace, newcomers.lateMs - (tensOf(this.#word[cell]!) * UNIT_MS) / 2);
  }

  #wakeAll(cell: number): void {
    const { newcomers } = this.#parts;
    const testing = newcomers.of(cell);
    const quiet = this.#online[cell]! - testing;
    this.#beat(cell, newcomers.pace, -testing);
    newcomers.takeAll(cell, (ageMs, spreadMs) => this.#wakeTesting(cell, ageMs, spreadMs));
    for (let person = 0; person < quiet; person++) this.#wakeQuiet(cell);
    this.#online[cell] = 0;
    this.#rows.nextRound(cell);
  }

  /** Makes a client of somebody who logged in at least `ageMs` ago, and up to `spreadMs` longer. */
  #wakeTesting(cell: number, ageMs: number, spreadMs: number): void {
    const { newcomers, calendar } = this.#parts;
    const client = this.#become(cell);
    const age = ageMs + Math.floor(fractionOf(this.#each.out[0]!) * spreadMs);
    const { word, nextMs } = newcomers.standing(client.heartbeat.word, age);
    client.heartbeat.word = word;
    this.#schedule(client, calendar.at + nextMs);
  }

  #wakeQuiet(cell: number): void {
    const { calendar, parked } = this.#parts;
    const client = this.#become(cell);
    const firstMs = Math.floor(fractionOf(this.#each.out[0]!) * tensOf(this.#word[cell]!) * UNIT_MS);
    if (this.#leavesAfterMs(cell, firstMs) > 0) {
      this.#beat(cell, this.#quietPace(cell), -1);
      this.#schedule(client, calendar.at + firstMs);
      return;
    }
    // Its beats go on as part of the same rate.
    const laterMs = parked.resume(client, calendar.at + firstMs);
    client.dueMs = calendar.at + firstMs + laterMs;
    if (laterMs >= 0) client.schedule();
  }

  /** Makes a client that is online the next row at rest, with its words drawn in `#each`. */
  #become(cell: number): Client {
    const client = this.#client;
    const index = this.#rows.take(cell);
    client.become(this.#word[cell]!, index);
    client.state = record.online(this.#endpoint[cell]!, this.#rows.ordinal(cell));
    this.#each.two(client.identity, index, this.#parts.calendar.at);
    return client;
  }

  #leavesAfterMs(cell: number, withinMs: number): number {
    return this.#drawsStays ? this.#parts.stays.leavesAfterMs(cell, this.#each.out[1]!, withinMs) : -1;
  }

  /** Schedules a client's next beat, or before it that it leaves. */
  #schedule(client: Client, dueMs: number): void {
    const { calendar } = this.#parts;
    const leavesMs = this.#leavesAfterMs(client.cell, dueMs - calendar.at);
    client.dueMs = leavesMs > 0 ? calendar.at + leavesMs : dueMs;
    if (leavesMs > 0) client.state = record.leaving(client.state);
    client.schedule();
  }

  #quietPace(cell: number): number {
    return paceOf(1, tensOf(this.#word[cell]!));
  }

  /** Counts beats of `people` more at this pace from now on. */
  #beat(cell: number, pace: number, people: number): void {
    const { links } = this.#parts.crowd;
    if (people !== 0)
      links.now.startRate(links.of(cell, this.#endpoint[cell]!), people * pace, this.#parts.calendar.at);
  }

  #credit(cell: number, pace: number, forMs: number): void {
    const { links } = this.#parts.crowd;
    links.now.credit(links.of(cell, this.#endpoint[cell]!), pace, forMs);
  }
}

/** Returns from a word to how many of `people` something happens that each meets with probability 1 - e^-hazard. */
const howMany = (word: number, people: number, hazard: number): number => {
  const u = open(word);
  // Most draws of small cells end here.
  return u <= Math.exp(-people * hazard) ? 0 : binomialQuantile(u, people, 1 - Math.exp(-hazard));
};
