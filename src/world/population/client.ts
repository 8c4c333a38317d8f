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
  /** The cell it lives in, its index there, and the cell's stable name, which with the index keys its draws. */
  home = 0;
  index = 0;
  identity = 0;
  /** People that its row stands for. */
  people = 0;
  /** The cell whose paths it uses now. */
  cell = 0;
  /** When its event is due, ms since the run began. */
  dueMs = 0;
  /** Phase, endpoint, failed attempts and ordinal, packed. */
  state = 0;
  /** The last word of the record: above the heartbeat's bits it holds the home cell. */
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
    this.become(pool[at + record.HEARTBEAT]!, pool[at + INDEX]!);
    this.dueMs = pool[at + DUE]! + this.#calendar.base;
    this.state = pool[at + record.STATE]!;
  }

  /** Turns it into another client, given the last word of its record, which holds the home cell, and its index. */
  become(word: number, index: number): void {
    const home = record.cellOf(word);
    this.heartbeat.word = word;
    this.home = home;
    this.index = index;
    this.identity = this.#population.identity[home]!;
    this.people = this.#population.peopleOf(home, index);
    this.cell = this.#routing.viaCell(home, index);
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

  /** Its row among those of this thread. */
  get row(): number {
    return this.#population.firstRow[this.home]! + this.index;
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
