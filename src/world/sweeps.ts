/**
 * What happens to many people at once: links forgotten, sockets closed, users led to another exit, hints
 * that reach connected clients now and not at their next beat. Each is one pass over all pending records, and over
 * the parked clients of the cells that it may touch.
 */
import { fractionOf } from "../base/chance.ts";
import { Draws } from "../base/random.ts";
import type { Calendar, Visitor } from "../engine/calendar.ts";
import type { ThreadGroup } from "../engine/thread-group.ts";
import type { SharedTotals } from "../engine/shared-totals.ts";
import type { Desks } from "./fleet/server.ts";
import { Client } from "./population/client.ts";
import type { Crowd } from "./population/crowd.ts";
import type { Logins } from "./population/logins.ts";
import type { Parked } from "./population/parked.ts";
import * as record from "./population/record.ts";

export interface SweepParts {
  readonly seed: string;
  readonly threads: ThreadGroup;
  readonly crowd: Crowd;
  readonly calendar: Calendar;
  readonly desks: Desks;
  readonly logins: Logins;
  readonly parked: Parked | undefined;
}

/** A server's closing words reach its clients over this long (chosen: as many round trips differ). */
const CLOSED_WITHIN_MS = 50;

/** True for the pairs of cell and endpoint it is about. */
export type PairTest = (cell: number, endpoint: number) => boolean;

/** The clients a sweep is about: at home in these cells, and those of them that pass the test. */
interface Reach {
  readonly homes: readonly number[];
  readonly touches: (client: Client) => boolean;
  readonly keepsLinks?: boolean;
}

/** Changes a connected client, given two words drawn for this sweep and client alone. */
type Change = (client: Client, words: Uint32Array) => void;

/** In the counts of a census. */
const ONLINE = 0;
const CONNECTING = 1;
const AWAY = 2;

export class Sweeps {
  readonly #parts: SweepParts;
  readonly #draws: Draws;
  readonly #client: Client;
  /** When the latest sweep was, and how many there were before it at that time. */
  #at = -1;
  #before = 0;
  /** People found online, connecting and away. */
  readonly #found: SharedTotals;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#client = new Client(parts.crowd, parts.calendar);
    this.#found = parts.threads.totals(new Float64Array(3));
    this.#draws = new Draws(parts.seed, "sweep");
  }

  /** Makes the other side forget these links; their clients find out at the next beat. */
  forget(touches: PairTest): void {
    this.#connected(this.#overPairs(touches), (client) => {
      client.phase = record.STALE;
    });
  }

  /** Wakes the parked clients of these pairs, because what their beats meet is about to change. */
  wake(touches: PairTest): void {
    const { crowd, calendar, parked } = this.#parts;
    if (parked === undefined) return;
    this.#connected({ ...this.#overPairs(touches), keepsLinks: true }, () => undefined);
    const links = crowd.links.agreed();
    for (const link of links.inUse)
      if (touches(crowd.links.cellOf(link), crowd.links.endpointOf(link))) links.noteWoken(link, calendar.at);
  }

  /**
   * Closes these links from the other side, which said in time over how long their people are welcome elsewhere, ms.
   * Each client tries again when its policy says so.
   */
  close(touches: PairTest, toldMs: number): void {
    const { logins } = this.#parts;
    this.#disconnect(
      this.#overPairs(touches),
      (client, u) => logins.afterBreakMs(client, toldMs) + u * CLOSED_WITHIN_MS,
    );
  }

  /**
   * Ends the links of everybody at home in these cells, whatever paths they use, and their clients know: each
   * tries again after `firstMs` and its own part of `spreadMs`. Call before changing where the cells lead.
   */
  disconnectHomes(homes: ReadonlySet<number>, firstMs: number, spreadMs: number): void {
    this.#disconnect(
      { homes: [...homes], touches: (client) => homes.has(client.home) },
      (_, u) => firstMs + u * spreadMs,
    );
  }

  /** Tells connected clients behind these gateways where the table now sends them; a hint is lost like a beat. */
  hint(gateways: ReadonlySet<number>, spreadMs: number): void {
    const { population, dispatch, links, routing } = this.#parts.crowd;
    const isHinted = Uint8Array.from(population.cells, ({ gateway }) => (gateways.has(gateway) ? 1 : 0));
    const homes = population.cells.flatMap((_, home) =>
      routing.viaCells(home).some((cell) => isHinted[cell] === 1) ? [home] : [],
    );
    const touches = ({ cell, index, endpoint }: Client): boolean =>
      isHinted[cell] === 1 && dispatch.isToMove(cell, index, endpoint);
    this.#connected({ homes, touches }, (client, words) => {
      if (client.phase !== record.ONLINE || words[1]! < links.now.beatFails(client.link)) return;
      client.phase = record.HINTED;
      this.#delay(client, fractionOf(words[0]!) * spreadMs);
    });
  }

  /** Counts people by phase one by one: what the running totals must agree with. */
  census(): { online: number; connecting: number; away: number } {
    const { threads, calendar, parked } = this.#parts;
    const client = this.#client;
    this.#found.values.fill(0);
    threads.runParallel(() => {
      this.#found.add(ONLINE, parked?.count() ?? 0);
      calendar.each((pool, at) => {
        client.load(pool, at);
        const { phase } = client;
        const group = record.isConnected(phase) ? ONLINE : phase === record.AWAY ? AWAY : CONNECTING;
        this.#found.add(group, client.people);
      });
    });
    const [online, connecting, away] = this.#found.values as unknown as [number, number, number];
    return { online, connecting, away };
  }

  #overPairs(touches: PairTest): Reach {
    const { population, routing, endpoints } = this.#parts.crowd;
    const isUsed = (cell: number): boolean => endpoints.some((_, endpoint) => touches(cell, endpoint));
    return {
      homes: population.cells.flatMap((_, home) => (routing.viaCells(home).some(isUsed) ? [home] : [])),
      touches: (client) => touches(client.cell, client.endpoint),
    };
  }

  /** Ends links; `delayMs` says after how long a client tries again, from a uniform in [0, 1). */
  #disconnect(reach: Reach, delayMs: (client: Client, u: number) => number): void {
    const { crowd, desks } = this.#parts;
    this.#connected(reach, (client, words) => {
      const { home, people, link, endpoint } = client;
      crowd.online.add(home, -people);
      crowd.connecting.add(home, people);
      crowd.links.now.release(link, people);
      desks.hold(crowd.endpoints[endpoint]!.server, -people);
      client.phase = record.CONNECT;
      client.failures = 0;
      this.#delay(client, delayMs(client, fractionOf(words[0]!)));
    });
  }

  /** Makes a client's next event due this long from now. */
  #delay(client: Client, delayMs: number): void {
    client.dueMs = this.#parts.calendar.at + Math.max(1, Math.round(delayMs));
  }

  #connected({ homes, touches, keepsLinks = false }: Reach, change: Change): void {
    const { threads, calendar, parked } = this.#parts;
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
      calendar.sweep(visitor);
      parked?.sweep(homes, touches, act);
    });
  }
}
