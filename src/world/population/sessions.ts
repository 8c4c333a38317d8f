/**
 * A person's life on the network: heartbeats while connected, a dead link noticed, a login, a pause.
 *
 * One object handles every event of every client. The heartbeat is the hot path: it reads its path's columns,
 * runs the deployable heartbeat algorithm on a cursor over the record, and draws from keys of its own, so
 * that the order in which a bucket is handled changes nothing.
 */
import { Digest } from "../../base/digest.ts";
import { exponential } from "../../base/math.ts";
import { Draws, open } from "../../base/random.ts";
import type { Instant } from "../../base/units.ts";
import {
  afterBeat,
  type HeartbeatPolicy,
  intervalOnSend,
  onConnected,
  onDisconnected,
} from "../../algorithms/access/heartbeat.ts";
import { type Calendar, DUE, type Handler } from "../../engine/calendar.ts";
import type { Trace } from "../../engine/trace.ts";
import type { Desks } from "../fleet/server.ts";
import { BEAT_FAILS, BEATS, HELD, LINK, MISSED } from "../link.ts";
import type { Crowd } from "./crowd.ts";
import { HeartbeatCursor } from "./heartbeats.ts";
import type { Logins } from "./logins.ts";
import * as record from "./record.ts";
import { BREAKS, LEAVES, NOTHING, type Rest } from "./rest.ts";

export interface SessionPlan {
  readonly seed: string;
  readonly heartbeat: HeartbeatPolicy;
  readonly stayMs: number;
  readonly pauseMs: number;
}

export interface SessionParts {
  readonly crowd: Crowd;
  readonly calendar: Calendar;
  readonly desks: Desks;
  readonly logins: Logins;
  /** Where people lie who have nothing to tell for a while; none, and every beat of everybody is lived. */
  readonly rest: Rest | undefined;
  readonly trace: Trace | undefined;
}

/** Longest pause, ms: ten days, which a calendar can hold; who would be away for longer comes back then. */
const PAUSE_MOST_MS = 864_000_000;

/** How long somebody stays away, ms, from a 32-bit word. */
export const pauseOf = (word: number, meanMs: number): number =>
  Math.min(PAUSE_MOST_MS, Math.max(1, Math.round(exponential(open(word), meanMs))));

export class Sessions implements Handler {
  readonly digest = new Digest();
  readonly #crowd: Crowd;
  readonly #calendar: Calendar;
  readonly #desks: Desks;
  readonly #logins: Logins;
  readonly #plan: SessionPlan;
  readonly #draws: Draws;
  readonly #cursor = new HeartbeatCursor();
  readonly #timeoutMs: number;
  readonly #staysPerMs: number;
  readonly #endpointCount: number;
  readonly #trace: Trace | undefined;
  readonly #rest: Rest | undefined;
  /** Columns that every beat reads, taken out of their owners once. */
  readonly #identity: Int32Array;
  readonly #weight: Int32Array;
  readonly #heavier: Int32Array;
  readonly #gateway: Int32Array;
  readonly #links: Float64Array;
  readonly #natTimeoutMs: Float64Array;
  readonly #restlessness: Float64Array;

  constructor({ crowd, calendar, desks, logins, rest, trace }: SessionParts, plan: SessionPlan) {
    this.#trace = trace;
    this.#rest = rest;
    this.#crowd = crowd;
    this.#calendar = calendar;
    this.#desks = desks;
    this.#logins = logins;
    this.#plan = plan;
    this.#draws = new Draws(plan.seed, "beat");
    this.#timeoutMs = plan.heartbeat.timeout / 1_000;
    this.#staysPerMs = 4_294_967_296 / plan.stayMs;
    this.#endpointCount = crowd.endpointCount;
    const { population } = crowd;
    this.#identity = population.identity;
    this.#weight = population.weight;
    this.#heavier = population.heavier;
    this.#gateway = population.gateway;
    this.#links = crowd.paths.links;
    this.#natTimeoutMs = crowd.natTimeoutMs;
    this.#restlessness = crowd.restlessness;
  }

  fire(pool: Int32Array, at: number): number {
    if (this.#trace !== undefined) return this.#traced(this.#trace, pool, at);
    return this.#handle(pool, at);
  }

  /**
   * The run is over: whoever has been trying to log in for longer than `limitMs` is noted as having taken so long. Logins
   * that began more recently have no outcome and count nowhere.
   */
  noteUnfinished(endMs: number, limitMs: number): void {
    this.#calendar.each((pool, at) => {
      const state = pool[at + 2]!;
      const phase = record.phaseOf(state);
      const isTrying = phase === record.CONNECT && record.failuresOf(state) > 0;
      if (!isTrying && phase !== record.ARRIVE && phase !== record.SETTLE && phase !== record.LOGGED) return;
      const atMs = pool[at + DUE]! + this.#calendar.base - (phase === record.SETTLE ? this.#calendar.bucketMs : 0);
      this.#logins.noteUnfinished(record.cellOf(pool[at + 3]!), pool[at]!, atMs, endMs, limitMs);
    });
  }

  /** Follows the chosen: what each of their events was, and what it led to. */
  #traced(trace: Trace, pool: Int32Array, at: number): number {
    const index = pool[at]!;
    const cell = record.cellOf(pool[at + 3]!);
    if (!trace.wants(cell, index)) return this.#handle(pool, at);
    const before = pool[at + 2]!;
    const nowMs = pool[at + DUE]! + this.#calendar.base;
    const delayMs = this.#handle(pool, at);
    const nextMs = delayMs > 0 ? delayMs : this.#rest!.dueMs(cell, index) - nowMs;
    const after = pool[at + 2]!;
    const { name } = this.#crowd.endpoints[record.endpointOf(after)]!;
    const what = `${record.describe(before)}; now ${record.describe(after)}, ${name}, next in ${String(nextMs)} ms`;
    trace.note({ at: (nowMs * 1_000) as Instant, cell, index, what });
    return delayMs;
  }

  #handle(pool: Int32Array, at: number): number {
    const state = pool[at + 2]!;
    const phase = record.phaseOf(state);
    if (this.#rest !== undefined && record.isForetold(state)) return this.#foretold(this.#rest, pool, at);
    if (phase === record.ONLINE) return this.#beat(pool, at, state);
    return this.#step(pool, at, state, phase);
  }

  #beat(pool: Int32Array, at: number, state: number): number {
    const crowd = this.#crowd;
    const index = pool[at]!;
    const word = pool[at + 3]!;
    const home = record.cellOf(word);
    const cell = crowd.viaCell(home, index);
    const endpoint = record.endpointOf(state);
    const links = this.#links;
    const link = (cell * this.#endpointCount + endpoint) * LINK;
    const people = this.#weight[home]! + (index < this.#heavier[home]! ? 1 : 0);
    const cursor = this.#cursor;
    const { heartbeat } = this.#plan;
    cursor.word = word;
    const silence = cursor.nextIsInterval ? cursor.interval : heartbeat.shortest;
    const nextMs = (intervalOnSend(cursor, heartbeat) / 1_000) | 0;
    const who = this.#identity[home]!;
    const { out } = this.#draws;
    const ordinal = record.ordinalOf(state);
    this.#draws.two(who, index, ordinal);
    crowd.count(link, BEATS, people);
    const answered = silence <= this.#natTimeoutMs[cell]! * 1_000 && out[0]! >= links[link + BEAT_FAILS]!;
    this.digest.add(answered ? 1 : 2, who ^ index, (pool[at + DUE]! + this.#calendar.base) | 0, state);
    const next = record.advanced(state);
    if (!answered) {
      crowd.count(link, MISSED, people);
      return this.#broken(pool, at, next);
    }
    afterBeat(cursor, true, false, heartbeat);
    pool[at + 3] = cursor.word;
    const leaves = nextMs * this.#staysPerMs;
    if (out[1]! < leaves * this.#restlessness[cell]!) {
      pool[at + 2] = next;
      // In a surge, those beyond the usual come back at once.
      return this.#goAway(pool, at, out[1]! < leaves);
    }
    // The answer carries the dispatch table's newest word.
    if (crowd.onlyRoute[this.#gateway[cell]!] !== endpoint && crowd.isToMove(cell, index, endpoint)) {
      pool[at + 2] = record.withPhase(next, record.HINTED);
      return 1;
    }
    pool[at + 2] = next;
    return this.#rest?.isQuiet(cursor.word) === true ? this.#lie(this.#rest, pool, at, nextMs) : nextMs;
  }

  /** The beat has come that something comes of. */
  #foretold(rest: Rest, pool: Int32Array, at: number): number {
    const state = pool[at + 2]!;
    const home = record.cellOf(pool[at + 3]!);
    const index = pool[at]!;
    const nowMs = pool[at + DUE]! + this.#calendar.base;
    const outcome = rest.outcome(pool, at);
    this.digest.add(0x20 + outcome, this.#identity[home]! ^ index, nowMs | 0, state);
    pool[at + 2] = record.notForetold(record.advanced(state));
    this.#cursor.word = pool[at + 3]!;
    if (outcome === NOTHING) return this.#lie(rest, pool, at, this.#cursor.interval / 1_000);
    if (outcome !== BREAKS) return this.#goAway(pool, at, outcome === LEAVES);
    const link = this.#crowd.linkOf(this.#crowd.viaCell(home, index), record.endpointOf(state));
    this.#crowd.count(link, MISSED, this.#crowd.population.peopleOf(home, index));
    return this.#broken(pool, at, pool[at + 2]!);
  }

  /** The next beat is due in `nextMs`; until something comes of one there is nothing to do. */
  #lie(rest: Rest, pool: Int32Array, at: number, nextMs: number): number {
    const laterMs = rest.lie(pool, at, pool[at + DUE]! + this.#calendar.base + nextMs);
    return laterMs < 0 ? 0 : nextMs + laterMs;
  }

  /** Logs out; comes back after a pause, or at once. */
  #goAway(pool: Int32Array, at: number, pauses: boolean): number {
    const index = pool[at]!;
    const state = pool[at + 2]!;
    const home = record.cellOf(pool[at + 3]!);
    const people = this.#crowd.population.peopleOf(home, index);
    this.#leave(home, index, record.endpointOf(state), people);
    this.#crowd.away.add(home, people);
    pool[at + 2] = record.withPhase(state, record.AWAY);
    if (!pauses) return 1;
    this.#draws.at(this.#identity[home]!, index, record.ordinalOf(state) - 1);
    return pauseOf(this.#draws.out[2]!, this.#plan.pauseMs);
  }

  /** A beat was not answered in time: the link is dead, and now its client knows. */
  #broken(pool: Int32Array, at: number, state: number): number {
    const crowd = this.#crowd;
    const index = pool[at]!;
    const home = record.cellOf(pool[at + 3]!);
    const people = crowd.population.peopleOf(home, index);
    const cursor = this.#cursor;
    afterBeat(cursor, false, true, this.#plan.heartbeat);
    onDisconnected(cursor);
    pool[at + 3] = cursor.word;
    this.#leave(home, index, record.endpointOf(state), people);
    crowd.connecting.add(home, people);
    crowd.broken.add(home, people);
    pool[at + 2] = record.withFailures(record.withPhase(state, record.CONNECT), 0);
    return this.#timeoutMs + this.#logins.afterBreakMs(home, index, record.ordinalOf(state), undefined);
  }

  #step(pool: Int32Array, at: number, state: number, phase: number): number {
    const crowd = this.#crowd;
    const index = pool[at]!;
    const home = record.cellOf(pool[at + 3]!);
    const people = crowd.population.peopleOf(home, index);
    const nowMs = pool[at + DUE]! + this.#calendar.base;
    this.digest.add(0x10 + phase, crowd.population.identity[home]! ^ index, nowMs, state);
    switch (phase) {
      case record.AWAY:
        crowd.away.add(home, -people);
        crowd.connecting.add(home, people);
        return this.#connect(pool, at, record.withFailures(state, 0));
      case record.HINTED:
        this.#leave(home, index, record.endpointOf(state), people);
        crowd.connecting.add(home, people);
        return this.#connect(pool, at, record.withFailures(state, 0));
      case record.CONNECT:
        return this.#connect(pool, at, state);
      case record.ARRIVE: {
        const rank = this.#logins.rank(home, index, record.ordinalOf(state));
        this.#desks.arrive(crowd.endpoints[record.endpointOf(state)]!.server, people, rank);
        pool[at + 2] = record.withPhase(state, record.SETTLE);
        return this.#calendar.bucketMs;
      }
      case record.SETTLE:
        return this.#settle(pool, at, state, nowMs);
      case record.LOGGED:
        return this.#logged(pool, at, state, nowMs);
      default: {
        this.#cursor.word = pool[at + 3]!;
        intervalOnSend(this.#cursor, this.#plan.heartbeat);
        return this.#broken(pool, at, record.advanced(state));
      }
    }
  }

  #connect(pool: Int32Array, at: number, state: number): number {
    const index = pool[at]!;
    const home = record.cellOf(pool[at + 3]!);
    const due = pool[at + DUE]!;
    const failures = record.failuresOf(state);
    const logins = this.#logins;
    logins.attempt(home, index, record.ordinalOf(state), failures, due + this.#calendar.base);
    const { connected, endpoint, delayMs } = logins.result;
    const next = record.advanced(state);
    pool[at + 2] = connected
      ? record.withEndpoint(record.withPhase(next, record.ARRIVE), endpoint)
      : record.withFailures(record.withPhase(next, record.CONNECT), failures + 1);
    return delayMs;
  }

  #settle(pool: Int32Array, at: number, state: number, nowMs: number): number {
    const { bucketMs } = this.#calendar;
    const index = pool[at]!;
    const home = record.cellOf(pool[at + 3]!);
    const endpoint = record.endpointOf(state);
    const failures = record.failuresOf(state);
    const arrivedMs = nowMs - bucketMs;
    const logins = this.#logins;
    logins.settle(home, index, record.ordinalOf(state), endpoint, failures, arrivedMs, arrivedMs % bucketMs);
    const { connected, delayMs } = logins.result;
    const next = record.advanced(state);
    if (!connected) {
      pool[at + 2] = record.withFailures(record.withPhase(next, record.CONNECT), failures + 1);
      return Math.max(1, delayMs - bucketMs);
    }
    const people = this.#crowd.population.peopleOf(home, index);
    this.#desks.hold(this.#crowd.endpoints[endpoint]!.server, people);
    const leftMs = delayMs - bucketMs;
    if (leftMs <= 0) return this.#logged(pool, at, next, arrivedMs + delayMs);
    pool[at + 2] = record.withPhase(next, record.LOGGED);
    return leftMs;
  }

  /** The login is complete; the first beat has been sent with it. */
  #logged(pool: Int32Array, at: number, state: number, nowMs: number): number {
    const crowd = this.#crowd;
    const index = pool[at]!;
    const home = record.cellOf(pool[at + 3]!);
    const endpoint = record.endpointOf(state);
    const people = crowd.population.peopleOf(home, index);
    const due = pool[at + DUE]!;
    this.#logins.complete(home, index, endpoint, record.failuresOf(state), nowMs);
    crowd.connecting.add(home, -people);
    crowd.online.add(home, people);
    this.#desks.complete(crowd.endpoints[endpoint]!.server, people);
    crowd.hold(crowd.viaCell(home, index) * this.#endpointCount + endpoint, people);
    const cursor = this.#cursor;
    cursor.word = pool[at + 3]!;
    onConnected(cursor, this.#plan.heartbeat);
    const nextMs = intervalOnSend(cursor, this.#plan.heartbeat) / 1_000;
    afterBeat(cursor, true, false, this.#plan.heartbeat);
    pool[at + 3] = cursor.word;
    pool[at + 2] = record.withFailures(record.withPhase(record.advanced(state), record.ONLINE), 0);
    return Math.max(1, nextMs - (due + this.#calendar.base - nowMs));
  }

  /** A connection ends. */
  #leave(home: number, index: number, endpoint: number, people: number): void {
    const crowd = this.#crowd;
    crowd.online.add(home, -people);
    crowd.count(crowd.linkOf(crowd.viaCell(home, index), endpoint), HELD, -people);
    this.#desks.hold(crowd.endpoints[endpoint]!.server, -people);
  }
}
