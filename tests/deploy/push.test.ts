/** The whole of push on real parts, with real deaths: the small brother of `npm run bench -- push`. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { ms, seconds } from "../../src/base/units.ts";
import { runDrill, type Drill } from "../../src/deploy/drill/drill.ts";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import type { WorkerConfig } from "../../src/deploy/push/processes.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { problemsOf } from "../../src/deploy/drill/verdict.ts";
import { describeAllReal } from "../contracts/real.ts";

const SMALL: Drill = {
  seed: "small",
  subscribers: 20_000,
  parts: 4,
  triggers: "redis",
  blockSize: 500,
  batchSize: 50,
  workers: 4,
  slots: 2,
  rate: { perSecond: 8_000, burst: 400, horizon: ms(250) },
  jitter: ms(250),
  longestWay: ms(100),
  capacity: 10_400,
  lease: seconds(1.5),
  kills: 1,
  persistence: "everysec",
  withMachine: true,
  patience: 40_000,
  built: join(import.meta.dirname, "../../dist"),
  environment: process.env,
};

/** Command lines of the processes that this one has started. */
const children = (): readonly string[] =>
  execFileSync("ps", ["-A", "-o", "ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.trim().startsWith(`${String(process.pid)} `) && /redis-server|drill/.test(line));

await describeAllReal(["redis", "mysql", "rabbitmq"], "20,000 are told at least once, and never too fast", () => {
  it.each<Pick<Drill, "persistence" | "withMachine" | "triggers">>([
    { persistence: "everysec", withMachine: true, triggers: "redis" },
    { persistence: "none", withMachine: false, triggers: "rabbitmq" },
  ])(
    "though a worker, the dispatcher and a Redis die: $persistence, with its machine: $withMachine, triggers on $triggers",
    async (how) => {
      const drill = { ...SMALL, ...how };
      const outcome = await runDrill(drill);
      expect(problemsOf(drill, outcome)).toEqual([]);
      expect(outcome.killed.toSorted()).toEqual([
        expect.stringMatching(/^dispatcher\.\d$/),
        "redis",
        expect.stringMatching(/^w[0-3]\.\d$/),
      ]);
    },
  );

  it.each([
    {
      // A worker may be idle when it is killed, on a busy machine; three in a row are not.
      kills: 3,
      told: "not everybody, when three of them are killed",
      problems: [expect.stringMatching(/^\d+ were never told/)],
    },
    { kills: 0, told: "everybody, when nobody is killed", problems: [] },
  ])("workers that report before they push tell $told", async ({ kills, problems }) => {
    const worker = join(import.meta.dirname, "../canaries/hasty-worker.js");
    const drill = { ...SMALL, subscribers: 4_000, kills, withMachine: false, worker };
    expect(problemsOf(drill, await runDrill(drill))).toEqual(problems);
  });

  it("and one that is interrupted leaves nothing behind", async () => {
    const drill = {
      ...SMALL,
      persistence: "everysec",
      withMachine: false,
      rate: { perSecond: 100, burst: 100, horizon: ms(0) },
      triggers: "redis",
    } as const;
    const interruption = new AbortController();
    const running = runDrill(drill, interruption.signal);
    // Redis, the message service, the dispatcher and four workers.
    for (let tries = 0; tries < 200 && children().length < 7; tries++) await sleep(50);
    expect(children().length).toBe(7);
    const [, given] = /role\.js (\{"role":"worker".*\})/.exec(children().join("\n"))!;
    const { database, prefix, ...services } = (JSON.parse(given!) as { readonly config: WorkerConfig }).config;
    const redis = await connectRedis(services.redis);
    const [, folder] = (await redis.config("GET", "dir")) as [string, string];
    redis.disconnect();
    expect(existsSync(folder)).toBe(true);

    const connection = await connectRabbit(services.rabbitmq);
    const isThere = async (queue: string): Promise<boolean> => {
      const channel = await connection.createChannel();
      channel.on("error", () => undefined);
      return channel.checkQueue(`${prefix}.${queue}`).then(
        () => true,
        () => false,
      );
    };
    for (let tries = 0; tries < 200 && !(await isThere("doubts")); tries++) await sleep(50);
    for (const queue of ["blocks", "doubts"]) expect(await isThere(queue)).toBe(true);

    interruption.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(children()).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    const pool = await connectMysql(services.mysql);
    expect((await pool.query("SHOW DATABASES LIKE ?", [database]))[0]).toEqual([]);
    await pool.end();
    for (const queue of ["blocks", "doubts"]) expect(await isThere(queue)).toBe(false);
    await connection.close();
  });
});
