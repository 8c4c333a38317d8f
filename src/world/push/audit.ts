/**
 * The account of subscribers that may be told again, and why, kept beside the workers from what they do. No part of the world
 * can know it: the book tells duplicates apart by it, and a run checks that no cause repeats more than it can.
 */
import type { Claimed, Reported } from "../../algorithms/push/claim.ts";
import { duplicatesAtMost } from "../../algorithms/push/duplicates.ts";
import type { BlockName } from "../../algorithms/push/task.ts";
import type { Duration, Instant } from "../../base/units.ts";
import type { EventQueue } from "../../engine/event-queue.ts";
import { CAUSES } from "../../scenario/push/names.ts";
import type { Delivery } from "./broker.ts";
import type { Cause } from "./notes.ts";
import type { LostWrites, Part, Stores, TaskMembers } from "./stores.ts";

/** The block that one slot works on. */
interface Assignment {
  readonly part: Part;
  readonly delivery: Delivery;
  /** Pushed to and not reported. */
  batch: readonly number[];
  /** True after the loss of its shard until the slot pushes: it may go on with a block that the shard has forgotten. */
  isUnaware: boolean;
  /** Losses of its shard before the report that is under way. */
  lossesBefore: number;
}

/** A write to a shard that its replica may not have heard of. */
interface Write extends TaskMembers {
  readonly at: Instant;
}

/** Causes that have not repeated the subscriber yet, the oldest first, and the one that did last. */
interface Suspicion {
  readonly open: Cause[];
  last: Cause;
}

/** How a block comes to a second slot while the first one lives: by the queue after its lease, or as a second copy. */
type TakeoverCause = "lease" | "redelivery";

/** Old writes are dropped when this many have gathered; chosen. */
const MANY = 1_024;

/** What the audit needs to know of the world. */
export interface AuditParts {
  readonly stores: Stores;
  readonly events: EventQueue;
  /** Number of tasks. */
  readonly tasks: number;
  /** Age at which a write has reached every replica. */
  readonly keeps: Duration;
}

/** Owners are slots, each from a start of its host to the crash; each method is called at the moment of its event. */
export class Audit {
  readonly #stores: Stores;
  readonly #events: EventQueue;
  readonly #keeps: Duration;
  /** By owner: slots that live and have a block. */
  readonly #assignments = new Map<string, Assignment>();
  /** By task and uin. */
  readonly #suspicions: readonly Map<number, Suspicion>[];
  /** By shard, in order of time. */
  readonly #writes: Write[][];
  /** By shard. */
  readonly #losses: number[];
  /** Slots that died with a block, and reports that were not answered. */
  #crashes = 0;
  #unanswered = 0;
  /** Blocks taken over from a slot that lives, with a batch pushed and not reported. */
  readonly #takeovers: Record<TakeoverCause, number> = { lease: 0, redelivery: 0 };
  /** Members of claims and reports that a failover lost, and slots that had a block of such a shard. */
  #forgotten = 0;
  #unaware = 0;
  readonly #repeated: Record<Cause, number> = { crash: 0, redelivery: 0, lease: 0, failover: 0 };

  constructor({ stores, events, tasks, keeps }: AuditParts) {
    this.#stores = stores;
    this.#events = events;
    this.#keeps = keeps;
    this.#suspicions = Array.from({ length: tasks }, () => new Map<number, Suspicion>());
    this.#writes = stores.shards.map(() => []);
    this.#losses = stores.shards.map(() => 0);
  }

  /** Notes that a slot begins with a block. */
  took(owner: string, delivery: Delivery): void {
    const part = this.#stores.part(delivery.name);
    this.#assignments.set(owner, { part, delivery, batch: [], isUnaware: false, lossesBefore: 0 });
  }

  /** Notes what the store answers to a claim; the slot may be dead by now. */
  claimed(owner: string, delivery: Delivery, answer: Claimed): void {
    if (answer.kind !== "yours") return;
    const part = this.#stores.part(delivery.name);
    if (answer.isNew) {
      this.wrote(part, answer.members);
      return;
    }
    const cause = delivery.isTwice ? "redelivery" : "lease";
    for (const [other, { part: itsPart, delivery: its, batch }] of this.#assignments) {
      const isSame = itsPart === part && its.name.block === delivery.name.block;
      if (!isSame || other === owner || batch.length === 0) continue;
      this.#takeovers[cause] += 1;
      this.#raise({ task: part.task, uins: batch }, cause);
    }
  }

  /** Notes that a slot pushes a batch. */
  pushes(owner: string, uins: readonly number[]): void {
    const assignment = this.#assignments.get(owner);
    if (assignment === undefined) return;
    assignment.batch = uins;
    if (assignment.isUnaware) this.#doubt(assignment, "failover");
    assignment.isUnaware = false;
  }

  /** Notes that a slot sends a report. */
  reports(owner: string): void {
    const assignment = this.#assignments.get(owner);
    if (assignment !== undefined) assignment.lossesBefore = this.#losses[assignment.part.shard]!;
  }

  /** Notes the answer to a report, undefined if it was lost with the shard; the slot may be dead by now. */
  reported(owner: string, answer: Reported | undefined): void {
    if (answer === undefined) this.#unanswered += 1;
    const assignment = this.#assignments.get(owner);
    if (assignment === undefined) return;
    const { part, lossesBefore } = assignment;
    const isForgotten = answer?.kind !== "yours" && lossesBefore !== this.#losses[part.shard];
    if (answer === undefined || isForgotten) this.#doubt(assignment, "failover");
    assignment.batch = [];
  }

  /** Notes that a slot acknowledges or returns its block. */
  ended(owner: string): void {
    this.#assignments.delete(owner);
  }

  /** Notes that a slot dies with its host. */
  died(owner: string): void {
    const assignment = this.#assignments.get(owner);
    if (assignment === undefined) return;
    this.#crashes += 1;
    this.#doubt(assignment, "crash");
    this.#assignments.delete(owner);
  }

  /** Notes that a part's shard learns of these: that they are claimed, restored or pushed to. */
  wrote({ shard, task }: Pick<Part, "shard" | "task">, uins: readonly number[]): void {
    const { now } = this.#events;
    const writes = this.#writes[shard]!;
    writes.push({ at: now, task, uins });
    if (writes.length < MANY || writes[MANY / 2]!.at > now - this.#keeps) return;
    this.#writes[shard] = writes.filter(({ at }) => at > now - this.#keeps);
  }

  /** Notes that a shard has lost its primary, and with it what its replica had not heard. */
  lost(shard: number, { heard, isTotal }: LostWrites): void {
    this.#losses[shard]! += 1;
    for (const assignment of this.#assignments.values()) {
      if (assignment.part.shard !== shard) continue;
      this.#unaware += 1;
      assignment.isUnaware = true;
      this.#doubt(assignment, "failover");
    }
    // Without a replica nothing is left of a block under way, however long ago it was written.
    const underWay = isTotal ? this.#stores.underWay(shard) : [];
    for (const some of [...underWay, ...this.#writes[shard]!.filter(({ at }) => at > heard)]) {
      this.#raise(some, "failover");
      this.#forgotten += some.uins.length;
    }
    this.#writes[shard] = [];
  }

  /**
   * Returns why a subscriber is told again by a block's push: each open cause once, then the last one again. Without any, the
   * block has two workers: as a second copy, or by a lease that was over.
   */
  blame({ name, isTwice }: Delivery, uin: number): Cause {
    const known = this.#suspicionsOf(name).get(uin);
    const cause = known?.open.shift() ?? known?.last ?? (isTwice ? "redelivery" : "lease");
    if (known !== undefined) known.last = cause;
    this.#repeated[cause] += 1;
    return cause;
  }

  /**
   * Returns the causes that repeated more than they can, in words. A lease that is over repeats at most the batch that its
   * owner had pushed and not reported: the owner renews it before the next push, and hears that the block is another's. A
   * block that is handed out twice repeats nothing while that lease runs, as its second worker is kept out; after the lease
   * the same bound holds.
   */
  excesses(batchSize: number): readonly string[] {
    const { lease, redelivery } = this.#takeovers;
    const most = duplicatesAtMost({ ...this.#counts(), takeovers: lease }, batchSize);
    const bounds: Readonly<Record<Cause, number>> = {
      crash: most.crash,
      failover: most.failover + most.unanswered,
      lease: most["lease-expiry"],
      redelivery: duplicatesAtMost({ ...this.#counts(), takeovers: redelivery }, batchSize)["lease-expiry"],
    };
    return CAUSES.filter((cause) => this.#repeated[cause] > bounds[cause]).map(
      (cause) => `${cause}: ${String(this.#repeated[cause])} told again, ${String(bounds[cause])} at most`,
    );
  }

  #counts() {
    const [crashes, unanswered] = [this.#crashes, this.#unanswered];
    return { crashes, unanswered, forgotten: this.#forgotten, unaware: this.#unaware, redeliveries: 0 };
  }

  #suspicionsOf(name: BlockName): Map<number, Suspicion> {
    return this.#suspicions[this.#stores.taskOf(name)]!;
  }

  /** The batch that a slot has pushed and not reported may be told again. */
  #doubt({ part, batch }: Assignment, cause: Cause): void {
    this.#raise({ task: part.task, uins: batch }, cause);
  }

  #raise({ task, uins }: TaskMembers, cause: Cause): void {
    const suspicions = this.#suspicions[task]!;
    for (const uin of uins) {
      const known = suspicions.get(uin);
      if (known === undefined) suspicions.set(uin, { open: [cause], last: cause });
      else known.open.push(cause);
    }
  }
}
