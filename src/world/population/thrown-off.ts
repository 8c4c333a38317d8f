/**
 * People that faults took offline: which faults broke a link, and which of their people are not back yet. Only broken links and
 * completed logins look here; a heartbeat that is answered does not.
 */
import { CHANCE_ONE } from "../../base/chance.ts";
import { RowMap } from "../../base/row-map.ts";
import type { SharedTotals } from "../../engine/shared-totals.ts";
import type { ThreadGroup } from "../../engine/thread-group.ts";
import type { Client } from "./client.ts";
import type { Crowd } from "./crowd.ts";

/** Places of totals; the people thrown off in each cell follow. */
const THROWN = 0;
const OFFLINE = 1;
const CELLS = 2;

/** The people that one fault took offline. */
export class Disconnections {
  readonly #totals: SharedTotals;

  constructor(threads: ThreadGroup, cells: number) {
    this.#totals = threads.totals(new Float64Array(CELLS + cells));
  }

  /** People thrown off since the fault began, each as often as that happens. */
  get thrown(): number {
    return this.#totals.values[THROWN]!;
  }

  /** Those of them who are not back online, whatever keeps them offline. */
  get offline(): number {
    return this.#totals.values[OFFLINE]!;
  }

  /** Returns the people at home in a cell who were thrown off since the fault began. */
  thrownIn(cell: number): number {
    return this.#totals.values[CELLS + cell]!;
  }

  /** Adds people at home in a cell who are thrown off. */
  add(cell: number, people: number): void {
    this.#totals.add(THROWN, people);
    this.#totals.add(OFFLINE, people);
    this.#totals.add(CELLS + cell, people);
  }

  /** Takes off people who are back online. */
  takeBack(people: number): void {
    this.#totals.add(OFFLINE, -people);
  }
}

/** A NAT time-out that faults have shortened in a cell. */
export interface ShortenedNat {
  /** The time-out without them, ms. */
  readonly usualMs: number;
  /** The time-out that each of them sets, ms. */
  readonly faults: readonly { readonly timeoutMs: number; readonly by: Disconnections }[];
}

/** The faults that keep a person offline, and the sets that other faults make of it. */
interface Reasons {
  readonly place: number;
  readonly faults: readonly Disconnections[];
  readonly with: Map<Disconnections, Reasons>;
}

/** A link counts as cut if a heartbeat over it fails more often than not. */
export const CUT = CHANCE_ONE / 2;

/** Follows the people that faults take offline, those of this thread; the totals are of all threads. */
export class ThrownOff {
  readonly #threads: ThreadGroup;
  readonly #crowd: Crowd;
  readonly #byFault = new Map<string, Disconnections>();
  /** By link: the active faults that break it. */
  readonly #breakers = new Map<number, readonly Disconnections[]>();
  /** By cell. */
  readonly #nats = new Map<number, ShortenedNat>();
  /** All sets of faults seen, by place; the first is empty. */
  readonly #reasons: Reasons[] = [{ place: 0, faults: [], with: new Map() }];
  /** Place in `#reasons`, by row of a person who is offline because of a fault. */
  readonly #offline = new RowMap();

  constructor(threads: ThreadGroup, crowd: Crowd) {
    this.#threads = threads;
    this.#crowd = crowd;
  }

  /** Starts to count the people of a fault; all threads do so at the same point. */
  begin(fault: string): void {
    const { cells } = this.#crowd.population;
    if (!this.#byFault.has(fault)) this.#byFault.set(fault, new Disconnections(this.#threads, cells.length));
  }

  /** Returns the people of a fault; undefined for one that has not begun. */
  of(fault: string): Disconnections | undefined {
    return this.#byFault.get(fault);
  }

  /** Sets the faults that break a link from now on. */
  setBreakers(link: number, faults: readonly Disconnections[]): void {
    if (faults.length === 0) this.#breakers.delete(link);
    else this.#breakers.set(link, faults);
  }

  /** Sets the NAT time-out that faults have shortened in a cell; undefined for one that they have not. */
  setNat(cell: number, nat: ShortenedNat | undefined): void {
    if (nat === undefined) this.#nats.delete(cell);
    else this.#nats.set(cell, nat);
  }

  /** Notes a person whose heartbeat after `silentMs` of silence was not answered. */
  missed(client: Client, silentMs: number): void {
    const { cell, link } = client;
    const isForgotten = silentMs > this.#crowd.natTimeoutMs[cell]!;
    if (!isForgotten || this.#isCut(link)) this.#noteBreakers(client, link);
    const nat = isForgotten ? this.#nats.get(cell) : undefined;
    // Without the faults this NAT would have forgotten the link too.
    if (nat === undefined || silentMs > nat.usualMs) return;
    for (const { timeoutMs, by } of nat.faults) if (silentMs > timeoutMs) this.note(client, by);
  }

  /** Notes a person whose link is closed, by a fault or by none. Faults that had cut the link before count too. */
  closed(client: Client, by: Disconnections | undefined): void {
    if (by !== undefined) this.note(client, by);
    const { link } = client;
    if (this.#isCut(link)) this.#noteBreakers(client, link);
  }

  /** Notes a person that a fault takes offline. */
  note({ row, home, people }: Client, by: Disconnections): void {
    const before = this.#reasons[this.#offline.get(row)]!;
    if (before.faults.includes(by)) return;
    by.add(home, people);
    let reasons = before.with.get(by);
    if (reasons === undefined) {
      reasons = { place: this.#reasons.length, faults: [...before.faults, by], with: new Map() };
      before.with.set(by, reasons);
      this.#reasons.push(reasons);
    }
    this.#offline.set(row, reasons.place);
  }

  /** Notes a person who is online again. */
  back({ row, people }: Client): void {
    if (this.#offline.size === 0) return;
    const { faults } = this.#reasons[this.#offline.get(row)]!;
    if (faults.length === 0) return;
    for (const fault of faults) fault.takeBack(people);
    this.#offline.delete(row);
  }

  #isCut(link: number): boolean {
    return this.#crowd.links.now.beatFails(link) >= CUT;
  }

  #noteBreakers(client: Client, link: number): void {
    for (const fault of this.#breakers.get(link) ?? []) this.note(client, fault);
  }
}
