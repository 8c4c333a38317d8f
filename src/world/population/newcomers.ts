/**
 * People at rest who have just logged in: their phones test the new connection with some beats at the shortest interval before they
 * are quiet. They are counted by cell and the time of their login, in slots.
 */
import { afterBeat, type HeartbeatPolicy, intervalOnSend, onConnected } from "../../algorithms/access/heartbeat.ts";
import { HEARTBEAT_UNIT } from "../../scenario/people/limits.ts";
import { paceOf } from "../links.ts";
import { HeartbeatCursor } from "./heartbeats.ts";

/** Time of a slot, ms: short against an interval between two beats. Chosen. */
const SLOT_MS = 10_000;

export class Newcomers {
  /** Between two beats of a test, ms; and the rate of such beats of one person (`paceOf`). */
  readonly intervalMs: number;
  readonly pace: number;
  readonly #policy: HeartbeatPolicy;
  /** By what a phone has learned: what it remembers before each beat of a test. */
  readonly #tests = new Map<number, readonly number[]>();
  readonly #testMs: number;
  /** By cell and slot; and by cell. */
  readonly #slots: number;
  readonly #counts: Int32Array;
  readonly #all: Int32Array;
  /** The slot of people who log in now, and when it began. */
  #slot = 0;
  #sinceMs = 0;
  #nowMs = 0;

  constructor(cells: number, policy: HeartbeatPolicy) {
    this.intervalMs = policy.shortest / 1_000;
    this.pace = paceOf(1, policy.shortest / HEARTBEAT_UNIT);
    this.#policy = policy;
    this.#testMs = policy.stableTest * this.intervalMs;
    this.#slots = Math.ceil(this.#testMs / SLOT_MS) + 1;
    this.#counts = new Int32Array(cells * this.#slots);
    this.#all = new Int32Array(cells);
  }

  /** False if a policy has phones use a new connection without a test. */
  get haveTest(): boolean {
    return this.#testMs > 0;
  }

  /** How much longer than a test people are taken for testing, on average, ms. */
  get lateMs(): number {
    return (this.#slots - 0.5) * SLOT_MS - this.#testMs;
  }

  /** Returns the people of a cell who test a connection. */
  of(cell: number): number {
    return this.#all[cell]!;
  }

  /** Sets the time. Returns true if a slot is over: `takeOldest` of each cell must come next. */
  advance(nowMs: number): boolean {
    this.#nowMs = nowMs;
    if (nowMs - this.#sinceMs < SLOT_MS) return false;
    this.#sinceMs = nowMs;
    this.#slot = (this.#slot + 1) % this.#slots;
    return true;
  }

  /** Adds somebody who has logged in. */
  add(cell: number): void {
    this.#counts[cell * this.#slots + this.#slot]! += 1;
    this.#all[cell]! += 1;
  }

  /** Takes out those whose test is over, and returns their number. */
  takeOldest(cell: number): number {
    const at = cell * this.#slots + this.#slot;
    const count = this.#counts[at]!;
    this.#counts[at] = 0;
    this.#all[cell]! -= count;
    return count;
  }

  /** Takes out one of a cell, chosen by a share in [0, 1) of all. */
  takeOne(cell: number, share: number): void {
    let left = Math.floor(share * this.#all[cell]!);
    let at = cell * this.#slots;
    for (; left >= this.#counts[at]!; at++) left -= this.#counts[at]!;
    this.#counts[at]! -= 1;
    this.#all[cell]! -= 1;
  }

  /** Takes out all of a cell, one by one: each logged in at least `ageMs` ago, and up to `spreadMs` longer. */
  takeAll(cell: number, take: (ageMs: number, spreadMs: number) => void): void {
    for (let back = 0; back < this.#slots; back++) {
      const at = cell * this.#slots + ((this.#slot + this.#slots - back) % this.#slots);
      const begunMs = this.#nowMs - this.#sinceMs + back * SLOT_MS;
      for (; this.#counts[at]! > 0; this.#counts[at]! -= 1)
        take(Math.max(0, begunMs - SLOT_MS), Math.min(SLOT_MS, begunMs));
    }
    this.#all[cell] = 0;
  }

  /** Returns what a phone remembers `ageMs` after its login, and how soon its next beat is. `learned`: its word before the login. */
  standing(learned: number, ageMs: number): { readonly word: number; readonly nextMs: number } {
    const test = this.#testOf(learned);
    const beats = Math.min(test.length - 1, Math.floor(ageMs / this.intervalMs));
    return { word: test[beats]!, nextMs: Math.max(1, (beats + 1) * this.intervalMs - ageMs) };
  }

  /** Returns what a phone with this word before its login remembers before each beat of its test. */
  #testOf(learned: number): readonly number[] {
    let test = this.#tests.get(learned);
    if (test === undefined) this.#tests.set(learned, (test = this.#run(learned)));
    return test;
  }

  #run(learned: number): readonly number[] {
    const phone = new HeartbeatCursor();
    phone.word = learned;
    onConnected(phone, this.#policy);
    return Array.from({ length: this.#policy.stableTest }, () => {
      intervalOnSend(phone, this.#policy);
      afterBeat(phone, true, false, this.#policy);
      return phone.word;
    });
  }
}
