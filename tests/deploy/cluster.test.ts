/** A shard of a Redis cluster is lost with what its replica had not heard, and the dispatcher mends it from the records in MySQL. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DispatcherEffect, DispatcherInput } from "../../src/algorithms/push/messages.ts";
import { unpack } from "../../src/algorithms/push/packing.ts";
import type { BlockName } from "../../src/algorithms/push/task.ts";
import type { Machine } from "../../src/base/machine.ts";
import { ms, NEVER, START, type Instant } from "../../src/base/units.ts";
import { MysqlAudiences } from "../../src/deploy/mysql/audiences.ts";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { migrate } from "../../src/deploy/mysql/migrations.ts";
import { MysqlPrefetched } from "../../src/deploy/mysql/prefetched.ts";
import { MysqlRecords } from "../../src/deploy/mysql/records.ts";
import { MysqlTasks } from "../../src/deploy/mysql/tasks.ts";
import { DispatcherShell, type DispatcherPorts } from "../../src/deploy/push/dispatcher.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisParts } from "../../src/deploy/redis/parts.ts";
import { RedisDueTasks } from "../../src/deploy/redis/triggers.ts";
import { locate } from "../../src/deploy/services.ts";
import { describeAllReal, ownName } from "../contracts/real.ts";
import { RedisCluster } from "./redis-cluster.ts";

const TASK = "evening";
const AUDIENCE = { ds: "20160208", label: "cluster" };
const PARTS = 6;
const PART = 4;
const LEASE = ms(60_000);
const UINS = Array.from({ length: 3_000 }, (_, index) => index + 1);
const sorted = (uins: Iterable<number>): number[] => [...uins].sort((a, b) => a - b);

/** Has a dispatcher's shell perform one thing. */
const perform = async (effect: DispatcherEffect, ports: DispatcherPorts): Promise<void> => {
  let wakeAt: Instant = START;
  let shell: DispatcherShell | undefined;
  const answer = new Promise<DispatcherInput>((resolve) => {
    const machine: Machine<DispatcherInput, DispatcherEffect> = {
      get wakeAt() {
        return wakeAt;
      },
      handle: (input) => {
        if (input.kind !== "wake") resolve(input);
        else if (wakeAt !== NEVER) {
          wakeAt = NEVER;
          return [effect];
        }
        return [];
      },
    };
    shell = new DispatcherShell(machine, ports, PARTS);
  });
  const running = shell!.run(ms(50));
  const input = await answer;
  shell!.stop();
  await running;
  if (input.kind === "failed") throw new Error(input.what);
};

await describeAllReal(["redis", "mysql"], "a Redis cluster of three shards and their replicas", () => {
  const name = ownName();
  let cluster: RedisCluster;
  let redis: Awaited<ReturnType<typeof connectRedis>>;
  let pool: Awaited<ReturnType<typeof connectMysql>>;
  let ports: DispatcherPorts;

  beforeAll(async () => {
    cluster = await RedisCluster.start();
    redis = await connectRedis(cluster.service);
    pool = await connectMysql(locate("mysql", process.env), name);
    await migrate(pool);
    ports = {
      tasks: new MysqlTasks(pool),
      audiences: new MysqlAudiences(pool),
      prefetched: new MysqlPrefetched(pool),
      parts: new RedisParts(redis, name),
      records: new MysqlRecords(pool),
      triggers: new RedisDueTasks(redis, name),
      publish: () => Promise.resolve(),
    };
    await new MysqlAudiences(pool).add(AUDIENCE, UINS);
    await ports.tasks.add({ id: TASK, audience: AUDIENCE, due: START, weight: 1, state: "scheduled", total: 0 });
  }, 30_000);

  afterAll(async () => {
    redis.disconnect();
    await cluster.stop();
    await pool.query(`DROP DATABASE ${name}`);
    await pool.end();
  });

  it("is made whole after a failover that lost the last writes", async () => {
    const { parts, records } = ports;
    const block = (number: number): BlockName => ({ task: TASK, part: PART, block: number });
    const status = () => parts.status(TASK, PART);
    const claim = async (number: number, size = 50): Promise<readonly number[]> => {
      const answer = await parts.claim(block(number), "worker", size, LEASE);
      if (answer.kind !== "yours") throw new Error(answer.kind);
      await records.record(block(number), answer.members);
      return answer.members;
    };
    const finish = async (number: number, members: readonly number[]): Promise<void> => {
      await parts.report(block(number), "worker", members, LEASE);
      await records.finish(block(number), members);
      await parts.finish(block(number), members);
    };
    await perform({ kind: "fill", task: TASK }, ports);
    const all = (await status()).source;
    await finish(1, await claim(1));
    const second = await claim(2);
    await parts.report(block(2), "worker", second.slice(0, 20), LEASE);
    const key = `{${name}:${TASK}:${String(PART)}}`;

    await cluster.cutOff(key);
    await parts.report(block(2), "worker", second.slice(20, 30), LEASE);
    const third = await claim(3);
    const fourth = await claim(4);
    await finish(4, fourth);
    expect(await status()).toMatchObject({ source: all - 200, finished: expect.arrayContaining([1, 4]) as number[] });
    await cluster.killMaster(key);
    const lost = await eventually(status);
    expect(lost).toMatchObject({ isFilled: true, source: all - 100, claims: [{ block: 2, left: 30 }], finished: [1] });

    await perform({ kind: "reconcile", task: TASK }, ports);
    const { claims, finished } = await parts.contents(TASK, PART);
    expect(sorted(finished.keys())).toEqual([1, 4]);
    expect(sorted(unpack(finished.get(4)!))).toEqual(sorted(fourth));
    // Ten are told again: their report is lost with the shard.
    expect(sorted(claims.get(2)!)).toEqual(sorted(second.slice(20)));
    expect(sorted(claims.get(3)!)).toEqual(sorted(third));
    const rest = await claim(5, all);
    expect(rest.length).toBe(all - 200);
    const everybody = [...[...finished.values()].flatMap(unpack), ...second, ...third, ...rest];
    expect(new Set(everybody).size).toBe(all);
    expect(everybody.length).toBe(all);
  });
});

/** What is answered once a replica has taken its master's place. */
const eventually = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (let turn = 0; turn < 200; turn++) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(50);
  }
  return ask();
};
