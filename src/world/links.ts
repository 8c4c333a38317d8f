/**
 * Links: each cell's way to each endpoint, with what people on it meet and do. The numbers of one link lie side by side,
 * because a beat, a report and a metering use several of them, and each touches another of tens of thousands of links.
 *
 * What happens to people on a link is drawn three times, on purpose. `beatFails` decides whether a client's heartbeat is answered,
 * `probeFails` decides what is reported of the link, and the meter draws the lost packets behind `loss.mean` as a binomial of
 * its own. A row of the simulation stands for many people, so what is reported and metered must carry the noise of people and
 * not of rows, and may not follow from the few beats that rows draw. All three use the loss of the same path; yet a heartbeat
 * that was lost is not itself among the packets that the figure counts as lost.
 *
 * `now` may be used at any time, also while the threads of a run act on their own. `agreed()` has all threads exchange what they
 * counted first, so every thread calls it at the same point of the run, and never while people act.
 */
import type { ThreadGroup } from "../engine/thread-group.ts";
import type { SharedTotals } from "../engine/shared-totals.ts";
import { HEARTBEAT_UNIT } from "../scenario/people/limits.ts";

/** Chance, out of 2^32, that a heartbeat stays unanswered for its whole time-out. */
const BEAT_FAILS = 0;
/** People connected. */
const HELD = 1;
/** People who logged in since the run began, those who reported it, and failed attempts not yet reported of people who have logged in since. */
const LOGINS = 2;
const LOGINS_REPORTED = 3;
const FAILED = 4;
/** Chance, out of 2^32, that a single probe stays unanswered. It and what follows is read for a report. */
const PROBE_FAILS = 5;
/** Since the run began, in people: beats sent, beats that stayed unanswered. */
const BEATS = 6;
const MISSED = 7;
/** Beats of parked clients (population/parked.ts): their rate, parts of a beat not yet in `BEATS`, and the ms up to which they are. */
const PACE = 8;
const PARTS = 9;
const SINCE = 10;
/** Answered beats that were reported, and the number of reports. */
const REPORTED = 11;
const REPORTS = 12;
/** When parked clients were last woken because the link changed, ms since the run began; 0: never. */
const WOKEN = 13;
/** Numbers of a link. */
const WIDTH = 14;

/** Parts of a beat: fine enough for intervals of 1 to 63 units, and whole, so that sums are exact in any order. */
const PACE_OF_ONE = 65_536;
const PARTS_OF_A_BEAT = (PACE_OF_ONE * HEARTBEAT_UNIT) / 1_000;

/** Returns the rate of people who each beat once in `units` of `HEARTBEAT_UNIT`, in parts of a beat a ms. */
export const paceOf = (people: number, units: number): number => people * Math.round(PACE_OF_ONE / units);

/** The array behind both views. */
class LinkNumbers {
  readonly all: Float64Array;
  /** Adds this thread's counts to `all`: at once in a run of one thread, else when the threads exchange them. */
  readonly counted: SharedTotals;
  readonly inUse: number[] = [];
  /** The same by cell. */
  readonly inUseOf: readonly number[][];
  /** By cell: how often its connections and attempts may have changed. */
  readonly changes: Uint32Array;
  readonly #isInUse: Uint8Array;
  readonly #endpoints: number;
  /** When the beats of all links in use were last counted, ms since the run began: other links count from here. */
  allSinceMs = 0;

  constructor(threads: ThreadGroup, { cells, endpoints }: LinkShape) {
    this.all = new Float64Array(cells * endpoints * WIDTH);
    this.inUseOf = Array.from({ length: cells }, () => []);
    this.changes = new Uint32Array(cells);
    this.#isInUse = new Uint8Array(cells * endpoints);
    this.#endpoints = endpoints;
    this.counted = threads.totals(this.all, {
      isLazy: true,
      beforeChange: (place) => this.change(Math.floor(place / WIDTH)),
    });
  }

  /** Notes that a link's connections or attempts change; it is in use from now on. */
  change(link: number): void {
    const cell = Math.floor(link / this.#endpoints);
    this.changes[cell]! += 1;
    if (this.#isInUse[link] !== 0) return;
    this.#isInUse[link] = 1;
    this.inUse.push(link);
    this.inUseOf[cell]!.push(link);
  }

  /** Returns the time up to which a link's beats are counted. */
  sinceMs(link: number): number {
    return Math.max(this.allSinceMs, this.all[link * WIDTH + SINCE]!);
  }
}

/** What may be read and counted at any time: chances and times, which all threads set alike, and this thread's own counts. */
export class LinksNow {
  readonly #numbers: LinkNumbers;
  readonly #all: Float64Array;
  readonly #counted: SharedTotals;

  constructor(numbers: LinkNumbers) {
    this.#numbers = numbers;
    this.#all = numbers.all;
    this.#counted = numbers.counted;
  }

  /** Returns the chance that a heartbeat stays unanswered for its whole time-out. */
  beatFails(link: number): number {
    return this.#all[link * WIDTH + BEAT_FAILS]!;
  }

  /** Returns the chance that a single probe stays unanswered. */
  probeFails(link: number): number {
    return this.#all[link * WIDTH + PROBE_FAILS]!;
  }

  /** Sets both chances; every thread does so alike. */
  setFailures(link: number, { beat, probe }: { readonly beat: number; readonly probe: number }): void {
    this.#all[link * WIDTH + BEAT_FAILS] = beat;
    this.#all[link * WIDTH + PROBE_FAILS] = probe;
  }

  /** Returns when parked clients were last woken because the link changed, ms since the run began; 0 if never. */
  wokenMs(link: number): number {
    return this.#all[link * WIDTH + WOKEN]!;
  }

  /** Notes beats that people sent. */
  noteBeats(link: number, people: number): void {
    this.#counted.add(link * WIDTH + BEATS, people);
  }

  /** Notes beats that stayed unanswered. */
  noteMissed(link: number, people: number): void {
    this.#counted.add(link * WIDTH + MISSED, people);
  }

  /** Notes people who logged in. */
  noteLogins(link: number, people: number): void {
    this.#numbers.change(link);
    this.#counted.add(link * WIDTH + LOGINS, people);
  }

  /** Notes failed attempts of people who have logged in now and can report them. */
  noteFailed(link: number, attempts: number): void {
    this.#numbers.change(link);
    this.#counted.add(link * WIDTH + FAILED, attempts);
  }

  /** Begins connections. */
  hold(link: number, people: number): void {
    this.#numbers.change(link);
    this.#counted.add(link * WIDTH + HELD, people);
  }

  /** Ends connections. */
  release(link: number, people: number): void {
    this.#numbers.change(link);
    this.#counted.add(link * WIDTH + HELD, -people);
  }

  /** Counts beats at this rate from `nowMs` on. */
  startRate(link: number, pace: number, nowMs: number): void {
    this.#counted.add(link * WIDTH + PACE, pace);
    // As if it had run since the link's beats were last counted, but for what would have come of that until now.
    this.#counted.add(link * WIDTH + PARTS, -pace * (nowMs - this.#numbers.sinceMs(link)));
  }

  /** Counts beats at this rate up to `nowMs` only. */
  stopRate(link: number, pace: number, nowMs: number): void {
    this.startRate(link, -pace, nowMs);
  }

  /** Counts beats that a rate leaves out, as many as come at this rate in `forMs`; negative to take back what it has too many. */
  credit(link: number, pace: number, forMs: number): void {
    this.#counted.add(link * WIDTH + PARTS, pace * forMs);
  }
}

/** The totals of all threads, as of their latest exchange. What is written here every thread writes alike. */
export class LinksAgreed {
  readonly #numbers: LinkNumbers;
  readonly #all: Float64Array;

  constructor(numbers: LinkNumbers) {
    this.#numbers = numbers;
    this.#all = numbers.all;
  }

  /** Links over which somebody is or was connected, or tried to be: few of all. */
  get inUse(): readonly number[] {
    return this.#numbers.inUse;
  }

  /** Returns those of a cell, in the order in which they came into use. */
  inUseOf(cell: number): readonly number[] {
    return this.#numbers.inUseOf[cell]!;
  }

  /** Returns a number that grows whenever people connected, logins or failed attempts of a cell's links may have changed. */
  changes(cell: number): number {
    return this.#numbers.changes[cell]!;
  }

  /** Returns the people connected. */
  held(link: number): number {
    return this.#all[link * WIDTH + HELD]!;
  }

  /** Returns the logins since the run began. */
  logins(link: number): number {
    return this.#all[link * WIDTH + LOGINS]!;
  }

  /** Returns the beats that stayed unanswered since the run began. */
  missed(link: number): number {
    return this.#all[link * WIDTH + MISSED]!;
  }

  /** Returns the answered beats that were reported since the run began. */
  reported(link: number): number {
    return this.#all[link * WIDTH + REPORTED]!;
  }

  /** Returns the beats sent up to `nowMs`, those of parked clients included; a later correction may take a few back. */
  beats(link: number, nowMs: number): number {
    return this.#all[link * WIDTH + BEATS]! + this.#beatsDue(link, nowMs);
  }

  /** Counts the beats of parked clients up to `nowMs`; once more at the same time changes nothing. */
  accrue(link: number, nowMs: number): void {
    const at = link * WIDTH;
    const all = this.#all;
    const beats = this.#beatsDue(link, nowMs);
    all[at + BEATS]! += beats;
    all[at + PARTS]! += all[at + PACE]! * (nowMs - this.#numbers.sinceMs(link)) - beats * PARTS_OF_A_BEAT;
    all[at + SINCE] = nowMs;
  }

  /** Does so for all links in use; call only at times that no observer chooses. */
  accrueAll(nowMs: number): void {
    for (const link of this.#numbers.inUse) this.accrue(link, nowMs);
    this.#numbers.allSinceMs = nowMs;
  }

  /** Returns the answered beats not yet reported; negative while a missed beat is counted before the beats before it. */
  unreportedBeats(link: number): number {
    return this.#answered(link) - this.#all[link * WIDTH + REPORTED]!;
  }

  /** Takes all answered beats as reported, and returns the number of such reports, this one included. */
  reportBeats(link: number): number {
    this.#all[link * WIDTH + REPORTED] = this.#answered(link);
    return (this.#all[link * WIDTH + REPORTS]! += 1);
  }

  /** Returns the logins not yet reported. */
  unreportedLogins(link: number): number {
    return this.#all[link * WIDTH + LOGINS]! - this.#all[link * WIDTH + LOGINS_REPORTED]!;
  }

  /** Returns the failed attempts not yet reported of people who have logged in since. */
  unreportedFailures(link: number): number {
    return this.#all[link * WIDTH + FAILED]!;
  }

  /** Takes all logins and failed attempts as reported. */
  reportAttempts(link: number): void {
    this.#all[link * WIDTH + LOGINS_REPORTED] = this.#all[link * WIDTH + LOGINS]!;
    this.#all[link * WIDTH + FAILED] = 0;
  }

  /** Notes that parked clients were woken because the link changes. */
  noteWoken(link: number, nowMs: number): void {
    this.#all[link * WIDTH + WOKEN] = nowMs;
  }

  #answered(link: number): number {
    return this.#all[link * WIDTH + BEATS]! - this.#all[link * WIDTH + MISSED]!;
  }

  #beatsDue(link: number, nowMs: number): number {
    const at = link * WIDTH;
    const all = this.#all;
    const parts = all[at + PARTS]! + all[at + PACE]! * (nowMs - this.#numbers.sinceMs(link));
    const whole = Math.floor(parts / PARTS_OF_A_BEAT);
    // A client that is parked owes half a beat, which the rate pays. With nobody parked the count is put right, even downward.
    return all[at + PACE]! > 0 ? Math.max(0, whole) : whole;
  }
}

/** Numbers of cells and endpoints. */
export interface LinkShape {
  /** Number of cells. */
  readonly cells: number;
  /** Number of endpoints. */
  readonly endpoints: number;
}

/** All links, numbered by cell and endpoint. */
export class Links {
  /** Number of links. */
  readonly count: number;
  /** The view that may be used at any time. */
  readonly now: LinksNow;
  readonly #endpoints: number;
  readonly #numbers: LinkNumbers;
  readonly #agreed: LinksAgreed;

  constructor(threads: ThreadGroup, shape: LinkShape) {
    this.count = shape.cells * shape.endpoints;
    this.#endpoints = shape.endpoints;
    this.#numbers = new LinkNumbers(threads, shape);
    this.now = new LinksNow(this.#numbers);
    this.#agreed = new LinksAgreed(this.#numbers);
  }

  /** Returns the number of a link, from 0 to before `count`. */
  of(cell: number, endpoint: number): number {
    return cell * this.#endpoints + endpoint;
  }

  /** Returns the cell of a link. */
  cellOf(link: number): number {
    return Math.floor(link / this.#endpoints);
  }

  /** Returns the endpoint of a link. */
  endpointOf(link: number): number {
    return link % this.#endpoints;
  }

  /** Has all threads exchange their counts, and returns the totals: good until people act again. */
  agreed(): LinksAgreed {
    this.#numbers.counted.synchronise();
    return this.#agreed;
  }
}
