/** The published counter as one script on Redis, asked as a worker asks its limiter. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { CounterKeys, Grant } from "../../src/algorithms/push/limiter.ts";
import { after, ms, type Duration, type Instant } from "../../src/base/units.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisCounterLimiter } from "../../src/deploy/redis/counter.ts";
import { describeReal, ownName } from "./real.ts";

const LIMIT = { perSecond: 100, burst: 1, horizon: ms(0) };
const JITTER = ms(250);
const countOf = (grant: Grant): number => (grant.kind === "reserved" ? grant.count : 0);

await describeReal("redis", "the published counter as a limiter: Redis", (service) => {
  const prefix = ownName();
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  /** The askers' clock, which stands still unless a test moves it. */
  let now: Instant;
  beforeAll(async () => {
    redis = await connectRedis(service);
  });
  afterEach(async () => {
    const left = await redis.keys(`*${prefix}*`);
    if (left.length > 0) await redis.del(left);
  });
  afterAll(() => redis.disconnect());

  const counter = (keys: CounterKeys, skew: Duration = ms(0)): RedisCounterLimiter => {
    now = 1_700_000_000_300_000 as Instant;
    return new RedisCounterLimiter(redis, () => after(now, skew), JITTER, keys, prefix);
  };

  it("grants all or nothing within the limit of a second, and says when the next begins", async () => {
    const limiter = counter("by-second");
    const validUntil = after(now, JITTER);
    expect(await limiter.grant(60, LIMIT)).toEqual({ kind: "reserved", count: 60, startsAt: now, validUntil });
    expect(await limiter.grant(60, LIMIT)).toEqual({ kind: "refused", retryAt: 1_700_000_001_000_000 });
    now = after(now, ms(700));
    expect(countOf(await limiter.grant(60, LIMIT))).toBe(60);
  });

  it("grants a limit at once to whoever wants more", async () => {
    expect(countOf(await counter("by-second").grant(500, LIMIT))).toBe(100);
  });

  it("grants twice the limit around the edge of a second, and again to a clock that differs", async () => {
    const limiter = counter("by-second");
    now = after(now, ms(699));
    expect(countOf(await limiter.grant(100, LIMIT))).toBe(100);
    now = after(now, ms(1));
    expect(countOf(await limiter.grant(100, LIMIT))).toBe(100);
    expect(countOf(await counter("by-second", ms(5_000)).grant(100, LIMIT))).toBe(100);
  });

  it.each<CounterKeys>(["by-second", "one-key"])("gives every key its end in the same step: %s", async (keys) => {
    const limiter = counter(keys);
    for (let ask = 0; ask < 3; ask++) await limiter.grant(60, LIMIT);
    const all = await redis.keys(`*${prefix}*`);
    expect(all).toHaveLength(1);
    const left = await redis.pttl(all[0]!);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(1_000);
    if (keys === "by-second") return;
    const refused = await limiter.grant(60, LIMIT);
    if (refused.kind !== "refused") return expect.unreachable("it was granted again within a second");
    await new Promise((resolve) => setTimeout(resolve, (refused.retryAt - now) / 1_000 + 5));
    expect(countOf(await limiter.grant(60, LIMIT))).toBe(60);
  });
});
