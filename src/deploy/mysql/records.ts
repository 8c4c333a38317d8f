/** The members of blocks in MySQL: this store and the parts in Redis are each other's backup. */
import type { Pool, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { pack } from "../../algorithms/push/packing.ts";
import type { BlockRecord, RecordsStatus } from "../../algorithms/push/records.ts";
import { printBlock, type BlockName, type TaskId } from "../../algorithms/push/task.ts";
import { assert } from "../../base/assert.ts";
import type { Records } from "../ports.ts";

export class MysqlRecords implements Records {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async get(name: BlockName): Promise<BlockRecord | undefined> {
    const [rows] = await this.#pool.execute<RowDataPacket[]>(
      "SELECT state, packed FROM push_blocks WHERE task = ? AND part = ? AND block = ?",
      [name.task, name.part, name.block],
    );
    return rows[0] === undefined ? undefined : recordOf(rows[0]);
  }

  async record(name: BlockName, members: readonly number[]): Promise<BlockRecord> {
    await this.#pool.execute<ResultSetHeader>(
      "INSERT INTO push_blocks (task, part, block, state, packed) VALUES (?, ?, ?, 'claimed', ?) ON DUPLICATE KEY UPDATE block = block",
      [name.task, name.part, name.block, Buffer.from(pack(members))],
    );
    const stands = await this.get(name);
    assert(stands !== undefined, () => `block ${printBlock(name)} is missing right after it was recorded`);
    return stands;
  }

  async finish(name: BlockName, members: readonly number[]): Promise<void> {
    // Assignments are made from left to right: the state is still the one before.
    await this.#pool.execute<ResultSetHeader>(
      "INSERT INTO push_blocks (task, part, block, state, packed) VALUES (?, ?, ?, 'finished', ?) ON DUPLICATE KEY UPDATE packed = IF(state = 'finished', packed, VALUES(packed)), state = 'finished'",
      [name.task, name.part, name.block, Buffer.from(pack(members))],
    );
  }

  async all(task: TaskId, part: number): Promise<ReadonlyMap<number, BlockRecord>> {
    const [rows] = await this.#pool.execute<RowDataPacket[]>(
      "SELECT block, state, packed FROM push_blocks WHERE task = ? AND part = ? ORDER BY block",
      [task, part],
    );
    return new Map(rows.map((row) => [Number(row["block"]), recordOf(row)]));
  }

  async status(task: TaskId, part: number): Promise<RecordsStatus> {
    const [rows] = await this.#pool.execute<RowDataPacket[]>(
      "SELECT block, state FROM push_blocks WHERE task = ? AND part = ? ORDER BY block",
      [task, part],
    );
    const unfinished = rows.filter((row) => row["state"] === "claimed").map((row) => Number(row["block"]));
    return { count: rows.length, last: Number(rows.at(-1)?.["block"] ?? 0), unfinished };
  }
}

const recordOf = (row: RowDataPacket): BlockRecord => ({
  state: row["state"] as BlockRecord["state"],
  packed: new Uint8Array(row["packed"] as Buffer),
});
