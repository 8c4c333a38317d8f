/**
 * A person's life on the network: heartbeats while connected, a dead link noticed, a login, a pause.
 *
 * One object handles every event of every client. The heartbeat is the hot path: it reads its link's numbers,
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
import type { Calendar, Handler } from "../../engine/calendar.ts";
import type { Trace } from "../../engine/trace.ts";
import type { LoginQueues } from "../fleet/login-queues.ts";
import { BUCKETS_AHEAD } from "../fleet/requests.ts";
import type { LinksNow } from "../links.ts";
import { Client } from "./client.ts";
import type { Crowd } from "./crowd.ts";
import type { Logins } from "./logins.ts";
import { BREAKS, NOTHING, type Parked } from "./parked.ts";
import * as record from "./record.ts";
import type { Rest } from "./rest.ts";
import type { Stays } from "./stays.ts";
import type { ThrownOff } from "./thrown-off.ts";

export interface SessionPlan {
  readonly seed: string;
  readonly heartbeat: HeartbeatPolicy;
  readonly pauseMs: number;
}

export interface SessionParts {
  readonly crowd: Crowd;
  readonly calendar: Calendar;
  readonly loginQueues: LoginQueues;
  readonly logins: Logins;
  readonly stays: Stays;
  readonly thrownOff: ThrownOff;
  /** Clients with nothing to happen for a while; without it every beat of every client is an event. */
  readonly parked: Parked | undefined;
  /** People at rest; without it everybody is a client. */
  readonly rest: Rest | undefined;
  readonly trace: Trace | undefined;
}

/** Longest pause, ms: ten days, which a calendar can hold. A longer one ends then. */
const PAUSE_MOST_MS = 864_000_000;

/** Returns how long somebody stays away, ms, from a 32-bit word. */
export const pauseOf = (word: number, meanMs: number): number =>
  Math.min(PAUSE_MOST_MS, Math.max(1, Math.round(exponential(open(word), meanMs))));

export class Sessions implements Handler {
  readonly digest = new Digest();
  readonly #crowd: Crowd;
  readonly #links: LinksNow;
  readonly #calendar: Calendar;
  readonly #loginQueues: LoginQueues;
  readonly #logins: Logins;
  readonly #stays: Stays;
  readonly #thrownOff: ThrownOff;
  readonly #parked: Parked | undefined;
  readonly #rest: Rest | undefined;
  readonly #trace: Trace | undefined;
  readonly #plan: SessionPlan;
  readonly #draws: Draws;
  readonly #client: Client;
  readonly #timeoutMs: number;

  constructor(
    { crowd, calendar, loginQueues, logins, stays, thrownOff, parked, rest, trace }: SessionParts,
    plan: SessionPlan,
  ) {
    this.#crowd = crowd;
    this.#links = crowd.links.now;
    this.#calendar = calendar;
    this.#loginQueues = loginQueues;
    this.#logins = logins;
    this.#stays = stays;
    this.#thrownOff = thrownOff;
    this.#parked = parked;
    this.#rest = rest;
    this.#trace = trace;
    this.#plan = plan;
    this.#draws = new Draws(plan.seed, "beat");
    this.#client = new Client(crowd, calendar);
    this.#timeoutMs = plan.heartbeat.timeout / 1_000;
  }

  /** Handles the event of a record: returns the delay to the next one, or 0 for a client that is parked or rests. */
  fire(pool: Int32Array, at: number): number {
    const client = this.#client;
    client.load(pool, at);
    const delayMs = this.#trace === undefined ? this.#handle(client) : this.#traced(this.#trace, client);
    client.store(pool, at);
    return delayMs;
  }

  /** Notes the logins under way at the end of the run, if they have taken too long; more recent ones have no outcome and count nowhere. */
  noteUnfinished(endMs: number): void {
    const client = this.#client;
    this.#calendar.each((pool, at) => {
      client.load(pool, at);
      const { phase } = client;
      const isTrying = phase === record.CONNECT && client.failures > 0;
      if (!isTrying && phase !== record.ARRIVE && phase !== record.SETTLE && phase !== record.LOGGED) return;
      if (phase === record.SETTLE) client.dueMs -= this.#calendar.bucketMs;
      this.#logins.noteUnfinished(client, endMs);
    });
  }

  /** Handles an event, and notes for a client that is followed what it was and what it led to. */
  #traced(trace: Trace, client: Client): number {
    const { home, index, dueMs, state: before } = client;
    if (!trace.wants(home, index)) return this.#handle(client);
    const delayMs = this.#handle(client);
    const nextMs = delayMs > 0 ? delayMs : this.#parked!.dueMs(client) - dueMs;
    const { name } = this.#crowd.endpoints[client.endpoint]!;
    const what = `${record.describe(before)}; now ${record.describe(client.state)}, ${name}, next in ${String(nextMs)} ms`;
    trace.note({ at: (dueMs * 1_000) as Instant, cell: home, index, what });
    return delayMs;
  }

  #handle(client: Client): number {
    if (this.#parked !== undefined && record.isForetold(client.state)) return this.#foretold(this.#parked, client);
    if (client.phase !== record.ONLINE) return this.#step(client);
    return record.isLeaving(client.state) ? this.#goAway(client) : this.#beat(client);
  }

  #beat(client: Client): number {
    const crowd = this.#crowd;
    const { dispatch } = crowd;
    const links = this.#links;
    const policy = this.#plan.heartbeat;
    const { index, cell, heartbeat, identity, people, state } = client;
    const endpoint = record.endpointOf(state);
    const link = crowd.links.of(cell, endpoint);
    const silence = heartbeat.nextIsInterval ? heartbeat.interval : policy.shortest;
    const nextMs = (intervalOnSend(heartbeat, policy) / 1_000) | 0;
    const { out } = this.#draws;
    this.#draws.two(identity, index, record.ordinalOf(state));
    links.noteBeats(link, people);
    const answered = silence <= crowd.natTimeoutMs[cell]! * 1_000 && out[0]! >= links.beatFails(link);
    this.digest.add(answered ? 1 : 2, identity ^ index, client.dueMs | 0, state);
    client.state = record.advanced(state);
    if (!answered) {
      links.noteMissed(link, people);
      this.#thrownOff.missed(client, silence / 1_000);
      return this.#broken(client);
    }
    afterBeat(heartbeat, true, false, policy);
    const leavesMs = this.#stays.leavesAfterMs(cell, out[1]!, nextMs);
    if (leavesMs > 0) {
      client.state = record.leaving(client.state);
      return leavesMs;
    }
    // The answer carries the dispatch table's newest word.
    if (dispatch.onlyRoute[cell] !== endpoint && dispatch.isToMove(cell, index, endpoint)) {
      if (!this.#logins.returns(client)) return nextMs;
      client.phase = record.HINTED;
      return 1;
    }
    return this.#parked?.isQuiet(heartbeat.word) === true ? this.#foretell(this.#parked, client, nextMs) : nextMs;
  }

  /** Handles the beat that was foretold. */
  #foretold(parked: Parked, client: Client): number {
    const outcome = parked.outcome(client);
    this.digest.add(0x20 + outcome, client.identity ^ client.index, client.dueMs | 0, client.state);
    client.state = record.notForetold(record.advanced(client.state));
    if (outcome === NOTHING) return this.#foretell(parked, client, client.heartbeat.interval / 1_000);
    if (outcome !== BREAKS) {
      client.state = record.leaving(client.state);
      return parked.leavesAfterMs;
    }
    this.#links.noteMissed(client.link, client.people);
    this.#thrownOff.missed(client, client.heartbeat.interval / 1_000);
    return this.#broken(client);
  }

  /** Foretells the next event of a client whose next beat is due in `nextMs`; returns the delay to it, or 0 if it was parked. */
  #foretell(parked: Parked, client: Client, nextMs: number): number {
    const laterMs = parked.foretell(client, client.dueMs + nextMs);
    return laterMs < 0 ? 0 : nextMs + laterMs;
  }

  /** Logs a client out, to come back after a pause; in a surge, those beyond the usual come back at once. */
  #goAway(client: Client): number {
    const { identity, index, state, cell } = client;
    const { out } = this.#draws;
    this.digest.add(0x18, identity ^ index, client.dueMs, state);
    this.#draws.at(identity, index, client.ordinal);
    client.state = record.advanced(state);
    this.#leave(client);
    this.#crowd.away.add(client.home, client.people);
    client.phase = record.AWAY;
    client.failures = 0;
    if (!this.#stays.isUsual(cell, out[0]!)) return 1;
    return this.#rest?.takesAway(client) === true ? 0 : pauseOf(out[2]!, this.#plan.pauseMs);
  }

  /** Breaks a link whose beat was not answered in time. */
  #broken(client: Client): number {
    const crowd = this.#crowd;
    const { heartbeat, home, people } = client;
    afterBeat(heartbeat, false, true, this.#plan.heartbeat);
    onDisconnected(heartbeat);
    this.#leave(client);
    crowd.connecting.add(home, people);
    crowd.broken.add(home, people);
    client.phase = record.CONNECT;
    client.failures = 0;
    return this.#timeoutMs + this.#logins.afterBreakMs(client, undefined);
  }

  /** Handles the event of a client that is not online. */
  #step(client: Client): number {
    const crowd = this.#crowd;
    const { phase, home, people } = client;
    this.digest.add(0x10 + phase, client.identity ^ client.index, client.dueMs, client.state);
    switch (phase) {
      case record.AWAY:
        crowd.away.add(home, -people);
        crowd.connecting.add(home, people);
        client.failures = 0;
        client.state = record.alone(client.state);
        return this.#connect(client);
      case record.HINTED:
        this.#leave(client);
        crowd.connecting.add(home, people);
        client.failures = 0;
        return this.#connect(client);
      case record.CONNECT:
        return this.#connect(client);
      case record.ARRIVE:
        return this.#arrive(client, 0);
      case record.SETTLE:
        return this.#settle(client);
      case record.LOGGED:
        return this.#logged(client, client.dueMs);
      default:
        intervalOnSend(client.heartbeat, this.#plan.heartbeat);
        client.state = record.advanced(client.state);
        return this.#broken(client);
    }
  }

  #connect(client: Client): number {
    this.#logins.attempt(client);
    const { connected, endpoint, delayMs } = this.#logins.result;
    client.state = record.advanced(client.state);
    if (!connected) {
      this.#tryAgain(client);
      return delayMs;
    }
    client.endpoint = endpoint;
    return this.#arrive(client, delayMs);
  }

  /** Has the login request of a client arrive at its server after `delayMs`: known now, unless that is far off. */
  #arrive(client: Client, delayMs: number): number {
    const { people, dueMs, endpoint, state } = client;
    const { at, bucketMs } = this.#calendar;
    const inBuckets = Math.floor((dueMs + delayMs - at) / bucketMs);
    if (inBuckets >= BUCKETS_AHEAD) {
      client.phase = record.ARRIVE;
      return delayMs;
    }
    const { server } = this.#crowd.endpoints[endpoint]!;
    const elsewhen = record.isAlone(state) ? people - 1 : 0;
    this.#loginQueues.request(server, people, this.#logins.rank(client), elsewhen, inBuckets);
    client.phase = record.SETTLE;
    return delayMs + bucketMs;
  }

  /** Has a client try again, as the others of its row would have to. */
  #tryAgain(client: Client): void {
    client.state = record.together(client.state);
    client.phase = record.CONNECT;
    client.failures += 1;
  }

  #settle(client: Client): number {
    const { bucketMs } = this.#calendar;
    const arrivedMs = client.dueMs - bucketMs;
    this.#logins.settle(client, bucketMs);
    const { connected, delayMs } = this.#logins.result;
    client.state = record.advanced(client.state);
    if (!connected) {
      this.#tryAgain(client);
      return Math.max(1, delayMs - bucketMs);
    }
    this.#loginQueues.hold(this.#crowd.endpoints[client.endpoint]!.server, client.people);
    const leftMs = delayMs - bucketMs;
    if (leftMs <= 0) return this.#logged(client, arrivedMs + delayMs);
    client.phase = record.LOGGED;
    return leftMs;
  }

  /** Puts a client online whose login was complete at `nowMs`; the first beat has been sent with it. */
  #logged(client: Client, nowMs: number): number {
    const crowd = this.#crowd;
    const policy = this.#plan.heartbeat;
    const { home, people, heartbeat } = client;
    this.#logins.complete(client, nowMs);
    this.#thrownOff.back(client);
    crowd.connecting.add(home, -people);
    crowd.online.add(home, people);
    crowd.loggedIn.add(home, people);
    this.#loginQueues.complete(crowd.endpoints[client.endpoint]!.server, people);
    this.#links.hold(client.link, people);
    onConnected(heartbeat, policy);
    const nextMs = intervalOnSend(heartbeat, policy) / 1_000;
    afterBeat(heartbeat, true, false, policy);
    if (this.#rest?.takesOnline(client) === true) return 0;
    this.#draws.two(client.identity, client.index, client.ordinal);
    client.state = record.together(record.advanced(client.state));
    client.phase = record.ONLINE;
    client.failures = 0;
    const leavesMs = this.#stays.leavesAfterMs(client.cell, this.#draws.out[1]!, nextMs);
    if (leavesMs > 0) client.state = record.leaving(client.state);
    return Math.max(1, (leavesMs > 0 ? leavesMs : nextMs) - (client.dueMs - nowMs));
  }

  /** Ends a connection. */
  #leave(client: Client): void {
    const crowd = this.#crowd;
    const { people } = client;
    crowd.online.add(client.home, -people);
    this.#links.release(client.link, people);
    this.#loginQueues.hold(crowd.endpoints[client.endpoint]!.server, -people);
  }
}
