/**
 * What the other store knows of every block: its members, written before the first of them is told, and whether all were.
 * It is there so that neither store is the only one that knows. It never learns who is still in the source.
 * Met by: src/world/push/stores.ts, src/deploy/mysql/records.ts
 */
import { pack } from "./packing.ts";

export interface BlockRecord {
  readonly state: "claimed" | "finished";
  /** All members that the block had when it was recorded. */
  readonly packed: Uint8Array;
}

/** What is known of one part's blocks, without their members. */
export interface RecordsStatus {
  readonly count: number;
  /** The highest number of a block; 0 when there is none. */
  readonly last: number;
  readonly unfinished: readonly number[];
}

/** The records of one part. */
export class BlockRecords {
  readonly #blocks = new Map<number, BlockRecord>();

  get(block: number): BlockRecord | undefined {
    return this.#blocks.get(block);
  }

  /** Writes it down unless there is a record: answers what stands. */
  record(block: number, members: readonly number[]): BlockRecord {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const record: BlockRecord = { state: "claimed", packed: pack(members) };
    this.#blocks.set(block, record);
    return record;
  }

  /** These were told, whoever was in the record before: it must never say so of anybody else. One that is finished stays as it is. */
  finish(block: number, members: readonly number[]): void {
    if (this.#blocks.get(block)?.state === "finished") return;
    this.#blocks.set(block, { state: "finished", packed: pack(members) });
  }

  all(): ReadonlyMap<number, BlockRecord> {
    return new Map(this.#blocks);
  }

  status(): RecordsStatus {
    const unfinished: number[] = [];
    let last = 0;
    for (const [block, { state }] of this.#blocks) {
      last = Math.max(last, block);
      if (state === "claimed") unfinished.push(block);
    }
    return { count: this.#blocks.size, last, unfinished };
  }

  /** A store that kept nothing. */
  clear(): void {
    this.#blocks.clear();
  }
}
