/** The task table. A task changes its state only from the one before, so that a second change of the same kind does nothing. */
import type { Pool, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { mayFollow, type Task, type TaskId, type TaskState } from "../../algorithms/push/task.ts";
import { assert } from "../../base/assert.ts";
import type { Instant } from "../../base/units.ts";
import type { Tasks } from "../ports.ts";

export class MysqlTasks implements Tasks {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async add(task: Task): Promise<boolean> {
    const { id, audience, due, weight, state, total } = task;
    const [answer] = await this.#pool.execute<ResultSetHeader>(
      "INSERT INTO push_tasks (id, ds, label_name, due, weight, state, total) VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = id",
      [id, audience.ds, audience.label, due, weight, state, total],
    );
    return answer.affectedRows === 1;
  }

  async change(id: TaskId, from: TaskState, to: TaskState): Promise<TaskState> {
    assert(
      mayFollow(from, to),
      () => `task ${id} cannot go from ${from} to ${to}: a task takes one state after the other`,
    );
    await this.#pool.execute("UPDATE push_tasks SET state = ? WHERE id = ? AND state = ?", [to, id, from]);
    const stands = await this.get(id);
    assert(stands !== undefined, () => `task ${id} is missing in the task table`);
    return stands.state;
  }

  async count(id: TaskId, total: number): Promise<void> {
    await this.#pool.execute("UPDATE push_tasks SET total = ? WHERE id = ?", [total, id]);
  }

  async get(id: TaskId): Promise<Task | undefined> {
    const [rows] = await this.#pool.execute<RowDataPacket[]>("SELECT * FROM push_tasks WHERE id = ?", [id]);
    return rows[0] === undefined ? undefined : taskOf(rows[0]);
  }

  async find(now: Instant): Promise<readonly Task[]> {
    const [rows] = await this.#pool.execute<RowDataPacket[]>(
      "SELECT * FROM push_tasks WHERE state <> 'done' AND (state <> 'scheduled' OR due <= ?) ORDER BY due, id",
      [now],
    );
    return rows.map(taskOf);
  }
}

const taskOf = (row: RowDataPacket): Task => ({
  id: row["id"] as string,
  audience: { ds: String(row["ds"]), label: row["label_name"] as string },
  due: Number(row["due"]) as Instant,
  weight: Number(row["weight"]),
  state: row["state"] as TaskState,
  total: Number(row["total"]),
});
