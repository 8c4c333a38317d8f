/** Tasks that come due: one suite for the reference class, the sorted set of Redis and the dead letters of RabbitMQ. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DelayQueue } from "../../src/algorithms/push/trigger.ts";
import { after, ms, START, type Duration, type Instant } from "../../src/base/units.ts";
import type { DueTasks } from "../../src/deploy/ports.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { RabbitDueTasks } from "../../src/deploy/rabbitmq/triggers.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisDueTasks } from "../../src/deploy/redis/triggers.ts";
import { describeReal, ownName } from "./real.ts";

interface Kit {
  readonly queue: DueTasks;
  readonly now: () => Instant;
  readonly wait: (time: Duration) => Promise<void>;
}

const LONG = ms(60_000);
const idsOf = (taken: readonly { readonly task: string }[]): string[] => taken.map(({ task }) => task).sort();

const contract = (kit: () => Kit): void => {
  const inTime = (wait: number): Instant => after(kit().now(), ms(wait));
  /** Takes for as long as it needs, up to a second: a broker moves a message in its own time. */
  const takeAll = async (count: number, visibility = LONG): Promise<string[]> => {
    const ids: string[] = [];
    for (let tries = 0; tries < 50 && ids.length < count; tries++) {
      if (tries > 0) await kit().wait(ms(20));
      ids.push(...idsOf(await kit().queue.take(100, visibility)));
    }
    return ids.sort();
  };

  it("hands out what is due, never before, and once while it is in hand", async () => {
    const due = inTime(250);
    await kit().queue.schedule("later", inTime(600));
    await kit().queue.schedule("soon", due);
    await kit().queue.schedule("now", inTime(-10));
    expect(await takeAll(1)).toEqual(["now"]);
    expect(await kit().queue.take(100, LONG)).toEqual([]);
    for (;;) {
      const taken = await kit().queue.take(100, LONG);
      if (taken.length === 0) await kit().wait(ms(20));
      else {
        expect(taken).toEqual([{ task: "soon", due, taken: 1 }]);
        expect(kit().now()).toBeGreaterThanOrEqual(due);
        break;
      }
    }
    expect(await takeAll(1)).toEqual(["later"]);
    for (const task of ["now", "soon", "later"]) expect(await kit().queue.acknowledge(task)).toBe(true);
  });

  it("hands out at most as many as asked for", async () => {
    for (const task of ["a", "b", "c"]) await kit().queue.schedule(task, inTime(-1));
    const first = await kit().queue.take(2, LONG);
    expect(first.length).toBe(2);
    const rest = await takeAll(1);
    expect([...idsOf(first), ...rest].sort()).toEqual(["a", "b", "c"]);
    for (const task of ["a", "b", "c"]) await kit().queue.acknowledge(task);
  });

  it("hands out again what nobody acknowledged in time, and says so", async () => {
    await kit().queue.schedule("dropped", inTime(-1));
    expect(await takeAll(1, ms(150))).toEqual(["dropped"]);
    expect(await kit().queue.take(1, ms(150))).toEqual([]);
    await kit().wait(ms(200));
    const again = await kit().queue.take(1, LONG);
    expect(again).toMatchObject([{ task: "dropped" }]);
    expect(again[0]!.taken).toBeGreaterThan(1);
    expect(await kit().queue.acknowledge("dropped")).toBe(true);
  });

  it("never hands out again what was acknowledged", async () => {
    await kit().queue.schedule("told", inTime(-1));
    expect(await takeAll(1, ms(50))).toEqual(["told"]);
    expect(await kit().queue.acknowledge("told")).toBe(true);
    expect(await kit().queue.acknowledge("told")).toBe(false);
    await kit().wait(ms(200));
    expect(await kit().queue.take(100, LONG)).toEqual([]);
  });
};

/** What a store that can look a task up also does; a broker cannot, and its tasks come at both times. */
const contractOfStores = (kit: () => Kit): void => {
  it("holds a task once, however often it is scheduled, and at its latest due time", async () => {
    const due = after(kit().now(), ms(-20));
    for (let times = 0; times < 3; times++) await kit().queue.schedule("once", due);
    await kit().queue.schedule("moved", due);
    await kit().queue.schedule("moved", after(kit().now(), ms(200)));
    expect(idsOf(await kit().queue.take(100, LONG))).toEqual(["once"]);
    await kit().queue.schedule("once", due);
    expect(await kit().queue.take(100, LONG)).toEqual([]);
    await kit().wait(ms(220));
    expect(idsOf(await kit().queue.take(100, LONG))).toEqual(["moved"]);
    for (const task of ["once", "moved"]) await kit().queue.acknowledge(task);
  });
};

const reference = (): Kit => {
  const queue = new DelayQueue();
  let now = after(START, ms(5_000));
  return {
    now: () => now,
    queue: {
      schedule: async (task, due) => Promise.resolve(queue.schedule(task, due)),
      take: async (most, visibility) => Promise.resolve(queue.take(now, most, visibility)),
      acknowledge: async (task) => Promise.resolve(queue.acknowledge(task)),
    },
    wait: async (time) => {
      now = after(now, time);
      return Promise.resolve();
    },
  };
};

const epoch = (): Instant => (Date.now() * 1_000) as Instant;
const sleep = (time: Duration): Promise<void> => new Promise((resolve) => setTimeout(resolve, time / 1_000));

describe("due tasks: the reference", () => {
  const kit = reference();
  contract(() => kit);
  contractOfStores(() => kit);
});

await describeReal("redis", "due tasks: Redis", (service) => {
  const prefix = ownName();
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  let kit: Kit;
  beforeAll(async () => {
    redis = await connectRedis(service);
    kit = { queue: new RedisDueTasks(redis, prefix), now: epoch, wait: sleep };
  });
  afterAll(async () => {
    const left = await redis.keys(`*${prefix}*`);
    if (left.length > 0) await redis.del(left);
    redis.disconnect();
  });
  contract(() => kit);
  contractOfStores(() => kit);

  it("gives each task to one of those who take at the same moment", async () => {
    const tasks = Array.from({ length: 40 }, (_, index) => `task-${String(index + 10)}`);
    for (const task of tasks) await kit.queue.schedule(task, epoch());
    const all = await Promise.all(tasks.map(() => kit.queue.take(3, LONG)));
    expect(idsOf(all.flat())).toEqual(tasks);
    expect(all.every((taken) => taken.length <= 3)).toBe(true);
  });
});

await describeReal("rabbitmq", "due tasks: RabbitMQ", (service) => {
  const prefix = ownName();
  let connection: Awaited<ReturnType<typeof connectRabbit>>;
  let queue: RabbitDueTasks;
  let kit: Kit;
  beforeAll(async () => {
    connection = await connectRabbit(service);
    queue = await RabbitDueTasks.open(connection, epoch, prefix);
    kit = { queue, now: epoch, wait: sleep };
  });
  afterAll(async () => {
    await queue.delete();
    await connection.close();
  });
  contract(() => kit);

  it("hands out again what a lost connection had in hand", async () => {
    const other = await connectRabbit(service);
    const mine = await RabbitDueTasks.open(other, epoch, prefix);
    await mine.schedule("orphan", epoch());
    let taken = await mine.take(1, LONG);
    while (taken.length === 0) taken = await mine.take(1, LONG);
    await other.close();
    let again = await queue.take(1, LONG);
    for (let tries = 0; tries < 50 && again.length === 0; tries++) {
      await sleep(ms(20));
      again = await queue.take(1, LONG);
    }
    expect(again).toMatchObject([{ task: "orphan", taken: 2 }]);
    expect(await queue.acknowledge("orphan")).toBe(true);
  });

  it("takes what is scheduled from several moments for one due time", async () => {
    const due = after(epoch(), ms(300));
    await queue.schedule("first", due);
    await sleep(ms(30));
    await queue.schedule("second", due);
    await sleep(ms(350));
    const taken = [...(await queue.take(10, LONG)), ...(await queue.take(10, LONG))];
    expect(idsOf(taken)).toEqual(["first", "second"]);
    for (const { task } of taken) await queue.acknowledge(task);
  });
});
