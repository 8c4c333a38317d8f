/**
 * Tasks that come due, in a Redis sorted set: the score is the due time, or, of a task that was handed out, the end of the time
 * for which it is hidden. Taking is one script: no two dispatchers take the same task, and the task of a dead one comes back.
 */
import type { TaskId } from "../../algorithms/push/task.ts";
import type { Due } from "../../algorithms/push/trigger.ts";
import type { Duration, Instant } from "../../base/units.ts";
import type { DueTasks } from "../ports.ts";
import { PRELUDE, Script, type Redis } from "./connection.ts";

/** KEYS: queue, due times, how often taken. ARGV: task, due. The same due time again changes nothing, or a task in hand would come twice. */
const SCHEDULE = new Script(`
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1`);

/** ARGV: most, visibility. */
const TAKE = new Script(`${PRELUDE}
local now = clock()
local taken = {}
for _, task in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', whole(now), 'BYSCORE', 'LIMIT', 0, ARGV[1])) do
  redis.call('ZADD', KEYS[1], whole(now + ARGV[2]), task)
  taken[#taken + 1] = {task, redis.call('HGET', KEYS[2], task), redis.call('HINCRBY', KEYS[3], task, 1)}
end
return taken`);

/** ARGV: task. */
const REMOVE = new Script(`
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1])`);

export class RedisDueTasks implements DueTasks {
  readonly #redis: Redis;
  readonly #keys: readonly string[];

  constructor(redis: Redis, prefix = "push") {
    this.#redis = redis;
    this.#keys = ["queue", "due", "taken"].map((name) => `{${prefix}:due}:${name}`);
  }

  async schedule(task: TaskId, due: Instant): Promise<void> {
    await SCHEDULE.run(this.#redis, this.#keys, [task, due]);
  }

  async take(most: number, visibility: Duration): Promise<readonly Due[]> {
    const answer = (await TAKE.run(this.#redis, this.#keys, [most, visibility])) as [string, string, number][];
    return answer.map(([task, due, taken]) => ({ task, due: Number(due) as Instant, taken }));
  }

  async acknowledge(task: TaskId): Promise<boolean> {
    return (await REMOVE.run(this.#redis, this.#keys, [task])) === 1;
  }
}
