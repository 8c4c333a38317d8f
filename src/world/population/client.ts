/**
 * A client as the code reads it: a cursor over one hot record at a time, reused, so that an event allocates nothing and no
 * line of code reads a bare word. Load it, change it, store it.
 */
import { type Calendar, DUE, INDEX } from "../../engine/calendar.ts";
import type { Links } from "../links.ts";
import type { Crowd } from "./crowd.ts";
import { HeartbeatCursor } from "./heartbeats.ts";
import type { Population } from "./population.ts";
import * as record from "./record.ts";
import type { Routing } from "./routing.ts";

export class Client {
  /** In its home cell. */
  index = 0;
  /** When its event is due, ms since the run began. */
  dueMs = 0;
  /** Phase, endpoint, failed attempts and ordinal, packed. */
  state = 0;
  /** Its word holds the home cell too. */
  readonly heartbeat = new HeartbeatCursor();
  readonly #population: Population;
  readonly #routing: Routing;
  readonly #links: Links;
  readonly #calendar: Calendar;

  constructor({ population, routing, links }: Crowd, calendar: Calendar) {
    this.#population = population;
    this.#routing = routing;
    this.#links = links;
    this.#calendar = calendar;
  }

  /** Reads the record at word `at` of the calendar's pool. */
  load(pool: Int32Array, at: number): void {
    this.index = pool[at + INDEX]!;
    this.dueMs = pool[at + DUE]! + this.#calendar.base;
    this.state = pool[at + record.STATE]!;
    this.heartbeat.word = pool[at + record.HEARTBEAT]!;
  }

  /** Writes to the record it was loaded from. */
  store(pool: Int32Array, at: number): void {
    pool[at + DUE] = this.dueMs - this.#calendar.base;
    pool[at + record.STATE] = this.state;
    pool[at + record.HEARTBEAT] = this.heartbeat.word;
  }

  /** Adds a record of it to the calendar. */
  schedule(): void {
    this.#calendar.add(this.index, this.dueMs - this.#calendar.base, this.state, this.heartbeat.word);
  }

  /** The cell it lives in. */
  get home(): number {
    return record.cellOf(this.heartbeat.word);
  }

  /** The stable name that its draws are keyed by, together with its index. */
  get identity(): number {
    return this.#population.identity[this.home]!;
  }

  /** People that its row stands for. */
  get people(): number {
    return this.#population.peopleOf(this.home, this.index);
  }

  /** Its row among those of this thread. */
  get row(): number {
    return this.#population.firstRow[this.home]! + this.index;
  }

  /** The cell whose paths it uses now. */
  get cell(): number {
    return this.#routing.viaCell(this.home, this.index);
  }

  /** From `cell` to `endpoint`. */
  get link(): number {
    return this.#links.of(this.cell, this.endpoint);
  }

  get phase(): number {
    return record.phaseOf(this.state);
  }
  set phase(phase: number) {
    this.state = record.withPhase(this.state, phase);
  }

  /** Where it is connected, or was last. */
  get endpoint(): number {
    return record.endpointOf(this.state);
  }
  set endpoint(endpoint: number) {
    this.state = record.withEndpoint(this.state, endpoint);
  }

  /** Failed attempts since it began to connect, up to what four bits hold: of a client that is not online. */
  get failures(): number {
    return record.failuresOf(this.state);
  }
  set failures(failures: number) {
    this.state = record.withFailures(this.state, failures);
  }

  /** Its events that drew so far. */
  get ordinal(): number {
    return record.ordinalOf(this.state);
  }
}
