/**
 * The message service: it takes messages up to its capacity in any second and refuses the rest at once, as a service does that
 * protects itself. It knows what no worker can know: which subscribers were told, how often, and how late.
 */
import type { Digest } from "../../base/digest.ts";
import { type Instant, SECOND } from "../../base/units.ts";
import type { Audit } from "./audit.ts";
import type { Delivery } from "./broker.ts";
import type { PushNotes } from "./notes.ts";

const DIGEST_KIND = 0x6f;
/** Counts of one subscriber stop here. */
const MOST = 255;

/** A task, as the service counts it. */
export interface ServedTask {
  /** Of the task in the digest. */
  readonly key: number;
  readonly due: Instant;
  /** By uin, from 1: how often the subscriber was told. */
  readonly told: Uint8Array;
}

/** Messages that come together: to members of one block. */
interface Batch {
  /** Number of the task. */
  readonly task: number;
  /** The delivery of the block to the worker that pushes. */
  readonly delivery: Delivery;
  readonly uins: readonly number[];
}

interface Listeners {
  readonly notes: PushNotes;
  readonly digest: Digest;
  /** Knows why a subscriber is told again. */
  readonly audit: Pick<Audit, "blame">;
}

/** The message service of a world. */
export class SimulatedMessageService {
  readonly #capacity: number;
  readonly #tasks: readonly ServedTask[];
  readonly #listeners: Listeners;
  /** Arrivals of the second that ends with the last of them: when, how many, how many of them taken. */
  #recent: { readonly at: Instant; readonly messages: number; readonly taken: number }[] = [];
  #oldest = 0;
  #messages = 0;
  #taken = 0;

  /** `capacity` is in messages per second. */
  constructor(capacity: number, tasks: readonly ServedTask[], listeners: Listeners) {
    this.#capacity = capacity;
    this.#tasks = tasks;
    this.#listeners = listeners;
  }

  /** Takes as many messages as fit into the second that ends now, and returns those that it refuses. */
  arrive({ task, delivery, uins }: Batch, at: Instant): readonly number[] {
    const { notes, digest, audit } = this.#listeners;
    this.#forget(at);
    const taken = Math.min(uins.length, Math.max(0, this.#capacity - this.#taken));
    this.#recent.push({ at, messages: uins.length, taken });
    this.#messages += uins.length;
    this.#taken += taken;
    notes.arrived(at, uins.length, this.#messages);
    const { key, told, due } = this.#tasks[task]!;
    digest.add(DIGEST_KIND, key ^ (uins[0] ?? 0), Math.floor(at / 1_000) | 0, taken);
    let first = 0;
    for (let place = 0; place < taken; place++) {
      const uin = uins[place]!;
      if (told[uin] === 0) first += 1;
      else notes.repeated(task, at, audit.blame(delivery, uin));
      if (told[uin]! < MOST) told[uin]! += 1;
    }
    if (first > 0) notes.told(task, at, at - due, first);
    if (taken === uins.length) return [];
    notes.refused(task, at, uins.length - taken);
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
