/**
 * What a dispatcher knows of one part of a task: which blocks are under way, how many more are needed, and whether what it
 * sees now can follow from what it saw before. A source that grows, and a finished block that is missing, mean that a store
 * has lost its last writes.
 * Met by: src/world/push/dispatchers.ts, src/deploy/push/dispatcher.ts
 */
import type { Duration, Instant } from "../../base/units.ts";
import type { PartView } from "./messages.ts";

/** Before every instant: a block that should be published at the next look. */
const LONG_AGO = -Infinity as Instant;

/** The dispatcher's view of one part. */
export class PartBook {
  /** True if nothing is left in the source and no block is under way. */
  isDone = false;
  /** Subscribers in the source for which no block is under way. */
  spare = 0;
  /** When each block under way was published, or last seen to be held. */
  readonly #since = new Map<number, Instant>();
  #isHeld: ReadonlySet<number> = new Set();
  #next = 1;
  #source = Infinity;
  #finished: ReadonlySet<number> = new Set();

  /** Number of blocks that are published and not seen to be finished. */
  get unfinished(): number {
    return this.#since.size;
  }

  /** Takes in a view, and returns true if the stores contradict each other or the view before. */
  read({ store, records }: PartView, blockSize: number, now: Instant): boolean {
    const known = new Set([...store.finished, ...store.claims.map(({ block }) => block)]);
    const storeLost =
      !store.isFilled ||
      store.source > this.#source ||
      store.finished.length < this.#finished.size ||
      records.count > known.size ||
      records.unfinished.some((block) => !known.has(block));
    // A block is recorded as finished before the store hears of it.
    const recordsLost =
      records.count < this.#finished.size || records.unfinished.some((block) => this.#finished.has(block));
    [this.#source, this.#finished] = [store.isFilled ? store.source : Infinity, new Set(store.finished)];
    this.#note(store, now);
    for (const block of known) this.#next = Math.max(this.#next, block + 1);
    this.#next = Math.max(this.#next, records.last + 1);
    const claimed = new Set(store.claims.map(({ block }) => block));
    const pending = [...this.#since.keys()].filter((block) => !claimed.has(block)).length;
    this.spare = Math.max(0, store.source - pending * blockSize);
    this.isDone = store.isFilled && store.source === 0 && claimed.size === 0 && records.unfinished.length === 0;
    return storeLost || recordsLost;
  }

  #note({ claims, finished }: PartView["store"], now: Instant): void {
    for (const block of finished) this.#since.delete(block);
    for (const { block, isHeld } of claims) {
      if (isHeld) this.#since.set(block, now);
      // It has no holder, and this dispatcher never published it: another one did, or a repair brought it back.
      else if (!this.#since.has(block)) this.#since.set(block, LONG_AGO);
    }
    this.#isHeld = new Set(claims.flatMap(({ block, isHeld }) => (isHeld ? [block] : [])));
  }

  /** Returns the number of a new block for this many members, which is under way from now on. */
  take(members: number, now: Instant): number {
    const block = this.#next;
    this.#next += 1;
    this.spare -= members;
    this.#since.set(block, now);
    return block;
  }

  /** Returns the blocks that have had no holder for `patience`: publish them again; they count as published now. */
  overdue(patience: Duration, now: Instant): readonly number[] {
    const blocks = [...this.#since].flatMap(([block, since]) =>
      !this.#isHeld.has(block) && now - since >= patience ? [block] : [],
    );
    for (const block of blocks) this.#since.set(block, now);
    return blocks;
  }

  /** Notes that the broker has a block. */
  published(block: number, now: Instant): void {
    if (this.#since.has(block)) this.#since.set(block, now);
  }

  /** Makes a block overdue that may or may not be in the queue: publishing it twice does no harm. */
  failed(block: number): void {
    if (this.#since.has(block)) this.#since.set(block, LONG_AGO);
  }
}
