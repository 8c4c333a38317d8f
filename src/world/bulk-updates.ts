/**
 * Changes to many clients at once: stale links, closed sockets, lost homes, hints that arrive before the next beat. Each is one pass
 * over all pending records, and over the parked clients of the cells that it may touch.
 */
import { fractionOf } from "../base/chance.ts";
import { Draws } from "../base/random.ts";
import type { Calendar, Visitor } from "../engine/calendar.ts";
import type { ThreadGroup } from "../engine/thread-group.ts";
import type { SharedTotals } from "../engine/shared-totals.ts";
import type { LoginQueues } from "./fleet/login-queues.ts";
import { Client } from "./population/client.ts";
import type { Crowd } from "./population/crowd.ts";
import type { Logins } from "./population/logins.ts";
import type { Parked } from "./population/parked.ts";
import * as record from "./population/record.ts";
import type { Rest, WayTest } from "./population/rest.ts";
import type { Stays } from "./population/stays.ts";
import type { Disconnections, ThrownOff } from "./population/thrown-off.ts";

/** Longest time over which clients are spread, as servers that are too small for them would need years. Chosen. */
const DELAY_MOST_MS = 86_400_000;

/** What bulk updates read and change. */
export interface BulkUpdateParts {
  /** Seeds all draws. */
  readonly seed: string;
  /** The threads of this run. */
  readonly threads: ThreadGroup;
  /** What all clients share. */
  readonly crowd: Crowd;
  /** Holds the pending events of clients. */
  readonly calendar: Calendar;
  /** Counts connections. */
  readonly loginQueues: LoginQueues;
  /** Decides when clients retry. */
  readonly logins: Logins;
  /** Counts the people of each fault. */
  readonly thrownOff: ThrownOff;
  /** Parked clients; undefined if every beat is simulated. */
  readonly parked: Parked | undefined;
  /** People at rest; undefined if everybody is a client. */
  readonly rest: Rest | undefined;
  /** Decides when people leave. */
  readonly stays: Stays;
}

/** Closes of a server reach its clients within this time (chosen, as round trips differ). */
const CLOSED_WITHIN_MS = 50;

/** The clients that an update changes: of those at home in these cells, the ones that pass the test. */
interface Selection {
  readonly homes: readonly number[];
  /** Where people at rest become clients first. */
  readonly ways: WayTest;
  readonly touches: (client: Client) => boolean;
  readonly keepsLinks?: boolean;
  /** True if the change draws anew who leaves before the next beat. */
  readonly redraws?: boolean;
}

/** Changes a connected client, given two words drawn for this update and this client alone. */
type Change = (client: Client, words: Uint32Array) => void;

/** In the counts of a census. */
const ONLINE = 0;
const CONNECTING = 1;
const AWAY = 2;

/** Changes and counts many clients in one pass. */
export class BulkUpdates {
  readonly #parts: BulkUpdateParts;
  readonly #draws: Draws;
  readonly #client: Client;
  /** Time of the latest update, ms, and the number of updates before it at that time. */
  #at = -1;
  #before = 0;
  /** People found online, connecting and away. */
  readonly #census: SharedTotals;

  constructor(parts: BulkUpdateParts) {
    this.#parts = parts;
    this.#client = new Client(parts.crowd, parts.calendar);
    this.#census = parts.threads.totals(new Float64Array(3));
    this.#draws = new Draws(parts.seed, "sweep");
  }

  /** Makes the links of these pairs stale: the other side has forgotten them because of a fault, and clients notice at the next beat. */
  makeStale(touches: WayTest, by: Disconnections): void {
    const { thrownOff } = this.#parts;
    this.#updateConnected(this.#overPairs(touches), (client) => {
      // A client that leaves before its next beat never notices.
      if (record.isLeaving(client.state)) return;
      thrownOff.note(client, by);
      client.phase = record.STALE;
    });
  }

  /**
   * Wakes the parked clients of these pairs, because the quality of their paths is about to change. If how often people leave has
   * changed (`redraws`), draws anew when each connected client of these pairs does.
   */
  wake(touches: WayTest, redraws = false): void {
    const { crowd, calendar, parked } = this.#parts;
    if (parked === undefined && !redraws) return;
    this.#updateConnected({ ...this.#overPairs(touches), keepsLinks: true, redraws }, (client, words) => {
      if (redraws && client.phase === record.ONLINE) this.#redrawStay(client, words[0]!);
    });
    const links = crowd.links.agreed();
    for (const link of links.inUse)
      if (touches(crowd.links.cellOf(link), crowd.links.endpointOf(link))) links.noteWoken(link, calendar.at);
  }

  /**
   * Closes the links of these pairs from the server's side because of a fault; each client retries by its policy, within
   * `admissionMs` if it spreads.
   */
  closeLinks(touches: WayTest, admissionMs: number, by: Disconnections): void {
    const { logins } = this.#parts;
    this.#disconnect(
      this.#overPairs(touches),
      by,
      (client, u) => logins.afterBreakMs(client, admissionMs) + u * CLOSED_WITHIN_MS,
    );
  }

  /**
   * Disconnects all people at home in these cells, on any path; each retries after `firstMs` and its own share of `spreadMs`. Call
   * before the routes of the cells change. `by` is undefined if no fault is the reason.
   */
  disconnectHomes(
    homes: ReadonlySet<number>,
    { firstMs, spreadMs }: { readonly firstMs: number; readonly spreadMs: number },
    by: Disconnections | undefined,
  ): void {
    this.#disconnect(
      { homes: [...homes], ways: () => true, touches: (client) => homes.has(client.home) },
      by,
      (_, u) => firstMs + u * spreadMs,
    );
  }

  /** Sends connected clients behind these gateways their new route, spread over `spreadMs`; a hint is lost like a beat. */
  hint(gateways: ReadonlySet<number>, spreadMs: number): void {
    const { crowd, logins, calendar } = this.#parts;
    const { population, dispatch, links, routing } = crowd;
    const isHinted = Uint8Array.from(population.cells, ({ gateway }) => (gateways.has(gateway) ? 1 : 0));
    const homes = population.cells.flatMap((_, home) =>
      routing.viaCells(home).some((cell) => isHinted[cell] === 1) ? [home] : [],
    );
    const touches = (client: Client): boolean =>
      isHinted[client.cell] === 1 &&
      dispatch.isToMove(client.cell, client.index, client.endpoint) &&
      logins.fallbacks.insteadFor(client, calendar.at) < 0;
    // People at rest are all where the table sent them until now.
    const ways: WayTest = (cell, endpoint) => dispatch.onlyRoute[cell] !== endpoint;
    this.#updateConnected({ homes, ways, touches }, (client, words) => {
      if (client.phase !== record.ONLINE || record.isLeaving(client.state)) return;
      if (words[1]! < links.now.beatFails(client.link)) return;
      client.phase = record.HINTED;
      this.#delay(client, fractionOf(words[0]!) * spreadMs);
    });
  }

  /** Counts people by phase one by one, to check the running totals. */
  census(): { online: number; connecting: number; away: number } {
    const { threads, calendar, parked, rest } = this.#parts;
    const client = this.#client;
    this.#census.values.fill(0);
    threads.runParallel(() => {
      const resting = rest?.count() ?? { online: 0, away: 0 };
      this.#census.add(ONLINE, resting.online + (parked?.count() ?? 0));
      this.#census.add(AWAY, resting.away);
      calendar.each((pool, at) => {
        client.load(pool, at);
        const { phase } = client;
        const group = record.isConnected(phase) ? ONLINE : phase === record.AWAY ? AWAY : CONNECTING;
        this.#census.add(group, client.people);
      });
    });
    const [online, connecting, away] = this.#census.values as unknown as [number, number, number];
    return { online, connecting, away };
  }

  #overPairs(touches: WayTest): Selection {
    const { population, routing, endpoints } = this.#parts.crowd;
    const isUsed = (cell: number): boolean => endpoints.some((_, endpoint) => touches(cell, endpoint));
    return {
      homes: population.cells.flatMap((_, home) => (routing.viaCells(home).some(isUsed) ? [home] : [])),
      ways: touches,
      touches: (client) => touches(client.cell, client.endpoint),
    };
  }

  /** Ends links; `delayMs` returns the time to a client's retry, ms, from a uniform in [0, 1). */
  #disconnect(
    selection: Selection,
    by: Disconnections | undefined,
    delayMs: (client: Client, u: number) => number,
  ): void {
    const { crowd, loginQueues, thrownOff } = this.#parts;
    this.#updateConnected(selection, (client, words) => {
      thrownOff.closed(client, by);
      const { home, people, link, endpoint } = client;
      crowd.online.add(home, -people);
      crowd.connecting.add(home, people);
      crowd.links.now.release(link, people);
      loginQueues.hold(crowd.endpoints[endpoint]!.server, -people);
      client.phase = record.CONNECT;
      client.failures = 0;
      this.#delay(client, delayMs(client, fractionOf(words[0]!)));
    });
  }

  /** Draws anew whether a client leaves before its next event, which is else a heartbeat. */
  #redrawStay(client: Client, word: number): void {
    const { calendar, stays } = this.#parts;
    const leavesMs = stays.leavesAfterMs(client.cell, word, client.dueMs - calendar.at);
    client.state = leavesMs > 0 ? record.leaving(client.state) : record.notLeaving(client.state);
    if (leavesMs > 0) client.dueMs = calendar.at + leavesMs;
  }

  /** Makes a client's next event due this long from now, at most a day. */
  #delay(client: Client, delayMs: number): void {
    client.dueMs = this.#parts.calendar.at + Math.max(1, Math.round(Math.min(delayMs, DELAY_MOST_MS)));
  }

  #updateConnected({ homes, ways, touches, keepsLinks = false, redraws = false }: Selection, change: Change): void {
    const { threads, calendar, parked, rest } = this.#parts;
    this.#before = calendar.at === this.#at ? this.#before + 1 : 0;
    this.#at = calendar.at;
    const sweep = Math.imul(this.#at ^ (this.#before << 24), 0x9e3779b1);
    const act = (client: Client): void => {
      if (record.isForetold(client.state)) parked!.wake(client, keepsLinks);
      this.#draws.two(client.identity, client.index, client.ordinal ^ sweep);
      change(client, this.#draws.out);
    };
    const client = this.#client;
    const visitor: Visitor = {
      visit: (pool, at) => {
        if (!record.isConnected(record.phaseOf(pool[at + record.STATE]!))) return true;
        client.load(pool, at);
        if (!touches(client)) return true;
        act(client);
        client.store(pool, at);
        return true;
      },
    };
    threads.runParallel(() => {
      rest?.end(homes, ways, !redraws);
      calendar.sweep(visitor);
      parked?.sweep(homes, touches, act);
    });
  }
}
