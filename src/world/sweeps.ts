/**
 * What happens to many people at once: links forgotten, sockets closed, users led to another exit, hints
 * that reach connected clients now and not at their next beat. Each is one pass over all pending records, and over
 * those at rest in the cells that it may touch.
 */
import { Draws } from "../base/random.ts";
import { type Calendar, DUE, type Visitor } from "../engine/calendar.ts";
import type { Company } from "../engine/company.ts";
import type { Tally } from "../engine/tally.ts";
import type { Desks } from "./fleet/server.ts";
import { BEAT_FAILS, HELD, LINK, WOKEN } from "./link.ts";
import type { Crowd } from "./population/crowd.ts";
import type { Logins } from "./population/logins.ts";
import * as record from "./population/record.ts";
import type { Rest } from "./population/rest.ts";

export interface SweepParts {
  readonly seed: string;
  readonly company: Company;
  readonly crowd: Crowd;
  readonly calendar: Calendar;
  readonly desks: Desks;
  readonly logins: Logins;
  readonly rest: Rest | undefined;
}

/** A server's closing words reach its clients over this long (chosen: as many round trips differ). */
const CLOSED_WITHIN_MS = 50;

/** True for the pairs of cell and endpoint it is about. */
export type PairTest = (cell: number, endpoint: number) => boolean;

/** The same of one client's link, by its home cell and index, the cell its packets run through, and its endpoint. */
type LinkTest = (home: number, index: number, cell: number, endpoint: number) => boolean;

/** Whom a sweep is about: only people at home in these cells, of them those whose link passes the test. */
interface Reach {
  readonly homes: readonly number[];
  readonly touches: LinkTest;
  /** They keep their links. */
  readonly goesOn?: boolean;
}

const isConnected = (phase: number): boolean =>
  phase === record.ONLINE || phase === record.HINTED || phase === record.STALE;

export class Sweeps {
  readonly #parts: SweepParts;
  readonly #draws: Draws;
  /** When the latest sweep was, and how many there were before it at that time. */
  #at = -1;
  #before = 0;
  /** People found online, connecting and away. */
  readonly #found: Tally;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#found = parts.company.tally(new Float64Array(3));
    this.#draws = new Draws(parts.seed, "sweep");
  }

  /** The other side forgets these links; their clients find out at the next beat. */
  forget(touches: PairTest): void {
    this.#connected(this.#overPairs(touches), (pool, at) => {
      pool[at + 2] = record.withPhase(pool[at + 2]!, record.STALE);
    });
  }

  /** What people at rest over these pairs meet is about to change: each lives the next beat. */
  wake(touches: PairTest): void {
    const { crowd, calendar, rest } = this.#parts;
    if (rest === undefined) return;
    this.#connected({ ...this.#overPairs(touches), goesOn: true }, () => undefined);
    for (const pair of crowd.inUse)
      if (touches(Math.floor(pair / crowd.endpointCount), pair % crowd.endpointCount))
        crowd.links[pair * LINK + WOKEN] = calendar.at;
  }

  /**
   * These links are closed by the other side, which said in time over how long their people are welcome elsewhere, ms.
   * Each client tries again when its policy says so.
   */
  close(touches: PairTest, toldMs: number): void {
    const { logins } = this.#parts;
    this.#disconnect(
      this.#overPairs(touches),
      (home, index, ordinal, u) => logins.afterBreakMs(home, index, ordinal, toldMs) + u * CLOSED_WITHIN_MS,
    );
  }

  /**
   * The links of everybody at home in these cells end now, wherever their packets run through, and their clients know: each
   * tries again after `firstMs` and its own part of `spreadMs`. Call before changing where the cells lead.
   */
  disconnectHomes(homes: ReadonlySet<number>, firstMs: number, spreadMs: number): void {
    this.#disconnect(
      { homes: [...homes], touches: (home) => homes.has(home) },
      (_home, _index, _ordinal, u) => firstMs + u * spreadMs,
    );
  }

  /** Tells connected clients behind these gateways where the table now sends them; a hint is lost like a beat. */
  hint(gateways: ReadonlySet<number>, spreadMs: number): void {
    const { crowd } = this.#parts;
    const isHinted = Uint8Array.from(crowd.tables, (_, gateway) => (gateways.has(gateway) ? 1 : 0));
    const { gateway } = crowd.population;
    const touches: LinkTest = (_home, index, cell, endpoint) =>
      isHinted[gateway[cell]!] === 1 && crowd.isToMove(cell, index, endpoint);
    const homes = this.#homes((cell) => isHinted[gateway[cell]!] === 1);
    this.#connected({ homes, touches }, (pool, at, _home, _index, cell, endpoint, u, v) => {
      if (record.phaseOf(pool[at + 2]!) !== record.ONLINE) return;
      if (v < crowd.paths.links[crowd.linkOf(cell, endpoint) + BEAT_FAILS]!) return;
      pool[at + 2] = record.withPhase(pool[at + 2]!, record.HINTED);
      this.#due(pool, at, u * spreadMs);
    });
  }

  /** People by phase group, counted one by one: what the running totals must agree with. */
  census(): { online: number; connecting: number; away: number } {
    const { company, crowd, calendar, rest } = this.#parts;
    this.#found.values.fill(0);
    company.apart(() => {
      this.#found.add(0, rest?.count() ?? 0);
      calendar.each((pool, at) => {
        const people = crowd.population.peopleOf(record.cellOf(pool[at + 3]!), pool[at]!);
        const phase = record.phaseOf(pool[at + 2]!);
        this.#found.add(isConnected(phase) ? 0 : phase === record.AWAY ? 2 : 1, people);
      });
    });
    const [online, connecting, away] = this.#found.values as unknown as [number, number, number];
    return { online, connecting, away };
  }

  /** Cells whose people may now go through a cell that passes the test. */
  #homes(passes: (cell: number) => boolean): number[] {
    const { crowd } = this.#parts;
    return crowd.population.cells.flatMap((_, home) => (crowd.viaCells(home).some(passes) ? [home] : []));
  }

  #overPairs(touches: PairTest): Reach {
    const { endpoints } = this.#parts.crowd;
    return {
      homes: this.#homes((cell) => endpoints.some((_, endpoint) => touches(cell, endpoint))),
      touches: (_home, _index, cell, endpoint) => touches(cell, endpoint),
    };
  }

  #disconnect(reach: Reach, delayMs: (home: number, index: number, ordinal: number, u: number) => number): void {
    const { crowd, desks } = this.#parts;
    this.#connected(reach, (pool, at, home, index, cell, endpoint, u) => {
      const people = crowd.population.peopleOf(home, index);
      crowd.online.add(home, -people);
      crowd.connecting.add(home, people);
      crowd.count(crowd.linkOf(cell, endpoint), HELD, -people);
      desks.hold(crowd.endpoints[endpoint]!.server, -people);
      pool[at + 2] = record.withFailures(record.withPhase(pool[at + 2]!, record.CONNECT), 0);
      this.#due(pool, at, delayMs(home, index, record.ordinalOf(pool[at + 2]!), u));
    });
  }

  #due(pool: Int32Array, at: number, delayMs: number): void {
    const { calendar } = this.#parts;
    pool[at + DUE] = calendar.at - calendar.base + Math.max(1, Math.round(delayMs));
  }

  /** `u` is a uniform in [0, 1) and `v` a whole word, drawn for this sweep and client alone. */
  #connected(
    { homes, touches, goesOn = false }: Reach,
    change: (
      pool: Int32Array,
      at: number,
      home: number,
      index: number,
      cell: number,
      endpoint: number,
      u: number,
      v: number,
    ) => void,
  ): void {
    const { company, crowd, calendar, rest } = this.#parts;
    this.#before = calendar.at === this.#at ? this.#before + 1 : 0;
    this.#at = calendar.at;
    const sweep = Math.imul(this.#at ^ (this.#before << 24), 0x9e3779b1);
    const { out } = this.#draws;
    const isTouched = (home: number, index: number, endpoint: number): boolean =>
      touches(home, index, crowd.viaCell(home, index), endpoint);
    const act = (pool: Int32Array, at: number): void => {
      if (record.isForetold(pool[at + 2]!)) rest!.rise(pool, at, goesOn);
      const state = pool[at + 2]!;
      const home = record.cellOf(pool[at + 3]!);
      const index = pool[at]!;
      this.#draws.two(crowd.population.identity[home]!, index, record.ordinalOf(state) ^ sweep);
      const cell = crowd.viaCell(home, index);
      change(pool, at, home, index, cell, record.endpointOf(state), out[0]! / 4_294_967_296, out[1]!);
    };
    const visitor: Visitor = {
      visit: (pool, at) => {
        const state = pool[at + 2]!;
        if (
          isConnected(record.phaseOf(state)) &&
          isTouched(record.cellOf(pool[at + 3]!), pool[at]!, record.endpointOf(state))
        )
          act(pool, at);
        return true;
      },
    };
    company.apart(() => {
      calendar.sweep(visitor);
      rest?.sweep(homes, isTouched, act);
    });
  }
}
