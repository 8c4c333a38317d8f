/**
 * What a dispatcher knows of one part of a task: which blocks are under way, how many more are needed, and whether what it
 * sees now can have come from what it saw before. A source that grows, or finished blocks that are none any more, mean that
 * a store has lost its last writes.
 * Met by: src/world/push/dispatchers.ts, src/deploy/push/dispatcher.ts
 */
import type { Duration, Instant } from "../../base/units.ts";
import type { PartView } from "./messages.ts";

/** Before every instant: a block that should be published at the next look. */
const LONG_AGO = -Infinity as Instant;

export class PartBook {
  /** Nothing is left, and nothing is under way. */
  isDone = false;
  /** Subscribers for whom no block is under way. */
  spare = 0;
  /** Blocks under way: when each was published, or last seen in somebody's hands. */
  readonly #since = new Map<number, Instant>();
  #isHeld: ReadonlySet<number> = new Set();
  #next = 1;
  #source = Infinity;
  #finished: ReadonlySet<number> = new Set();

  /** Blocks published and not seen to be finished. */
  get unfinished(): number {
    return this.#since.size;
  }

  /** Takes down what is seen; answers whether the stores contradict each other, or what was seen before. */
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
      // Nobody has it, and this dispatcher never published it: another one did, or a repair brought it back.
      else if (!this.#since.has(block)) this.#since.set(block, LONG_AGO);
    }
    this.#isHeld = new Set(claims.flatMap(({ block, isHeld }) => (isHeld ? [block] : [])));
  }

  /** The next block's number, for so many: it is under way from now on. */
  take(members: number, now: Instant): number {
    const block = this.#next;
    this.#next += 1;
    this.spare -= members;
    this.#since.set(block, now);
    return block;
  }

  /** Blocks to publish again, as from now. */
  overdue(patience: Duration, now: Instant): readonly number[] {
    const blocks = [...this.#since].flatMap(([block, since]) =>
      !this.#isHeld.has(block) && now - since >= patience ? [block] : [],
    );
    for (const block of blocks) this.#since.set(block, now);
    return blocks;
  }

  /** The broker has it. */
  published(block: number, now: Instant): void {
    if (this.#since.has(block)) this.#since.set(block, now);
  }

  /** It may or may not be in the queue: once more does no harm. */
  failed(block: number): void {
    if (this.#since.has(block)) this.#since.set(block, LONG_AGO);
  }
}
