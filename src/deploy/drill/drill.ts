/**
 * A fire drill of push on real parts: up to a million reminders through Redis, MariaDB or MySQL, and RabbitMQ, while workers,
 * the dispatcher and Redis are killed. The seed sets what is killed, and at which share of subscribers told. The outcome
 * depends on the machine, as real parts do.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rate } from "../../algorithms/push/limiter.ts";
import { slidingBound } from "../../algorithms/push/limiter.ts";
import { type DispatcherPolicy, type WorkerPolicy, workerPolicyOf } from "../../algorithms/push/policy.ts";
import { Draws } from "../../base/random.ts";
import { ms, seconds, type Duration } from "../../base/units.ts";
import { now } from "../clock.ts";
import { MysqlAudiences } from "../mysql/audiences.ts";
import { connectMysql } from "../mysql/connection.ts";
import { migrate } from "../mysql/migrations.ts";
import { MysqlTasks } from "../mysql/tasks.ts";
import { openTriggers, type Installation } from "../push/processes.ts";
import { RabbitBlocks } from "../rabbitmq/blocks.ts";
import { connectRabbit } from "../rabbitmq/connection.ts";
import { RabbitReconcileRequests } from "../rabbitmq/reconcile-requests.ts";
import { RabbitDueTasks } from "../rabbitmq/triggers.ts";
import { connectRedis } from "../redis/connection.ts";
import { RedisParts } from "../redis/parts.ts";
import { locate } from "../services.ts";
import { DOWN, SupervisedProcess, MessageServiceProcess, type Exit } from "./processes.ts";
import { fullestSecond, IN_FLIGHT, repeatsByCause, UNSYNCED, type DuplicateReason } from "./findings.ts";
import { RedisServer, type Persistence } from "./redis-server.ts";
import { allUins } from "./subscribers.ts";
import type { Tally } from "./message-service.ts";

/** Settings of a drill. */
export interface Drill {
  readonly seed: string;
  readonly subscribers: number;
  readonly parts: number;
  readonly triggers: Installation["triggers"];
  readonly blockSize: number;
  readonly batchSize: number;
  readonly workers: number;
  readonly slots: number;
  readonly rate: Rate;
  /** How old a grant may be when its push arrives. */
  readonly jitter: Duration;
  /** The longest time of a push to the message service, one way. */
  readonly longestWay: Duration;
  /** What the message service can take in any second. */
  readonly capacity: number;
  readonly lease: Duration;
  /** Number of workers to kill; the dispatcher and Redis are killed once each, unless this is 0. */
  readonly kills: number;
  readonly persistence: Persistence;
  /** True if Redis loses what was not synced, as if its machine died too. */
  readonly withMachine: boolean;
  /** Time after which the drill is given up, in ms. */
  readonly patience: number;
  /** The folder of the built sources, for the processes that it starts. */
  readonly built: string;
  /** The program of worker processes instead of ours: only to show that a sabotaged one is caught. */
  readonly worker?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What all parts of the task hold together. */
export interface Holdings {
  readonly filled: number;
  readonly source: number;
  readonly claimed: number;
  readonly finished: number;
}

/** What came of a drill. */
export interface DrillOutcome {
  readonly isDone: boolean;
  readonly tally: Tally;
  readonly causes: ReadonlyMap<DuplicateReason, number>;
  readonly repeated: number;
  readonly fullest: number;
  readonly bound: number;
  /** From the first push to the last, in ms. */
  readonly took: number;
  readonly killed: readonly string[];
  readonly before: Holdings;
  readonly after: Holdings;
  /** Ends of processes that were not killed. */
  readonly exits: readonly Exit[];
}

const TASK = "drill";
const AUDIENCE = { ds: "20160208", label: "drill" };
/** Time between two looks at the progress, in ms. */
const LOOK = 25;

type Redis = Awaited<ReturnType<typeof connectRedis>>;

/** One death of a drill. */
export interface PlannedKill {
  /** The share of all subscribers told at which it happens. */
  readonly share: number;
  /** A number is the number of a worker. */
  readonly target: "redis" | "dispatcher" | number;
}

/** Returns the deaths of a drill in order: workers from 5 % on, the dispatcher in the first 60 %, Redis about the middle. */
export const plannedKills = ({ seed, kills, workers }: Drill): readonly PlannedKill[] => {
  if (kills === 0) return [];
  const draws = new Draws(seed, "blows");
  const at = (n: number): number => draws.at(0, 0, n) / 4_294_967_296;
  const ofWorkers = Array.from({ length: kills }, (_, n) => ({
    share: 0.05 + 0.85 * at(2 * n),
    target: Math.floor(at(2 * n + 1) * workers),
  }));
  const dispatcher: PlannedKill = { share: 0.1 + 0.5 * at(2 * kills), target: "dispatcher" };
  const redis: PlannedKill = { share: 0.4 + 0.2 * at(2 * kills + 1), target: "redis" };
  return [...ofWorkers, dispatcher, redis].sort((a, b) => a.share - b.share);
};

/**
 * Runs a drill, with a store, a database and queues of its own that are removed afterwards. Throws the reason of an
 * interruption, and `ServiceUnavailable` if a service does not answer.
 */
export const runDrill = async (drill: Drill, interruption?: AbortSignal): Promise<DrillOutcome> => {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const setup = await prepare(drill, undo);
    return await unless(interruption, runIn(setup, drill, undo));
  } finally {
    await undoAll(undo);
  }
};

/** Performs all steps, the last first, also after one fails; throws the first failure at the end. */
export const undoAll = async (steps: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failed: unknown[] = [];
  for (const step of steps.toReversed()) await step().catch((error: unknown) => failed.push(error));
  if (failed.length > 0) throw new Error(`the drill could not clean up: ${String(failed[0])}`, { cause: failed[0] });
};

const unless = <T>(interruption: AbortSignal | undefined, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(interruption?.reason as Error);
    interruption?.addEventListener("abort", stop);
    if (interruption?.aborted === true) stop();
    work.then(resolve, reject).finally(() => interruption?.removeEventListener("abort", stop));
  });

/** What a drill runs on. */
export interface Setup {
  readonly installation: Installation;
  readonly pool: Awaited<ReturnType<typeof connectMysql>>;
  readonly broker: Awaited<ReturnType<typeof connectRabbit>>;
  readonly server: RedisServer;
  readonly service: MessageServiceProcess;
}

/** Starts all that a drill needs except workers and dispatcher, and appends to `undo` how to remove it. */
export const prepare = async (drill: Drill, undo: (() => Promise<unknown>)[]): Promise<Setup> => {
  const name = `firedrill_drill_${randomBytes(6).toString("hex")}`;
  const [mysql, rabbitmq] = [locate("mysql", drill.environment), locate("rabbitmq", drill.environment)];
  const broker = await connectRabbit(rabbitmq);
  undo.push(async () => {
    await (await RabbitBlocks.open(broker, 1, name)).delete();
    await (await RabbitReconcileRequests.open(broker, name)).delete();
    await (await RabbitDueTasks.open(broker, now, name)).delete();
    await broker.close();
  });
  const pool = await connectMysql(mysql, name);
  undo.push(async () => {
    await pool.query(`DROP DATABASE ${name}`);
    await pool.end();
  });
  const server = await RedisServer.start(drill.persistence);
  undo.push(() => server.stop());
  const service = await MessageServiceProcess.start(drill.built, drill.subscribers);
  undo.push(() => service.stop());
  const { parts, blockSize, triggers } = drill;
  const names = { database: name, prefix: name };
  const installation = { redis: server.service, mysql, rabbitmq, ...names, parts, blockSize, triggers };
  return { installation, pool, broker, server, service };
};

const runIn = async (setup: Setup, drill: Drill, undo: (() => Promise<unknown>)[]): Promise<DrillOutcome> => {
  const { installation, pool, broker, server, service } = setup;
  const { prefix, parts } = installation;
  await migrate(pool);
  await new MysqlAudiences(pool).add(AUDIENCE, allUins(drill.subscribers));
  const group = processGroupOf(drill, installation, service.port);
  const processes = [group.dispatcher, ...group.workers];
  undo.push(() => Promise.all(processes.map((one) => one.stop())));
  for (const one of processes) one.start();
  const tasks = new MysqlTasks(pool);
  const due = now();
  await tasks.add({ id: TASK, audience: AUDIENCE, due, weight: 1, state: "scheduled", total: 0 });
  const redis = await connectRedis(server.service);
  await (await openTriggers(installation, redis, { connection: broker, giveUp: () => undefined })).schedule(TASK, due);
  redis.disconnect();
  const look = (store: Redis): Promise<Holdings> => holdings(new RedisParts(store, prefix), parts);
  const log = await performKills(drill, group, { server, service, look });
  const isDone = await finished(tasks, drill.patience);
  return outcomeOf(drill, group, log, isDone, await service.tally());
};

interface ProcessGroup {
  readonly workers: readonly SupervisedProcess[];
  readonly dispatcher: SupervisedProcess;
}

/** Returns the policies of a drill's processes. Its round trip is twice the longest way. */
export const policiesOf = (drill: Drill): { readonly worker: WorkerPolicy; readonly dispatcher: DispatcherPolicy } => {
  const { workers, slots, batchSize, blockSize, lease, rate, jitter, longestWay } = drill;
  const ahead = Math.max(3 * workers * slots, Math.ceil((3 * rate.perSecond) / blockSize));
  const times = { look: ms(500), find: seconds(2), patience: seconds(10) };
  const limiter = { kind: "gcra", horizon: rate.horizon, jitter } as const;
  const roundTrip = (2 * longestWay) as Duration;
  return {
    worker: workerPolicyOf({ batchSize, lease, pause: ms(200), roundTrip, limiter }),
    dispatcher: { blockSize, ahead, perSecond: rate.perSecond, ...times },
  };
};

const processGroupOf = (drill: Drill, installation: Installation, port: number): ProcessGroup => {
  const { slots, rate, jitter, longestWay, workers, built } = drill;
  const policies = policiesOf(drill);
  const messages = { host: "127.0.0.1", port };
  const ours = join(built, "deploy/drill/role.js");
  return {
    workers: Array.from(
      { length: workers },
      (_, index) =>
        new SupervisedProcess(`w${String(index)}`, drill.worker ?? ours, (incarnation) => ({
          role: "worker",
          config: { ...installation, incarnation, slots, policy: policies.worker, rate, jitter, messages, longestWay },
        })),
    ),
    dispatcher: new SupervisedProcess("dispatcher", ours, () => ({
      role: "dispatcher",
      config: { ...installation, policy: policies.dispatcher, poll: ms(100) },
    })),
  };
};

interface KillLog {
  readonly workers: Map<string, number>;
  readonly stores: { readonly killed: number; readonly back: number }[];
  readonly killed: string[];
  before: Holdings;
  after: Holdings;
}

interface KillTargets {
  readonly server: RedisServer;
  readonly service: MessageServiceProcess;
  readonly look: (redis: Redis) => Promise<Holdings>;
}

const performKills = async (drill: Drill, group: ProcessGroup, targets: KillTargets): Promise<KillLog> => {
  const nothing = { filled: 0, source: 0, claimed: 0, finished: 0 };
  const log: KillLog = { workers: new Map(), stores: [], killed: [], before: nothing, after: nothing };
  const end = Date.now() + drill.patience;
  for (const { share, target } of plannedKills(drill)) {
    while ((await targets.service.told()) < share * drill.subscribers) {
      if (Date.now() > end) return log;
      await sleep(LOOK);
    }
    if (target === "redis") await killRedis(drill, targets, log);
    else {
      const one = target === "dispatcher" ? group.dispatcher : group.workers[target]!;
      const [incarnation, at] = await one.kill();
      log.workers.set(incarnation, at);
      log.killed.push(incarnation);
    }
  }
  return log;
};

const killRedis = async ({ withMachine }: Drill, { server, look }: KillTargets, log: KillLog): Promise<void> => {
  const before = await connectRedis(server.service);
  log.before = await look(before);
  before.disconnect();
  const killed = performance.timeOrigin + performance.now();
  await server.kill(withMachine);
  await sleep(DOWN);
  await server.start();
  log.stores.push({ killed, back: performance.timeOrigin + performance.now() });
  log.killed.push("redis");
  const after = await connectRedis(server.service);
  log.after = await look(after);
  after.disconnect();
};

const holdings = async (store: RedisParts, parts: number): Promise<Holdings> => {
  const all = await Promise.all(Array.from({ length: parts }, (_, part) => store.status(TASK, part)));
  const sum = (count: (status: (typeof all)[number]) => number): number =>
    all.reduce((total, one) => total + count(one), 0);
  return {
    filled: sum(({ isFilled }) => (isFilled ? 1 : 0)),
    source: sum(({ source }) => source),
    claimed: sum(({ claims }) => claims.reduce((total, { left }) => total + left, 0)),
    finished: sum(({ finished }) => finished.length),
  };
};

const finished = async (tasks: MysqlTasks, patience: number): Promise<boolean> => {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(100))
    if ((await tasks.get(TASK))?.state === "done") return true;
  return false;
};

const outcomeOf = (drill: Drill, group: ProcessGroup, log: KillLog, isDone: boolean, tally: Tally): DrillOutcome => {
  const { lease, persistence, withMachine, rate, jitter } = drill;
  const unsynced = persistence === "none" ? Infinity : withMachine ? UNSYNCED : IN_FLIGHT;
  const unclaimed = persistence !== "none" && !withMachine ? undefined : unsynced;
  const causes = repeatsByCause(tally, log, { lease: lease / 1_000, unsynced, unclaimed });
  const times = tally.batches.map(({ at }) => at);
  return {
    isDone,
    tally,
    causes,
    repeated: [...causes.values()].reduce((sum, count) => sum + count, 0),
    fullest: fullestSecond(tally.batches).people,
    bound: slidingBound(rate, jitter),
    took: Math.max(0, ...times) - Math.min(...times),
    killed: log.killed,
    before: log.before,
    after: log.after,
    exits: [group.dispatcher, ...group.workers].flatMap(({ exits }) => exits),
  };
};
