/** The task table. A task changes its state only from the one before, so that whoever comes second, or twice, changes nothing. */
import type { Pool, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { mayFollow, type Task, type TaskId, type TaskState } from "../../algorithms/push/task.ts";
import { assert } from "../../base/assert.ts";
import type { Instant } from "../../base/units.ts";

export interface Step {
  readonly from: TaskState;
  readonly to: TaskState;
  /** How many people the task has, for the step that finds it out. */
  readonly total?: number;
}

export class MysqlTasks {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Answers false, and changes nothing, when the task is there. */
  async add(task: Task): Promise<boolean> {
    const { id, audience, due, weight, state, total } = task;
    const [answer] = await this.#pool.execute<ResultSetHeader>(
      "INSERT INTO push_tasks (id, ds, label_name, due, weight, state, total) VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = id",
      [id, audience.ds, audience.label, due, weight, state, total],
    );
    return answer.affectedRows === 1;
  }

  /** Whether this call changed the state. */
  async change(id: TaskId, { from, to, total }: Step): Promise<boolean> {
    assert(mayFollow(from, to), () => `task ${id} goes from ${from} to ${to}`);
    const [answer] = await this.#pool.execute<ResultSetHeader>(
      "UPDATE push_tasks SET state = ?, total = COALESCE(?, total) WHERE id = ? AND state = ?",
      [to, total ?? null, id, from],
    );
    return answer.affectedRows === 1;
  }

  async get(id: TaskId): Promise<Task | undefined> {
    const [rows] = await this.#pool.execute<RowDataPacket[]>("SELECT * FROM push_tasks WHERE id = ?", [id]);
    return rows[0] === undefined ? undefined : taskOf(rows[0]);
  }

  /** All that are not done, by due time: what a dispatcher starts from, whatever else was lost. */
  async open(): Promise<readonly Task[]> {
    const [rows] = await this.#pool.query<RowDataPacket[]>(
      "SELECT * FROM push_tasks WHERE state <> 'done' ORDER BY due, id",
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
