/**
 * A login from the first candidate to the last answer: the race for a connection, the server's queue, the
 * exchanges, and when it fails the wait before the next attempt.
 *
 * What an attempt would meet is a pure function of its keyed draws and its path. Of a client that is logging in only two
 * numbers are kept: how long ago the first candidate was tried, and how long the exchanges will take.
 */
import { type Duration, hours } from "../../base/units.ts";
import { Draws, open } from "../../base/random.ts";
import { RowMap } from "../../base/row-map.ts";
import { type Attempt, type Race, type RacingPolicy, race } from "../../algorithms/access/racing.ts";
import { type ReconnectPolicy, untilNextAttempt } from "../../algorithms/access/reconnect.ts";
import { CANDIDATES_MOST } from "../../scenario/people/limits.ts";
import type { LoginQueues } from "../fleet/login-queues.ts";
import { CLOSED, DROPS, OPEN } from "../network/path.ts";
import type { Transport, TransportPath } from "../network/transport.ts";
import { CandidateLists } from "./candidate-lists.ts";
import type { Client } from "./client.ts";
import type { Crowd } from "./crowd.ts";
import { Fallbacks } from "./fallbacks.ts";
import { rankOf } from "./population.ts";

/** Logins that take longer count as this long. */
export const CENSORED_MS = 60_000;
/** Remembered of each: 16 bits of ms since the first candidate, 15 of ms that the exchanges take; the latter's top value says "never". */
const SINCE_MASK = 0xffff;
const NEVER_COMPLETE = 0x7fff;
/** The login has been noted at the limit of what is counted. */
const NOTED = SINCE_MASK;
/** Top bit: the latest failed attempt reached nobody at all. */
const UNREACHED = 0x8000_0000;

/** Returns the time since the first candidate `ms` later, as it is remembered. */
const later = (since: number, ms: number): number => (since === NOTED ? NOTED : Math.min(NOTED - 1, since + ms));
/** Returns a wait that a server assigns, at most a day: servers that are too small for their people would need years. */
const within = (ms: number): Duration => Math.min(hours(24), Math.round(ms * 1_000)) as Duration;
/** A refusal comes at once: what the way takes is in the connect. */
const REFUSED_MS = 1;

export interface LoginPlan {
  readonly seed: string;
  readonly transport: Transport;
  readonly racing: RacingPolicy;
  readonly reconnect: ReconnectPolicy;
  readonly timeoutMs: number;
}

export interface LoginNotes {
  /** A login begun at `startedMs` ended after `tookMs`; or it takes longer and was cut off there, by its limit or the run's end. */
  login(cell: number, startedMs: number, tookMs: number, people: number, isCut: boolean): void;
}

/** An attempt that came to nothing: when it began, how long it took, and what the server said, if any answered. */
interface Failure {
  readonly nowMs: number;
  readonly tookMs: number;
  readonly told?: Duration;
  readonly unreached?: number;
}

interface Asked {
  readonly failures: number;
  readonly tookMs: number;
  readonly wasClosed: boolean;
  readonly told: Duration | undefined;
}

/** What became of an attempt: where it got through and after how long, or how long until the next one. */
export interface AttemptResult {
  connected: boolean;
  endpoint: number;
  delayMs: number;
}

export class Logins {
  readonly result: AttemptResult = { connected: false, endpoint: 0, delayMs: 0 };
  readonly fallbacks: Fallbacks;
  readonly #crowd: Crowd;
  readonly #loginQueues: LoginQueues;
  readonly #notes: LoginNotes;
  readonly #plan: LoginPlan;
  readonly #draws: Draws;
  readonly #waits: Draws;
  readonly #memory = new RowMap();
  #candidates: readonly number[] = [];
  /** A list of one, reused. */
  readonly #alone = [0];
  readonly #lists: CandidateLists;
  /** By link, of those that were tried. */
  readonly #paths: (TransportPath | undefined)[] = [];
  readonly #restMs: number[] = [];
  readonly #failed: boolean[] = [];

  constructor(crowd: Crowd, loginQueues: LoginQueues, notes: LoginNotes, plan: LoginPlan) {
    this.#crowd = crowd;
    this.fallbacks = new Fallbacks(crowd.dispatch);
    this.#lists = new CandidateLists(crowd, this.fallbacks, plan);
    this.#loginQueues = loginQueues;
    this.#notes = notes;
    this.#plan = plan;
    this.#draws = new Draws(plan.seed, "login");
    this.#waits = new Draws(plan.seed, "login wait");
  }

  /** Races for a connection, and fills `result`. Without failures before it, it is the first attempt of a new login. */
  attempt(client: Client): void {
    const { links } = this.#crowd;
    const { row, failures, dueMs: nowMs } = client;
    const { racing } = this.#plan;
    const first = this.#tryFirst(client, nowMs);
    // A client that connects before a second attempt would start has no race, and need not know the rest of its list.
    const won =
      first.connected && first.after <= Math.min(racing.startEvery, racing.timeout)
        ? { winner: 0, took: first.after, started: 1 }
        : this.#race(client, nowMs, first);
    const { result } = this;
    if (won.winner < 0) {
      const tookMs = won.took / 1_000;
      result.connected = false;
      if (failures === 0) this.#memory.set(row, 0);
      result.delayMs = this.#fail(client, { nowMs, tookMs, unreached: UNREACHED });
      return;
    }
    for (let place = 0; place < won.started; place++)
      if (this.#failed[place]) links.now.noteFailed(links.of(client.cell, this.#candidates[place]!), client.people);
    this.fallbacks.learn(client, won, this.#candidates, this.#failed);
    result.connected = true;
    result.endpoint = this.#candidates[won.winner]!;
    result.delayMs = Math.max(1, Math.round(won.took / 1_000));
    const remembered = failures === 0 ? 0 : this.#memory.get(row);
    const since = later(remembered & SINCE_MASK, result.delayMs);
    this.#memory.set(row, (remembered & UNREACHED) | since | (this.#restMs[won.winner]! << 16));
  }

  /** Tries the first of a client's list, and leaves in `#candidates` at least that one. */
  #tryFirst(client: Client, nowMs: number): Attempt {
    const { dispatch } = this.#crowd;
    if (!this.#lists.beginsWithRoute(client, nowMs)) this.#candidates = this.#lists.of(client, nowMs);
    else {
      this.#alone[0] = dispatch.routeOf(client.cell, client.index);
      this.#candidates = this.#alone;
    }
    return this.#try(client, 0);
  }

  #race(client: Client, nowMs: number, first: Attempt): Race {
    this.#candidates = this.#lists.of(client, nowMs);
    return race(this.#plan.racing, this.#candidates.length, (place) =>
      place === 0 ? first : this.#try(client, place),
    );
  }

  /**
   * True if a client that is connected elsewhere than the table sends it goes there. An endpoint that failed it is asked
   * again after a while, beside the connection that it has, and must answer.
   */
  returns(client: Client): boolean {
    if (!this.fallbacks.hasFailed(client)) return true;
    if (this.fallbacks.insteadFor(client, client.dueMs) >= 0) return false;
    const { dispatch, links } = this.#crowd;
    const best = dispatch.routeOf(client.cell, client.index);
    this.#candidates = [best];
    this.#try(client, 0);
    if (!this.#failed[0]!) return true;
    links.now.noteFailed(links.of(client.cell, best), client.people);
    this.fallbacks.note(client, best, client.endpoint, client.dueMs);
    return false;
  }

  /**
   * Settles a request that arrived one bucket before its client is due, when the queue is known. Fills `result`: connected, and
   * when the last answer will have come, counted from the arrival; or failed, and when the next attempt is due.
   */
  settle(client: Client, bucketMs: number): void {
    const crowd = this.#crowd;
    const { result } = this;
    const { row, endpoint } = client;
    const { server } = crowd.endpoints[endpoint]!;
    const arrivedMs = client.dueMs - bucketMs;
    const remembered = this.#memory.get(row);
    const restMs = (remembered >>> 16) & NEVER_COMPLETE;
    const waitMs = Math.round(this.#loginQueues.waitMs(server, arrivedMs % bucketMs));
    const cut = crowd.paths.block(client.link) > CLOSED;
    const rank = this.rank(client);
    if (!this.#loginQueues.isAdmitted(server, rank)) {
      const told = within(this.#loginQueues.retryAfterMs(server, rank));
      result.connected = false;
      result.delayMs = this.#fail(client, { nowMs: arrivedMs, tookMs: REFUSED_MS, told });
      return;
    }
    const inTime = !cut && restMs !== NEVER_COMPLETE && waitMs + restMs <= this.#plan.timeoutMs;
    result.connected = inTime && this.#loginQueues.hasConnectionFor(server, rank);
    if (!result.connected) {
      const tookMs = inTime ? Math.max(1, Math.round(waitMs + restMs)) : this.#plan.timeoutMs;
      result.delayMs = this.#fail(client, { nowMs: arrivedMs, tookMs });
      return;
    }
    const tookMs = waitMs + restMs;
    this.#memory.set(row, (remembered & UNREACHED) | later(remembered & SINCE_MASK, tookMs));
    result.endpoint = endpoint;
    result.delayMs = tookMs;
  }

  /** Returns a client's place among those who arrive together, in [0, 1). */
  rank({ identity, index, ordinal }: Client): number {
    return this.#waits.uniform(identity, index, ordinal);
  }

  /** Notes how long a login took that was complete at `nowMs`, and reports the attempts with the failures before them. */
  complete(client: Client, nowMs: number): void {
    const { links } = this.#crowd;
    const { row, home, people, failures, endpoint } = client;
    const remembered = this.#memory.get(row);
    const took = remembered & SINCE_MASK;
    this.#memory.delete(row);
    if (took !== NOTED) this.#notes.login(home, nowMs - took, Math.min(took, CENSORED_MS), people, took >= CENSORED_MS);
    links.now.noteLogins(client.link, people);
    // Only clients whose attempts ended before any door know of addresses that do not answer.
    if (failures === 0 || (remembered & UNREACHED) === 0) return;
    for (const candidate of this.#lists.of(client, nowMs))
      if (candidate !== endpoint) links.now.noteFailed(links.of(client.cell, candidate), failures * people);
  }

  /** Notes a login that is under way when the run ends; what is remembered of it reaches up to the client's due time. */
  noteUnfinished(client: Client, endMs: number): void {
    const since = this.#memory.get(client.row) & SINCE_MASK;
    if (since === NOTED) return;
    const startedMs = client.dueMs - since;
    const tookMs = Math.max(0, Math.min(endMs - startedMs, CENSORED_MS));
    this.#notes.login(client.home, startedMs, tookMs, client.people, true);
  }

  /** Returns how an attempt at one candidate would end if it ran to its end. */
  #try(client: Client, place: number): Attempt {
    const { paths, links } = this.#crowd;
    const link = links.of(client.cell, this.#candidates[place]!);
    const block = paths.block(link);
    this.#restMs[place] = NEVER_COMPLETE;
    this.#failed[place] = true;
    if (block !== OPEN)
      return { connected: false, after: (block === DROPS ? Infinity : paths.rttMs(link) * 1_000) as Duration };
    // Each candidate has a draw of its own.
    this.#draws.at(client.identity, client.index, client.ordinal * CANDIDATES_MOST + place);
    const { connectedMs, doneMs } = this.#plan.transport.sample(this.#pathOf(link), this.#draws.out);
    if (connectedMs === Infinity) return { connected: false, after: Infinity as Duration };
    this.#restMs[place] = Math.min(NEVER_COMPLETE, Math.round(doneMs - connectedMs));
    this.#failed[place] = connectedMs > this.#plan.racing.timeout / 1_000;
    return { connected: true, after: Math.round(connectedMs * 1_000) as Duration };
  }

  #pathOf(link: number): TransportPath {
    const { paths } = this.#crowd;
    const known = this.#paths[link];
    const rttMs = paths.rttMs(link);
    const lossUp = paths.lossUp(link);
    const lossDown = paths.lossDown(link);
    if (known?.rttMs === rttMs && known.lossUp === lossUp && known.lossDown === lossDown) return known;
    return (this.#paths[link] = this.#plan.transport.along({ rttMs, lossUp, lossDown }));
  }

  /**
   * Returns how long after a link broke its client tries again, ms. `toldMs`: over how long its servers said that everybody is
   * welcome when they closed it; undefined when it was just silent.
   */
  afterBreakMs(client: Client, toldMs: number | undefined): number {
    return this.#pauseMs(client, {
      failures: 0,
      tookMs: 0,
      wasClosed: toldMs !== undefined,
      told: toldMs === undefined ? undefined : within(toldMs),
    });
  }

  /** Takes note of an attempt that came to nothing, and returns the ms until the next one, from now. */
  #fail(client: Client, { nowMs, tookMs, told, unreached = 0 }: Failure): number {
    const pauseMs = this.#pauseMs(client, { failures: client.failures + 1, tookMs, wasClosed: false, told });
    const delayMs = Math.max(1, Math.round(tookMs + pauseMs));
    const { row } = client;
    const before = this.#memory.get(row) & SINCE_MASK;
    let since = later(before, delayMs);
    if (before !== NOTED && since >= CENSORED_MS) {
      this.#notes.login(client.home, nowMs - before, CENSORED_MS, client.people, true);
      since = NOTED;
    }
    this.#memory.set(row, since | unreached);
    return delayMs;
  }

  #pauseMs({ identity, index, ordinal }: Client, { failures, wasClosed, told, tookMs }: Asked): number {
    const u = open(this.#waits.at(identity ^ 0x51ed270b, index, ordinal));
    const situation = { failures, wasClosed, told, attemptTook: (tookMs * 1_000) as Duration, u };
    return untilNextAttempt(this.#plan.reconnect, { ...situation, place: rankOf(index, identity) }) / 1_000;
  }
}
