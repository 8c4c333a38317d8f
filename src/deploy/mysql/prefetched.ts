/** The subscribers whose app has fetched a task beforehand: it shows the task by its own timer. */
import type { Pool, RowDataPacket } from "mysql2/promise";
import type { TaskId } from "../../algorithms/push/task.ts";
import type { Prefetched } from "../ports.ts";

export class MysqlPrefetched implements Prefetched {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async add(task: TaskId, uins: readonly number[]): Promise<void> {
    if (uins.length === 0) return;
    await this.#pool.query("INSERT INTO push_prefetched (task, useruin) VALUES ? ON DUPLICATE KEY UPDATE task = task", [
      uins.map((uin) => [task, uin]),
    ]);
  }

  async among(task: TaskId, uins: readonly number[]): Promise<ReadonlySet<number>> {
    if (uins.length === 0) return new Set();
    const [rows] = await this.#pool.query<RowDataPacket[][]>({
      sql: "SELECT useruin FROM push_prefetched WHERE task = ? AND useruin BETWEEN ? AND ?",
      values: [task, uins[0], uins.at(-1)],
      rowsAsArray: true,
    });
    return new Set(rows.map(([uin]) => Number(uin)));
  }
}
