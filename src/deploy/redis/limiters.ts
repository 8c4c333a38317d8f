/** The limiter that workers on all machines share, by the rule of `gcra` of algorithms/push: one key, asked once per batch. */
import { type Grant, grantOf, type Rate, type Reservation } from "../../algorithms/push/limiter.ts";
import type { Duration, Instant } from "../../base/units.ts";
import type { Limiter } from "../ports.ts";
import { PRELUDE, Script, type Redis } from "./connection.ts";

/**
 * KEYS: state. ARGV: want, a second's limit, burst, horizon. The arithmetic is that of `gcra`, step by step.
 *
 * The state belongs to one life of one server: what was kept on disk, or copied to a replica, may be older than what was granted last, and would
 * grant twice what was spent or reserved. Another life starts as if all were spent.
 */
const TAKE = new Script(`${PRELUDE}
local perSecond, burst, horizon = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function timeFor(count) return math.ceil(count * 1000000 / perSecond) end
local now, most, wanted = clock(), timeFor(burst), math.min(tonumber(ARGV[1]), burst)
local life = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local state = redis.call('HMGET', KEYS[1], 'tat', 'life')
local from = now + most + horizon
if state[2] == life then from = math.min(math.max(tonumber(state[1]), now), from) end
local to = from + timeFor(wanted)
local wait = math.max(0, to - most - now)
local isGranted = wait <= horizon
local tat = isGranted and to or from
redis.call('HSET', KEYS[1], 'tat', whole(tat), 'life', life)
redis.call('EXPIRE', KEYS[1], 3600)
return {whole(now), whole(tat), isGranted and wanted or 0, whole(isGranted and wait or wait - horizon)}`);

/** What the store said, and when, by its own clock. */
export interface Taken extends Reservation {
  readonly now: Instant;
  readonly tat: number;
}

export class RedisLimiter implements Limiter {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #clock: () => Instant;
  readonly #jitter: Duration;

  /** `clock` is the asker's; a grant may be used up to `jitter` late. */
  constructor(redis: Redis, clock: () => Instant, jitter: Duration, prefix = "push") {
    this.#redis = redis;
    this.#key = `{${prefix}:limit}:tat`;
    this.#clock = clock;
    this.#jitter = jitter;
  }

  async grant(want: number, rate: Rate): Promise<Grant> {
    const asked = this.#clock();
    const taken = await this.take(want, rate);
    return grantOf(taken, { asked, answered: this.#clock(), jitter: this.#jitter });
  }

  /** As `grant`, in the store's own words. */
  async take(want: number, { perSecond, burst, horizon }: Rate): Promise<Taken> {
    const args = [want, perSecond, burst, horizon];
    const answer = (await TAKE.run(this.#redis, [this.#key], args)) as (string | number)[];
    const [now, tat, granted, wait] = answer.map(Number) as [number, number, number, number];
    return { now: now as Instant, tat, granted, wait: wait as Duration };
  }
}
