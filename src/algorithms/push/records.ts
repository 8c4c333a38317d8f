/**
 * What the second store knows of every block: its members, written before the first of them is told, and whether all were.
 * With it neither store is the only one that knows a block. It does not know the source.
 * Met by: src/world/push/stores.ts, src/deploy/mysql/records.ts
 */
import { pack } from "./packing.ts";

/** The record of one block. */
export interface BlockRecord {
  /** "finished" once all members were told. */
  readonly state: "claimed" | "finished";
  /** All members that the block had when it was recorded. */
  readonly packed: Uint8Array;
}

/** The records of one part, without members. */
export interface RecordsStatus {
  /** Number of blocks. */
  readonly count: number;
  /** The highest number of a block; 0 if there is none. */
  readonly last: number;
  /** Numbers of the blocks that are not finished. */
  readonly unfinished: readonly number[];
}

/** The reference records of one part. */
export class BlockRecords {
  readonly #blocks = new Map<number, BlockRecord>();

  /** Returns the record of a block, undefined if there is none. */
  get(block: number): BlockRecord | undefined {
    return this.#blocks.get(block);
  }

  /** Records a block unless there is a record of it, and returns the record that stands. */
  record(block: number, members: readonly number[]): BlockRecord {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const record: BlockRecord = { state: "claimed", packed: pack(members) };
    this.#blocks.set(block, record);
    return record;
  }

  /** Makes the record "finished" with exactly these members, as no other is known to be told. A finished one stays as it is. */
  finish(block: number, members: readonly number[]): void {
    if (this.#blocks.get(block)?.state === "finished") return;
    this.#blocks.set(block, { state: "finished", packed: pack(members) });
  }

  /** Returns all records, by block. */
  all(): ReadonlyMap<number, BlockRecord> {
    return new Map(this.#blocks);
  }

  /** Returns which blocks there are. */
  status(): RecordsStatus {
    const unfinished: number[] = [];
    let last = 0;
    for (const [block, { state }] of this.#blocks) {
      last = Math.max(last, block);
      if (state === "claimed") unfinished.push(block);
    }
    return { count: this.#blocks.size, last, unfinished };
  }

  /** Empties the records, as their loss does. */
  clear(): void {
    this.#blocks.clear();
  }
}
