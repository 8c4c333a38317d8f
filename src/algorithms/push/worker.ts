/**
 * A worker's slot: it tells the members of one block, batch by batch. The order of its steps gives at least once. The members
 * are recorded in both stores before the first is told; a batch is reported after the message service has answered; the block
 * is acknowledged last. So the worker may die between any two steps: the block comes back, and its next worker finds what is
 * left. At most the batch that was pushed and not reported is told twice.
 * Met by: src/world/push/workers.ts, src/deploy/push/worker.ts
 */
import { assert } from "../../base/assert.ts";
import type { Machine } from "../../base/machine.ts";
import { after, type Duration, type Instant, NEVER, START } from "../../base/units.ts";
import type { Claimed, Reported } from "./claim.ts";
import type { Grant } from "./limiter.ts";
import type { WorkerEffect, WorkerInput } from "./messages.ts";
import { unpack } from "./packing.ts";
import type { WorkerPolicy } from "./policy.ts";
import type { BlockRecord } from "./records.ts";
import type { BlockName } from "./task.ts";

type Effects = readonly WorkerEffect[];

type Reserved = Extract<Grant, { readonly kind: "reserved" }>;

/** Which answer it waits for; "turn": the time to ask the limiter again; "reserved": the moment of its reservation. */
type Step =
  | "idle"
  | "record"
  | "claim"
  | "resume"
  | "adopt"
  | "recorded"
  | "record again"
  | "turn"
  | "grant"
  | "reserved"
  | "push"
  | "report"
  | "end";

/** The machine of one slot: one block at a time, one effect outstanding. */
export class Worker implements Machine<WorkerInput, WorkerEffect> {
  /** The moment of its reservation, or the time to ask the limiter again; NEVER while it waits for an answer or a block. */
  wakeAt: Instant = NEVER;
  readonly #policy: WorkerPolicy;
  #step: Step = "idle";
  #name: BlockName | undefined;
  /** All members of the block, told or not, and whether they are recorded. */
  #members: readonly number[] = [];
  #isRecorded = false;
  /** True if the block was not claimed before: then the claim must have all members of the record. */
  #isNew = false;
  /** Members that are not told yet. */
  #left: readonly number[] = [];
  #batch: readonly number[] = [];
  #grant: Reserved | undefined;
  /** Counted from the request, not from the answer: the store's count began in between. */
  #leaseEnds: Instant = START;

  /** Throws if a lease cannot outlast a grant and the margin. */
  constructor(policy: WorkerPolicy) {
    const { lease, grantLasts, margin } = policy;
    assert(
      grantLasts + margin < lease,
      () => `a lease of ${String(lease)} us, grants that last ${String(grantLasts)}, and a margin of ${String(margin)}`,
    );
    this.#policy = policy;
  }

  /** True if it has no block, and may be given one. */
  get isIdle(): boolean {
    return this.#step === "idle";
  }

  /** Takes a block, the answer to the outstanding effect, or a wake-up, and returns what to do next. */
  handle(input: WorkerInput, now: Instant): Effects {
    switch (input.kind) {
      case "block":
        return this.#begin(input.name);
      case "looked-up":
        return this.#lookedUp(input.record, now);
      case "claimed":
        return this.#claimed(input.answer, now);
      case "recorded":
        return this.#recorded(input.record, now);
      case "granted":
        return this.#granted(input.grant, now);
      case "pushed":
        return this.#pushed(new Set(input.refused), now);
      case "reported":
        return this.#reported(input.answer, now);
      case "record-is-finished":
        return [{ kind: "finish", name: this.#block(), members: this.#members }];
      case "finished":
        return [this.#leave({ kind: "acknowledge", name: this.#block() })];
      case "failed":
        return [this.#giveBack(this.#policy.pause)];
      case "wake":
        return this.#wake(now);
    }
  }

  #begin(name: BlockName): Effects {
    assert(this.#step === "idle", () => `a worker is given block ${String(name.block)} at step ${this.#step}`);
    [this.#name, this.#step] = [name, "record"];
    return [{ kind: "look-up", name }];
  }

  #lookedUp(record: BlockRecord | undefined, now: Instant): Effects {
    this.#isRecorded = record !== undefined;
    this.#members = record === undefined ? [] : unpack(record.packed);
    if (record?.state === "finished") return this.#tellStore();
    if (this.#step === "record again" && record !== undefined) return this.#compare(now, true);
    return this.#ask(record === undefined ? "claim" : "resume", now);
  }

  /** All were told, by the records: a store that has lost this must learn it before another block takes them from the source. */
  #tellStore(): Effects {
    this.#step = "end";
    return [{ kind: "finish", name: this.#block(), members: this.#members }];
  }

  #ask(kind: "claim" | "resume" | "adopt", now: Instant): Effects {
    this.#step = kind;
    this.#leaseEnds = after(now, this.#policy.lease);
    const name = this.#block();
    return [kind === "adopt" ? { kind, name, members: this.#members } : { kind, name }];
  }

  #claimed(answer: Claimed, now: Instant): Effects {
    switch (answer.kind) {
      case "finished":
        // If the records do not know, a repair tells them from the store: these members need not be those that were told.
        return [this.#leave({ kind: "acknowledge", name: this.#block() })];
      case "busy":
        return [this.#giveBack(this.#within(answer.until - now))];
      case "unknown":
        return this.#unknown(now);
      case "yours":
        return this.#yours(answer.members, answer.isNew, now);
    }
  }

  /** The store has lost writes: a part is filled, and a block claimed, before the block is recorded. */
  #unknown(now: Instant): Effects {
    if (this.#step === "resume") {
      [this.#left, this.#isNew] = [[], true];
      return this.#compare(now, false);
    }
    const { task, part, block } = this.#block();
    const why = `part ${String(part)} is not filled, says the store to block ${String(block)}`;
    return [{ kind: "reconcile", task, why }, this.#giveBack(this.#policy.pause)];
  }

  #yours(members: readonly number[], isNew: boolean, now: Instant): Effects {
    this.#left = members;
    if (this.#step === "adopt") {
      const { task, part, block } = this.#block();
      const why = `part ${String(part)} had lost block ${String(block)}`;
      return [{ kind: "reconcile", task, why }, ...this.#goOn(now)];
    }
    this.#isNew = isNew;
    if (this.#isRecorded) return this.#compare(now, false);
    // Once its lease is over both stores may have lost the block, and its members may be told in others.
    if (!this.#isHeld(now)) return [this.#giveBack(this.#policy.pause)];
    this.#members = members;
    this.#step = "recorded";
    return [{ kind: "record", name: this.#block(), members }];
  }

  #recorded(record: BlockRecord, now: Instant): Effects {
    this.#members = unpack(record.packed);
    this.#isRecorded = true;
    return record.state === "finished" ? this.#tellStore() : this.#compare(now, true);
  }

  /** The records overrule the store: other workers may have told members by them. */
  #compare(now: Instant, isReadSince: boolean): Effects {
    const known = new Set(this.#members);
    const fits = this.#left.every((uin) => known.has(uin)) && (!this.#isNew || this.#left.length === known.size);
    if (fits) return this.#goOn(now);
    // Without a running lease it might undo what other workers have reported of the block.
    if (!this.#isHeld(now)) return [this.#giveBack(this.#policy.pause)];
    if (isReadSince) return this.#ask("adopt", now);
    // What it read before the store's answer may be of a block of this name that both stores have lost since.
    this.#step = "record again";
    return [{ kind: "look-up", name: this.#block() }];
  }

  #goOn(now: Instant): Effects {
    this.wakeAt = NEVER;
    if (this.#left.length === 0) return this.#end();
    // All that it reserves must lie in its lease.
    if (now >= this.#asksUntil()) return this.#report([], now);
    this.#step = "grant";
    return [{ kind: "grant", want: Math.min(this.#policy.batchSize, this.#left.length) }];
  }

  #granted(grant: Grant, now: Instant): Effects {
    if (grant.kind === "refused") {
      this.#step = "turn";
      this.wakeAt = Math.min(grant.retryAt, this.#asksUntil()) as Instant;
      return [];
    }
    this.#step = "reserved";
    this.#grant = grant;
    return this.#use(grant, now);
  }

  #wake(now: Instant): Effects {
    if (this.#step === "turn") return this.#goOn(now);
    return this.#step === "reserved" ? this.#use(this.#grant!, now) : [];
  }

  /** Pushes at the moment of the reservation. */
  #use({ count, startsAt, validUntil }: Reserved, now: Instant): Effects {
    // The answer was late, or the worker was: a push now could break the limit, or tell those that another worker tells.
    if (Math.max(now, startsAt) > validUntil || !this.#isHeld(now)) return this.#goOn(now);
    if (now < startsAt) {
      this.wakeAt = startsAt;
      return [];
    }
    this.wakeAt = NEVER;
    this.#step = "push";
    this.#batch = this.#left.slice(0, count);
    return [{ kind: "push", name: this.#block(), uins: this.#batch }];
  }

  #pushed(refused: ReadonlySet<number>, now: Instant): Effects {
    const told = this.#batch.filter((uin) => !refused.has(uin));
    this.#left = [...this.#left.slice(this.#batch.length), ...this.#batch.filter((uin) => refused.has(uin))];
    return told.length === 0 ? [this.#giveBack(this.#policy.pause)] : this.#report(told, now);
  }

  /** Reports these as told, which also renews the lease. */
  #report(uins: readonly number[], now: Instant): Effects {
    this.#step = "report";
    this.#leaseEnds = after(now, this.#policy.lease);
    return [{ kind: "report", name: this.#block(), uins }];
  }

  #reported(answer: Reported, now: Instant): Effects {
    // The store may have more left than this, if it forgot a report. Those were told nevertheless.
    if (answer.kind === "yours") return this.#goOn(now);
    const { task, part, block } = this.#block();
    const back = this.#giveBack(this.#policy.pause);
    const why = `part ${String(part)} has lost block ${String(block)}`;
    return answer.isForgotten ? [{ kind: "reconcile", task, why }, back] : [back];
  }

  #isHeld(now: Instant): boolean {
    return now + this.#policy.margin < this.#leaseEnds;
  }

  /** Returns the time after which a grant might outlast the lease. */
  #asksUntil(): Instant {
    return (this.#leaseEnds - this.#policy.margin - this.#policy.grantLasts) as Instant;
  }

  /** Bounds a wait that comes from the store's clock, which may be far from this one. */
  #within(wait: number): Duration {
    const { pause, lease } = this.#policy;
    return Math.min(Math.max(wait, pause), lease) as Duration;
  }

  #end(): Effects {
    this.#step = "end";
    return [{ kind: "record-finished", name: this.#block(), members: this.#members }];
  }

  #giveBack(wait: Duration): WorkerEffect {
    return this.#leave({ kind: "return", name: this.#block(), after: wait });
  }

  #leave(effect: WorkerEffect): WorkerEffect {
    [this.#name, this.#step, this.wakeAt] = [undefined, "idle", NEVER];
    return effect;
  }

  #block(): BlockName {
    assert(this.#name !== undefined, () => "an answer came to a worker that has no block");
    return this.#name;
  }
}
