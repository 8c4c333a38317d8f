/**
 * The measurements that a drill's prediction is made from, on the same machine: how long each step of a worker takes with as
 * many at once as the drill has, how long Redis itself works for it, and how long a killed process is away. Throughput is not
 * measured here.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { partOf, type BlockName } from "../../src/algorithms/push/task.ts";
import { seconds } from "../../src/base/units.ts";
import { DOWN } from "../../src/deploy/drill/processes.ts";
import { policiesOf, prepare, undoAll, type Drill, type Setup } from "../../src/deploy/drill/drill.ts";
import { allUins } from "../../src/deploy/drill/subscribers.ts";
import { migrate } from "../../src/deploy/mysql/migrations.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisParts } from "../../src/deploy/redis/parts.ts";
import { median } from "../row.ts";
import type { Probe } from "./probe.ts";
import { STEPS, type Step } from "./steps.ts";

/** In ms. */
export interface StepTime {
  /** From the request to the answer, with all slots at it. */
  readonly mean: number;
  readonly median: number;
  /** The part of it in which Redis works, by its own count: it does one thing after the other, so that requests wait. */
  readonly served: number;
}

export interface Calibration {
  readonly steps: Readonly<Record<Step, StepTime>>;
  /** Time from a death until the next life works, in ms: of a worker's process, and of Redis as its clients see it. */
  readonly away: { readonly worker: number; readonly redis: number };
}

const TASK = "calibration";
/** Blocks per slot; chosen. The first is not counted. */
const BLOCKS = 8;
/** Everything is granted. */
const NO_LIMIT = { perSecond: 1_000_000_000, burst: 1_000_000, horizon: seconds(1) };

interface Started {
  readonly child: ChildProcess;
  /** Fails when it ends. */
  readonly ended: Promise<never>;
}

type Redis = Awaited<ReturnType<typeof connectRedis>>;

/** Measures for a drill. Throws `ServiceUnavailable` if a service does not answer. */
export const calibrate = async (drill: Drill): Promise<Calibration> => {
  const { workers, slots, blockSize } = drill;
  // Parts are not all of a size.
  const needed = Math.ceil(1.2 * workers * slots * BLOCKS * blockSize);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const crowd = { ...drill, subscribers: Math.max(drill.subscribers, needed) };
    return await calibrateIn(await prepare(crowd, undo), crowd, undo);
  } finally {
    await undoAll(undo);
  }
};

const calibrateIn = async (setup: Setup, drill: Drill, undo: (() => Promise<unknown>)[]): Promise<Calibration> => {
  const { installation, pool, server } = setup;
  await migrate(pool);
  const redis = await connectRedis(server.service);
  undo.push(() => Promise.resolve(redis.disconnect()));
  await fill(new RedisParts(redis, installation.prefix), drill);

  const began = performance.now();
  const first = await startProbe(setup, drill, 0, undo);
  const worker = DOWN + performance.now() - began;
  const others = Array.from({ length: drill.workers - 1 }, (_, index) => startProbe(setup, drill, index + 1, undo));
  const probes = [first, ...(await Promise.all(others))];

  const steps: Partial<Record<Step, StepTime>> = {};
  for (const step of STEPS) {
    await redis.config("RESETSTAT");
    const times = (await Promise.all(probes.map((probe) => perform(probe, step)))).flat();
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    steps[step] = { mean, median: median(times), served: await servedEach(redis) };
  }
  const away = { worker, redis: await awayTime(setup, redis) };
  return { steps: steps as Calibration["steps"], away };
};

const fill = async (parts: RedisParts, { subscribers, parts: count }: Drill): Promise<void> => {
  const members = Array.from({ length: count }, (): number[] => []);
  for (const uin of allUins(subscribers)) members[partOf(uin, count)]!.push(uin);
  for (const [part, uins] of members.entries()) await parts.fill(TASK, part, uins);
};

const startProbe = async (
  { installation, service }: Setup,
  drill: Drill,
  index: number,
  undo: (() => Promise<unknown>)[],
): Promise<Started> => {
  const { slots, parts, jitter, longestWay } = drill;
  const blockOf = (slot: number, block: number): BlockName => {
    const place = (index * slots + slot) * BLOCKS + block;
    return { task: TASK, part: place % parts, block: Math.floor(place / parts) + 1 };
  };
  const probe: Probe = {
    config: {
      ...{ ...installation, incarnation: `probe${String(index)}`, slots, jitter, longestWay, rate: NO_LIMIT },
      policy: policiesOf(drill).worker,
      messages: { host: "127.0.0.1", port: service.port },
    },
    blocks: Array.from({ length: slots }, (_, slot) =>
      Array.from({ length: BLOCKS }, (__, block) => blockOf(slot, block)),
    ),
  };
  const child = fork(join(import.meta.dirname, "probe.js"), [JSON.stringify(probe)], { serialization: "advanced" });
  undo.push(() => Promise.resolve(child.kill()));
  const ended = failed(child);
  ended.catch(() => undefined);
  await Promise.race([once(child, "message"), ended]);
  return { child, ended };
};

const perform = async ({ child, ended }: Started, step: Step): Promise<readonly number[]> => {
  const answer = Promise.race([once(child, "message"), ended]);
  child.send(step);
  return ((await answer) as [readonly number[]])[0];
};

const failed = async (child: ChildProcess): Promise<never> => {
  const [code] = (await once(child, "exit")) as [number | null];
  throw new Error(`a probe ended with ${String(code)}`);
};

/** Returns the mean time of a script since statistics were reset, in ms; 0 if none ran. */
const servedEach = async (redis: Redis): Promise<number> => {
  const [calls, used] = [...(await redis.info("commandstats")).matchAll(/cmdstat_eval(?:sha)?:calls=(\d+),usec=(\d+)/g)]
    .map(([, count, time]) => [Number(count), Number(time)] as const)
    .reduce(([count, time], [more, longer]) => [count + more, time + longer] as const, [0, 0] as const);
  return calls === 0 ? 0 : used / calls / 1_000;
};

/** Kills Redis, and returns the time until it answers again, in ms. */
const awayTime = async ({ server }: Setup, connected: Redis): Promise<number> => {
  const killed = performance.now();
  await server.kill(false);
  await sleep(DOWN);
  await server.start();
  const answers = (): Promise<boolean> =>
    connected.ping().then(
      () => true,
      () => false,
    );
  while (!(await answers())) await sleep(5);
  return performance.now() - killed;
};
