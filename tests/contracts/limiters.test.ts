/** The limiters: what Redis answers, held against the functions and classes that simulated worlds use. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { gcra, SecondCounter, slidingBound, type CounterKeys, type Rate } from "../../src/algorithms/push/limiter.ts";
import { after, ms, seconds, type Duration, type Instant } from "../../src/base/units.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisCounter, RedisLimiter } from "../../src/deploy/redis/limiters.ts";
import { describeReal, ownName } from "./real.ts";

const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
const epoch = (): Instant => (Date.now() * 1_000) as Instant;

interface Counting {
  /** Asks with a clock that is ahead by so much. */
  readonly take: (want: number, limit: number, skew?: Duration) => Promise<boolean>;
  /** As `take`, by somebody who dies between INCR and EXPIRE. */
  readonly die: (want: number, limit: number) => Promise<void>;
  /** Waits until so long after the next full second of the clock. */
  readonly untilSecond: (plus: Duration) => Promise<void>;
}

const counterContract = (open: (keys: CounterKeys) => Counting): void => {
  it("lets a limit through in a second", async () => {
    const counter = open("by-second");
    await counter.untilSecond(ms(50));
    const answers: boolean[] = [];
    for (let asked = 0; asked < 5; asked++) answers.push(await counter.take(25, 100));
    expect(answers).toEqual([true, true, true, true, false]);
  });

  it("lets twice the limit through at the edge of two seconds", async () => {
    const counter = open("by-second");
    await counter.untilSecond(ms(900));
    expect(await counter.take(100, 100)).toBe(true);
    await counter.untilSecond(ms(20));
    expect(await counter.take(100, 100)).toBe(true);
  });

  it("lets more through when clocks differ: each second has several keys", async () => {
    const counter = open("by-second");
    await counter.untilSecond(ms(100));
    const skews = [0, 1_000, -1_000].map((skew) => ms(skew));
    for (const skew of skews) expect(await counter.take(100, 100, skew)).toBe(true);
  });

  it("blocks for ever after somebody died between counting and giving the key its end", async () => {
    const counter = open("one-key");
    await counter.die(100, 100);
    for (let second = 0; second < 2; second++) {
      await counter.untilSecond(ms(50));
      expect(await counter.take(1, 100)).toBe(false);
    }
  });
};

describe("the published counter: the reference", () => {
  counterContract((keys) => {
    const counter = new SecondCounter(keys);
    let now = seconds(1_000) as number as Instant;
    return {
      take: async (want, limit, skew = ms(0)) => Promise.resolve(counter.take(now, want, limit, { skew })),
      die: async (want, limit) => Promise.resolve(void counter.take(now, want, limit, { dies: true })),
      untilSecond: async (plus) => {
        now = (Math.ceil((now + 1) / 1_000_000) * 1_000_000 + plus) as Instant;
        return Promise.resolve();
      },
    };
  });
});

await describeReal("redis", "limiters: Redis", (service) => {
  const prefix = ownName();
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  let keys = 0;
  const ownKey = (): string => `${prefix}:${String(++keys)}`;
  beforeAll(async () => {
    redis = await connectRedis(service);
  });
  afterEach(async () => {
    const left = await redis.keys(`*${prefix}*`);
    if (left.length > 0) await redis.del(left);
  });
  afterAll(() => redis.disconnect());

  describe("the published counter", () => {
    counterContract((kind) => {
      const name = ownKey();
      const at = (skew: Duration) => () => after(epoch(), skew);
      const dying = {
        incrby: (key: string, by: number) => redis.incrby(key, by),
        expire: () => Promise.reject(new Error("dead")),
      };
      return {
        take: (want, limit, skew = ms(0)) => new RedisCounter(redis, at(skew), kind, name).take(want, limit),
        die: (want, limit) =>
          new RedisCounter(dying as unknown as typeof redis, epoch, kind, name).take(want, limit).then(
            () => expect.unreachable(),
            () => undefined,
          ),
        untilSecond: (plus) => sleep(1_000 - (Date.now() % 1_000) + plus / 1_000),
      };
    });
  });

  it("GCRA in Lua answers what the function answers, ask for ask", async () => {
    const limiter = new RedisLimiter(redis, epoch, ms(100), ownKey());
    const rates: Rate[] = [
      { perSecond: 3_000, burst: 7 },
      { perSecond: 7, burst: 1 },
      { perSecond: 120_000, burst: 5_000 },
    ];
    let tat: number | undefined;
    const granted = new Set<boolean>();
    for (let ask = 0; ask < 600; ask++) {
      const rate = rates[Math.floor(ask / 200)]!;
      const want = 1 + ((ask * 7) % 9) * Math.ceil(rate.burst / 6);
      const answer = await limiter.take(want, rate);
      const expected = gcra(tat, answer.now, want, rate);
      expect(answer).toEqual({ now: answer.now, ...expected });
      granted.add(answer.granted > 0);
      tat = answer.tat;
      if (ask % 50 === 0) await sleep(20);
    }
    expect(granted).toEqual(new Set([true, false]));
  });

  it("grants no burst on a state that it has lost, or that another life of the server has left", async () => {
    const name = ownKey();
    const limiter = new RedisLimiter(redis, epoch, ms(100), name);
    const rate = { perSecond: 100, burst: 50 };
    expect((await limiter.take(1, rate)).granted).toBe(0);
    const { retryAt, now } = await limiter.take(1, rate);
    expect(retryAt - now).toBeLessThanOrEqual(10_000);
    await sleep(100);
    expect((await limiter.take(5, rate)).granted).toBe(5);
    await redis.hset(`{${name}:limit}:tat`, { tat: "1", life: "0123456789abcdef" });
    expect((await limiter.take(5, rate)).granted).toBe(0);
  });

  it("stays within its bound in every second, whoever asks at once", { timeout: 20_000 }, async () => {
    const rate = { perSecond: 2_000, burst: 100 };
    const name = ownKey();
    const grants: { readonly at: number; readonly count: number }[] = [];
    const end = Date.now() + 2_500;
    const ask = async (): Promise<void> => {
      const own = await connectRedis(service);
      const limiter = new RedisLimiter(own, epoch, ms(100), name);
      while (Date.now() < end) {
        const { granted, now } = await limiter.take(20, rate);
        if (granted > 0) grants.push({ at: now, count: granted });
        else await sleep(3);
      }
      own.disconnect();
    };
    await Promise.all(Array.from({ length: 8 }, ask));
    const inSecond = grants.map(({ at }) =>
      grants.reduce((sum, other) => sum + (other.at >= at && other.at < at + 1_000_000 ? other.count : 0), 0),
    );
    const fullest = Math.max(...inSecond);
    expect(fullest).toBeLessThanOrEqual(slidingBound(rate, ms(0)));
    expect(fullest).toBeGreaterThan(0.9 * rate.perSecond);
  });

  it("tells the asker times of his own clock, however far that is from the store's", async () => {
    const clock = (): Instant => after(epoch(), seconds(-86_400));
    const limiter = new RedisLimiter(redis, clock, ms(250), ownKey());
    const before = clock();
    const { granted, retryAt, validUntil } = await limiter.grant(10, { perSecond: 100, burst: 10 });
    expect(granted).toBe(0);
    expect(retryAt).toBeGreaterThan(before);
    expect(retryAt).toBeLessThan(after(clock(), ms(101)));
    expect(validUntil - before).toBeGreaterThanOrEqual(250_000);
    expect(validUntil).toBeLessThanOrEqual(after(clock(), ms(250)));
  });
});
