/** The limiters: what Redis answers, held against the functions and classes that simulated worlds use. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  gcra,
  SecondCounter,
  slidingBound,
  type CounterKeys,
  type Rate,
  type Reservation,
} from "../../src/algorithms/push/limiter.ts";
import { after, ms, seconds, type Duration, type Instant, instantAt } from "../../src/base/units.ts";
import { now, sleepUntil } from "../../src/deploy/clock.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisCounter } from "../../src/deploy/redis/counter.ts";
import { RedisLimiter } from "../../src/deploy/redis/limiters.ts";
import { LimiterKey as SimulatedLimiter } from "../../src/world/push/limiters.ts";
import { describeReal, ownName } from "./real.ts";

const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
const epoch = (): Instant => (Date.now() * 1_000) as Instant;

interface Counting {
  /** Asks with a clock that is ahead by `skew`. */
  readonly take: (want: number, limit: number, skew?: Duration) => Promise<boolean>;
  /** As `take`, by somebody who dies between INCR and EXPIRE. */
  readonly die: (want: number, limit: number) => Promise<void>;
  /** Waits until `plus` after the next full second of the clock. */
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

interface Limiting {
  /** `now` is the store's. */
  readonly take: (want: number) => Promise<Reservation & { readonly now: Instant }>;
  /** Lets at least this time pass. */
  readonly pass: (time: Duration) => Promise<void>;
  /** What the store kept is gone, or may be old. */
  readonly lose: () => Promise<void>;
}

/** Reservations granted, each at its moment. */
const fullestSecond = (grants: readonly { readonly at: number; readonly count: number }[]): number =>
  Math.max(
    ...grants.map(({ at }) =>
      grants.reduce((sum, other) => sum + (other.at >= at && other.at < at + 1_000_000 ? other.count : 0), 0),
    ),
  );

const limiterContract = (open: (rate: Rate) => Limiting): void => {
  const rate: Rate = { perSecond: 1_000, burst: 50, horizon: ms(200) };
  /** Asks until it is refused. */
  const takeAll = async ({ take }: Limiting) => {
    const grants: { readonly at: number; readonly count: number; readonly wait: number }[] = [];
    for (;;) {
      const { now, granted, wait } = await take(50);
      if (granted === 0) return { grants, refused: { now, wait } };
      grants.push({ at: now + wait, count: granted, wait });
    }
  };

  it("knows nothing at first: all counts as spent and reserved, and the first grant lies at the horizon", async () => {
    const limiter = open(rate);
    const first = await limiter.take(50);
    expect(first).toMatchObject({ granted: 0, wait: 50_000 });
    await limiter.pass(first.wait);
    const { granted, wait } = await limiter.take(50);
    expect(granted).toBe(50);
    expect(wait).toBeLessThanOrEqual(rate.horizon);
  });

  it("gives whoever comes a moment of his own, at the pace, up to the horizon, and refuses the rest", async () => {
    const limiter = open(rate);
    await limiter.take(1);
    await limiter.pass(ms(300));
    const { grants, refused } = await takeAll(limiter);
    // What comes after an idle time begins at once; what begins later is a burst's time apart.
    expect(grants[0]!.wait).toBe(0);
    const later = grants.filter(({ wait }) => wait > 0);
    expect(later.length).toBeGreaterThanOrEqual(3);
    for (const [index, { at }] of later.slice(1).entries()) expect(at - later[index]!.at).toBe(50_000);
    for (const { wait } of grants) expect(wait).toBeLessThanOrEqual(rate.horizon);
    expect(refused.wait).toBeGreaterThan(0);
    await limiter.pass(refused.wait);
    expect((await limiter.take(50)).granted).toBe(50);
  });

  it("cuts a wish to the burst", async () => {
    const limiter = open(rate);
    await limiter.take(1);
    await limiter.pass(ms(300));
    expect((await limiter.take(5_000)).granted).toBe(50);
  });

  it("keeps the bound when its state is lost while reservations are outstanding", async () => {
    const hasty: Rate = { perSecond: 1_000, burst: 50, horizon: ms(800) };
    const limiter = open(hasty);
    await limiter.take(1);
    await limiter.pass(seconds(1));
    const all = [];
    for (let loss = 0; loss < 3; loss++) {
      all.push(...(await takeAll(limiter)).grants);
      await limiter.lose();
      const lost = await limiter.take(50);
      expect(lost).toMatchObject({ granted: 0, wait: 50_000 });
      await limiter.pass(ms(120));
    }
    all.push(...(await takeAll(limiter)).grants);
    expect(all.length).toBeGreaterThan(20);
    expect(fullestSecond(all)).toBeLessThanOrEqual(slidingBound(hasty, ms(0)));
  });
};

describe("reservations: the reference", () => {
  limiterContract((rate) => {
    let [tat, now]: [number | undefined, Instant] = [undefined, instantAt(seconds(1_000))];
    return {
      take: async (want) => {
        const { tat: next, ...reservation } = gcra(tat, now, want, rate);
        tat = next;
        return Promise.resolve({ now, ...reservation });
      },
      pass: async (time) => Promise.resolve(void (now = after(now, time))),
      lose: async () => Promise.resolve(void (tat = undefined)),
    };
  });
});

describe.each(["rewind", "clear"] as const)("reservations: in a simulated world, lost by %s", (how) => {
  limiterContract(({ perSecond, burst, horizon }) => {
    const limiter = new SimulatedLimiter({ kind: "gcra", limit: perSecond, burst, horizon, jitter: ms(100) });
    let now = instantAt(seconds(1_000));
    return {
      take: async (want) => Promise.resolve({ now, ...limiter.ask(want, now, ms(0)) }),
      pass: async (time) => Promise.resolve(void (now = after(now, time))),
      lose: async () => Promise.resolve(limiter[how]()),
    };
  });
});

describe("the published counter: the reference", () => {
  counterContract((keys) => {
    const counter = new SecondCounter(keys);
    let now = instantAt(seconds(1_000));
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

  describe("reservations", () => {
    limiterContract((rate) => {
      const name = ownKey();
      const limiter = new RedisLimiter(redis, epoch, ms(100), name);
      return {
        take: (want) => limiter.take(want, rate),
        // A timer alone may fire a part of a millisecond early.
        pass: (time) => sleepUntil(after(now(), time)),
        // As another life of the server finds it.
        lose: async () => void (await redis.hset(`{${name}:limit}:tat`, { life: "0123456789abcdef" })),
      };
    });
  });

  it("GCRA in Lua answers what the function answers, ask for ask", async () => {
    const limiter = new RedisLimiter(redis, epoch, ms(100), ownKey());
    const rates: Rate[] = [
      { perSecond: 3_000, burst: 7, horizon: ms(0) },
      { perSecond: 7, burst: 1, horizon: seconds(2) },
      { perSecond: 120_000, burst: 5_000, horizon: ms(40) },
      { perSecond: 0.3, burst: 2, horizon: seconds(60) },
    ];
    let tat: number | undefined;
    const kinds = new Set<string>();
    for (let ask = 0; ask < 800; ask++) {
      const rate = rates[Math.floor(ask / 200)]!;
      const want = 1 + ((ask * 7) % 9) * Math.ceil(rate.burst / 6);
      const answer = await limiter.take(want, rate);
      const expected = gcra(tat, answer.now, want, rate);
      expect(answer).toEqual({ now: answer.now, ...expected });
      kinds.add(answer.granted === 0 ? "refused" : answer.wait > 0 ? "reserved" : "at once");
      tat = answer.tat;
      if (ask % 50 === 0) await sleep(20);
    }
    expect(kinds).toEqual(new Set(["refused", "reserved", "at once"]));
  });

  it("stays within its bound in every second of the moments that it gives, whoever asks at once", async () => {
    const rate = { perSecond: 2_000, burst: 100, horizon: ms(200) };
    const name = ownKey();
    const grants: { readonly at: number; readonly count: number }[] = [];
    const end = Date.now() + 2_500;
    const ask = async (): Promise<void> => {
      const own = await connectRedis(service);
      const limiter = new RedisLimiter(own, epoch, ms(100), name);
      while (Date.now() < end) {
        const { granted, now, wait } = await limiter.take(20, rate);
        if (granted > 0) grants.push({ at: now + wait, count: granted });
        else await sleep(3);
      }
      own.disconnect();
    };
    await Promise.all(Array.from({ length: 8 }, ask));
    const fullest = fullestSecond(grants);
    expect(fullest).toBeLessThanOrEqual(slidingBound(rate, ms(0)));
    expect(fullest).toBeGreaterThan(0.9 * rate.perSecond);
  });

  it("tells the asker times of his own clock, however far that is from the store's", async () => {
    const clock = (): Instant => after(epoch(), seconds(-86_400));
    const limiter = new RedisLimiter(redis, clock, ms(250), ownKey());
    // Slow enough that a stall of the machine gives no grant at once.
    const rate = { perSecond: 10, burst: 10, horizon: seconds(3) };
    const before = clock();
    const refused = await limiter.grant(10, rate);
    if (refused.kind !== "refused") return expect.unreachable();
    expect(refused.retryAt).toBeGreaterThan(before);
    expect(refused.retryAt).toBeLessThanOrEqual(after(clock(), seconds(1)));
    while (clock() < refused.retryAt) await sleep(1);
    let asked = clock();
    let grant = await limiter.grant(10, rate);
    // The two clocks differ by less than a tick of either, which may be too soon.
    while (grant.kind === "refused") {
      await sleep(1);
      asked = clock();
      grant = await limiter.grant(10, rate);
    }
    if (grant.kind !== "reserved") return expect.unreachable();
    // All of the horizon is spoken for, so the wait is nearly as long.
    expect(grant.startsAt - asked).toBeGreaterThan(200_000);
    expect(grant.startsAt).toBeLessThanOrEqual(after(clock(), seconds(3)));
    expect(grant.validUntil - asked).toBeGreaterThan(450_000);
    expect(grant.validUntil).toBeLessThanOrEqual(after(clock(), seconds(3.25)));
  });
});
