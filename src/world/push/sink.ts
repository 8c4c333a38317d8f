/**
 * The message service: it takes so many messages in any second and refuses the rest at once, as a service does that
 * protects itself. Here is known what nobody who pushes can know: who was told, how often, and how late.
 */
import type { Digest } from "../../base/digest.ts";
import { type Instant, SECOND } from "../../base/units.ts";
import type { Cause, PushNotes } from "./notes.ts";

const DIGEST_KIND = 0x6f;
/** Times told beyond this are not told apart. */
const MOST = 255;

export interface SinkTask {
  readonly key: number;
  readonly due: Instant;
  /** How often each was told, by uin; nobody is 0. */
  readonly told: Uint8Array;
}

export class Sink {
  readonly #capacity: number;
  readonly #tasks: readonly SinkTask[];
  readonly #notes: PushNotes;
  readonly #digest: Digest;
  /** Arrivals of the second that ends with the last of them: when, how many, how many of them taken. */
  #recent: { readonly at: Instant; readonly messages: number; readonly taken: number }[] = [];
  #oldest = 0;
  #messages = 0;
  #taken = 0;

  constructor(
    capacity: number,
    tasks: readonly SinkTask[],
    { notes, digest }: { readonly notes: PushNotes; readonly digest: Digest },
  ) {
    this.#capacity = capacity;
    this.#tasks = tasks;
    this.#notes = notes;
    this.#digest = digest;
  }

  /** Messages come, all at one time; returns those that are refused. `causeOf` knows why somebody is told again. */
  arrive(task: number, uins: readonly number[], at: Instant, causeOf: (uin: number) => Cause): readonly number[] {
    this.#forget(at);
    const taken = Math.min(uins.length, Math.max(0, this.#capacity - this.#taken));
    this.#recent.push({ at, messages: uins.length, taken });
    this.#messages += uins.length;
    this.#taken += taken;
    this.#notes.arrived(at, uins.length, this.#messages);
    const { key, told, due } = this.#tasks[task]!;
    this.#digest.add(DIGEST_KIND, key ^ (uins[0] ?? 0), Math.floor(at / 1_000) | 0, taken);
    let first = 0;
    for (let place = 0; place < taken; place++) {
      const uin = uins[place]!;
      if (told[uin] === 0) first += 1;
      else this.#notes.repeated(task, at, causeOf(uin));
      if (told[uin]! < MOST) told[uin]! += 1;
    }
    if (first > 0) this.#notes.told(task, at, at - due, first);
    if (taken === uins.length) return [];
    this.#notes.refused(task, at, uins.length - taken);
    return uins.slice(taken);
  }

  /** The second is half-open: what came exactly one ago does not count any more. */
  #forget(at: Instant): void {
    for (let one = this.#recent[this.#oldest]; one !== undefined && one.at <= at - SECOND;) {
      this.#messages -= one.messages;
      this.#taken -= one.taken;
      one = this.#recent[++this.#oldest];
    }
    if (this.#oldest < 4_096) return;
    this.#recent = this.#recent.slice(this.#oldest);
    this.#oldest = 0;
  }
}
