/** The processes of push when what they stand on lets them down: they connect again, leave nothing open behind, and drop no block. */
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { ms, seconds } from "../../src/base/units.ts";
import { SupervisedProcess } from "../../src/deploy/drill/processes.ts";
import type { Role } from "../../src/deploy/drill/role.ts";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { migrate } from "../../src/deploy/mysql/migrations.ts";
import type { WorkerConfig } from "../../src/deploy/push/processes.ts";
import { RabbitBlocks } from "../../src/deploy/rabbitmq/blocks.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { RabbitReconcileRequests } from "../../src/deploy/rabbitmq/reconcile-requests.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisParts } from "../../src/deploy/redis/parts.ts";
import { locate } from "../../src/deploy/services.ts";
import { describeAllReal, ownName } from "../contracts/real.ts";
import { Path } from "./path.ts";

const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) if (await holds()) return;
  expect.unreachable("it did not come to that in 2 min");
};

await describeAllReal(["redis", "mysql", "rabbitmq"], "processes of push", () => {
  const prefix = ownName();
  const [redis, mysql, rabbitmq] = (["redis", "mysql", "rabbitmq"] as const).map((name) => locate(name, process.env));
  let pool: Awaited<ReturnType<typeof connectMysql>>;
  let connection: Awaited<ReturnType<typeof connectRabbit>>;
  let channel: Awaited<ReturnType<typeof connection.createChannel>>;
  let path: Path;
  let supervised: SupervisedProcess | undefined;

  beforeAll(async () => {
    pool = await connectMysql(mysql!, prefix);
    await migrate(pool);
    connection = await connectRabbit(rabbitmq!);
  });
  beforeEach(async () => {
    path = await Path.to(rabbitmq!.host, rabbitmq!.port);
    channel = await connection.createChannel();
  });
  afterEach(async () => {
    await supervised?.stop();
    path.close();
    for (const queue of ["blocks", "doubts", "blocks.rest.200"]) await channel.deleteQueue(`${prefix}.${queue}`);
    await channel.close();
  });
  afterAll(async () => {
    await pool.query(`DROP DATABASE ${prefix}`);
    await pool.end();
    await connection.close();
  });

  const installation = () => ({
    redis: redis!,
    mysql: mysql!,
    rabbitmq: path.of(rabbitmq!),
    ...{ database: prefix, prefix, parts: 1, blockSize: 10 },
    triggers: "redis" as const,
  });
  const start = (role: (incarnation: string) => Role): void => {
    supervised = new SupervisedProcess("one", join(import.meta.dirname, "../../dist/deploy/drill/role.js"), role);
    supervised.start();
  };
  const startWorker = (over: Partial<WorkerConfig> = {}): void =>
    start((incarnation) => {
      const policy = { batchSize: 5, lease: seconds(2), pause: ms(200), margin: ms(500), grantLasts: ms(600) };
      const messages = { host: "127.0.0.1", port: 1 };
      const grants = { rate: { perSecond: 1_000, burst: 100, horizon: ms(0) }, jitter: ms(600), longestWay: ms(400) };
      const config = { incarnation, slots: 1, policy, ...grants, messages };
      return { role: "worker", config: { ...installation(), ...config, ...over } };
    });
  const startDispatcher = (): void =>
    start(() => {
      const policy = {
        blockSize: 10,
        ahead: 3,
        perSecond: 1_000,
        look: ms(500),
        find: seconds(2),
        patience: seconds(5),
      };
      return { role: "dispatcher", config: { ...installation(), policy, poll: ms(100) } };
    });
  /** Somebody consumes that queue; it is made if it is not there. */
  const isHeard = async (queue: string): Promise<boolean> =>
    (await channel.assertQueue(`${prefix}.${queue}`, { durable: true })).consumerCount === 1;
  const hear = async (): Promise<string[]> => {
    const heard: string[] = [];
    await (await RabbitReconcileRequests.open(connection, prefix)).consume((_, why) => heard.push(why));
    return heard;
  };
  const publish = async (block: number): Promise<void> =>
    (await RabbitBlocks.open(connection, 1, prefix)).publish({ task: "evening", part: 0, block });

  it.each([
    ["a worker", "blocks", () => startWorker()],
    ["a dispatcher", "doubts", () => startDispatcher()],
  ])("%s whose queue is deleted consumes another, on one connection", async (_, queue, begin) => {
    begin();
    await until(() => isHeard(queue));
    for (let deleted = 0; deleted < 2; deleted++) {
      await channel.deleteQueue(`${prefix}.${queue}`);
      await until(() => isHeard(queue));
    }
    expect(path.connections).toBe(1);
  });

  it.each([
    ["a worker", "blocks", () => startWorker()],
    ["a dispatcher", "doubts", () => startDispatcher()],
  ])("%s whose connection is cut consumes on another", async (_, queue, begin) => {
    begin();
    await until(() => isHeard(queue));
    path.cut();
    await until(async () => !(await isHeard(queue)));
    await until(() => isHeard(queue));
  });

  it("a worker doubts aloud that a part is filled, and gives the block back", async () => {
    const heard = await hear();
    startWorker();
    await publish(7);
    await until(() => heard.length >= 2);
    expect(new Set(heard)).toEqual(new Set(["part 0 is not filled, says the store to block 7"]));
  });

  it("a block that its record makes impossible is given back, and holds up no other", async () => {
    await pool.query(
      "INSERT INTO push_blocks (task, part, block, state, packed) VALUES ('evening', 0, 8, 'claimed', ?)",
      [Buffer.from([0x80])],
    );
    const heard = await hear();
    startWorker();
    await publish(8);
    await publish(9);
    await until(() => heard.some((why) => why.endsWith("block 9")));
    expect(supervised!.exits).toEqual([]);
  });

  it("a block that cannot be given back is handed out again", async () => {
    // The queue where it would rest is there already, and not as it has to be.
    await channel.assertQueue(`${prefix}.blocks.rest.200`, { durable: true });
    const heard = await hear();
    startWorker();
    await publish(10);
    await until(() => heard.length >= 3);
    expect(path.connections).toBeLessThanOrEqual(1);
  });

  it("what would arrive when its grant is too old is not sent", async () => {
    const arrived: number[] = [];
    const service = createServer((asked, answer) => {
      asked.resume().on("end", () => {
        arrived.push(Date.now());
        answer.end("[]");
      });
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const address = service.address();
    const toService = await Path.to("127.0.0.1", typeof address === "object" && address !== null ? address.port : 0);
    const toRedis = await Path.to(redis!.host, redis!.port);
    const store = await connectRedis(redis!);
    await new RedisParts(store, prefix).fill("told", 0, [1, 2, 3]);
    // A grant of 600 ms takes 300 ms to come back, and a push 400 ms at most: it would arrive when its grant is up to 700 ms old.
    toRedis.delay = { there: 0, back: 300 };
    toService.delay = { there: 390, back: 0 };
    startWorker({ redis: toRedis.of(redis!), messages: { host: "127.0.0.1", port: toService.port } });
    await until(() => isHeard("blocks"));
    await (await RabbitBlocks.open(connection, 1, prefix)).publish({ task: "told", part: 0, block: 1 });
    await until(async () => (await new RedisParts(store, prefix).status("told", 0)).claims.length === 1);
    await sleep(2_500);
    expect(arrived).toEqual([]);
    toRedis.delay = { there: 0, back: 50 };
    await until(() => arrived.length === 1);
    const left = await store.keys(`*${prefix}*`);
    await store.del(left);
    store.disconnect();
    toRedis.close();
    toService.close();
    service.close();
  });
});
