/**
 * The published limiter: a counter of each second, and let through while it is within the limit. It is here to be measured beside `RedisLimiter`,
 * with its faults: at the edge of two seconds twice the limit gets through, seconds of clocks that differ have a key each, and a refused ask counts.
 */
import type { CounterKeys, Grant, Rate } from "../../algorithms/push/limiter.ts";
import { after, ms, type Duration, type Instant } from "../../base/units.ts";
import type { Limiter } from "../ports.ts";
import { Script, type Redis } from "./connection.ts";

const SECOND = 1_000_000;

/** The key of a second by that clock, or the one key of all. */
const keyOf = (name: string, keys: CounterKeys, now: Instant): string =>
  keys === "one-key" ? name : `${name}:${String(Math.floor(now / SECOND))}`;

/** KEYS: counter. ARGV: want, a second's limit. Answers how many are granted, and for how many ms the counter lives on. */
const COUNT = new Script(`
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], 1000) end
return {count <= tonumber(ARGV[2]) and tonumber(ARGV[1]) or 0, redis.call('PTTL', KEYS[1])}`);

/** The counter as one script, which no crash can leave without its end, in the place of `RedisLimiter`. It knows no burst. */
export class RedisCounterLimiter implements Limiter {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #keys: CounterKeys;
  readonly #clock: () => Instant;
  readonly #jitter: Duration;

  /** `clock` is the asker's; a grant is void `jitter` after it was asked for. */
  constructor(redis: Redis, clock: () => Instant, jitter: Duration, keys: CounterKeys, prefix = "push") {
    this.#redis = redis;
    this.#key = `{${prefix}:limit}:count`;
    this.#keys = keys;
    this.#clock = clock;
    this.#jitter = jitter;
  }

  async grant(want: number, { perSecond }: Rate): Promise<Grant> {
    const asked = this.#clock();
    const key = keyOf(this.#key, this.#keys, asked);
    const wanted = Math.min(want, perSecond);
    const [granted, left] = (await COUNT.run(this.#redis, [key], [wanted, perSecond])) as [number, number];
    if (granted === 0) return { kind: "refused", retryAt: this.#retryAt(left) };
    return { kind: "reserved", count: granted, startsAt: this.#clock(), validUntil: after(asked, this.#jitter) };
  }

  #retryAt(left: number): Instant {
    const now = this.#clock();
    if (this.#keys === "one-key") return after(now, ms(Math.max(1, left)));
    return ((Math.floor(now / SECOND) + 1) * SECOND) as Instant;
  }
}

/** The counter as it was published, in two calls: a death between INCR and EXPIRE leaves a key that never ends. Only for comparison. */
export class RedisCounter {
  readonly #redis: Pick<Redis, "incrby" | "expire">;
  readonly #key: string;
  readonly #keys: CounterKeys;
  readonly #clock: () => Instant;

  constructor(redis: Pick<Redis, "incrby" | "expire">, clock: () => Instant, keys: CounterKeys, prefix = "push") {
    this.#redis = redis;
    this.#key = `{${prefix}:limit}:count`;
    this.#keys = keys;
    this.#clock = clock;
  }

  async take(want: number, limit: number): Promise<boolean> {
    const key = keyOf(this.#key, this.#keys, this.#clock());
    const count = await this.#redis.incrby(key, want);
    if (count === want) await this.#redis.expire(key, 1);
    return count <= limit;
  }
}
