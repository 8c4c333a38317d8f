/**
 * The processes of push: a worker with its slots, and a dispatcher. Each connects to what it needs, or throws
 * `ServiceUnavailable`. Later it connects again to what it loses, without end; meanwhile its effects fail and are tried again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Dispatcher } from "../../algorithms/push/dispatcher.ts";
import type { Rate } from "../../algorithms/push/limiter.ts";
import type { DispatcherPolicy, WorkerPolicy } from "../../algorithms/push/policy.ts";
import { Worker } from "../../algorithms/push/worker.ts";
import type { TaskId } from "../../algorithms/push/task.ts";
import { assert } from "../../base/assert.ts";
import { inMs, type Duration, type Instant } from "../../base/units.ts";
import { now } from "../clock.ts";
import { MysqlAudiences } from "../mysql/audiences.ts";
import { connectMysql } from "../mysql/connection.ts";
import { migrate } from "../mysql/migrations.ts";
import { MysqlPrefetched } from "../mysql/prefetched.ts";
import { MysqlRecords } from "../mysql/records.ts";
import { MysqlTasks } from "../mysql/tasks.ts";
import type { BlockDelivery, DueTasks } from "../ports.ts";
import { RabbitBlocks } from "../rabbitmq/blocks.ts";
import { closeRabbit, connectRabbit } from "../rabbitmq/connection.ts";
import { RabbitReconcileRequests } from "../rabbitmq/reconcile-requests.ts";
import { RabbitDueTasks } from "../rabbitmq/triggers.ts";
import { connectRedis } from "../redis/connection.ts";
import { RedisLimiter } from "../redis/limiters.ts";
import { RedisParts } from "../redis/parts.ts";
import { RedisDueTasks } from "../redis/triggers.ts";
import type { Service } from "../services.ts";
import { DispatcherShell } from "./dispatcher.ts";
import { messageServiceAt } from "./message-service.ts";
import { WorkerShell, type DeployedWorker } from "./worker.ts";

/** Settings that all processes of one installation share. */
export interface Installation {
  readonly redis: Service;
  readonly mysql: Service;
  readonly rabbitmq: Service;
  /** Name of the database in MySQL. */
  readonly database: string;
  /** What names of keys and queues begin with. */
  readonly prefix: string;
  readonly parts: number;
  readonly blockSize: number;
  /** The service that holds tasks until they are due. */
  readonly triggers: "redis" | "rabbitmq";
}

/** Settings of a worker process. */
export interface WorkerConfig extends Installation {
  /** Names this life of the process: no two that live share it. */
  readonly incarnation: string;
  /** Blocks at once. */
  readonly slots: number;
  readonly policy: WorkerPolicy;
  readonly rate: Rate;
  /** How old a grant may be when its push arrives. */
  readonly jitter: Duration;
  readonly messages: { readonly host: string; readonly port: number };
  /**
   * The longest time of a push to the message service, less than `jitter`. The bound on any second of `slidingBound` holds
   * while pushes arrive within it: a push that is sent cannot be taken back.
   */
  readonly longestWay: Duration;
}

/** Settings of a dispatcher process. */
export interface DispatcherConfig extends Installation {
  readonly policy: DispatcherPolicy;
  /** Time between two takes from the delay queue. */
  readonly poll: Duration;
}

/** Time before connecting to a lost broker again, in ms; chosen. */
const AGAIN = 500;

interface Broker {
  readonly connection: Awaited<ReturnType<typeof connectRabbit>>;
  readonly blocks: RabbitBlocks;
  readonly requests: RabbitReconcileRequests;
  /** Resolves when a part of the connection has ended, or it was given up. */
  readonly over: Promise<void>;
  readonly giveUp: () => void;
}

const connectBroker = async ({ rabbitmq, prefix }: Installation, slots: number): Promise<Broker> => {
  const connection = await connectRabbit(rabbitmq);
  let giveUp: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (giveUp = resolve));
  try {
    const blocks = await RabbitBlocks.open(connection, slots, prefix, giveUp);
    return {
      connection,
      blocks,
      requests: await RabbitReconcileRequests.open(connection, prefix, giveUp),
      over,
      giveUp,
    };
  } catch (error) {
    await closeRabbit(connection);
    throw error;
  }
};

/** Opens the queue of an installation's tasks that are to come, on these connections. */
export const openTriggers = (
  { triggers, prefix }: Installation,
  redis: Awaited<ReturnType<typeof connectRedis>>,
  { connection, giveUp }: Pick<Broker, "connection" | "giveUp">,
): Promise<DueTasks> =>
  triggers === "redis"
    ? Promise.resolve(new RedisDueTasks(redis, prefix))
    : RabbitDueTasks.open(connection, now, prefix, giveUp);

/** Calls `begin` with one connection after the other, each after closing the last: the broker then hands out again what that held. */
const keepBroker = async (
  installation: Installation,
  slots: number,
  begin: (broker: Broker) => Promise<void>,
): Promise<never> => {
  let broker: Broker | undefined = await connectBroker(installation, slots);
  for (;;) {
    if (broker !== undefined) {
      await begin(broker).then(
        () => broker?.over,
        () => undefined,
      );
      await closeRabbit(broker.connection);
    }
    await sleep(AGAIN);
    broker = await connectBroker(installation, slots).catch(() => undefined);
  }
};

/** Runs a worker process without end. Takes another machine than ours only to show that a sabotaged one is caught. */
export const runWorker = async (
  config: WorkerConfig,
  machine: (policy: WorkerPolicy) => DeployedWorker = (given) => new Worker(given),
): Promise<never> => {
  const { incarnation, slots, prefix, policy, blockSize, rate, jitter, messages, longestWay } = config;
  assert(
    longestWay < jitter,
    () =>
      `a push may take ${String(longestWay)} us, and its grant is void after ${String(jitter)} us: raise jitter or lower longestWay`,
  );
  const redis = await connectRedis(config.redis);
  const pool = await connectMysql(config.mysql, config.database);
  const stores = {
    parts: new RedisParts(redis, prefix),
    records: new MysqlRecords(pool),
    // The bound is on arrivals: a grant must be used early enough for its push to arrive in time.
    limiter: new RedisLimiter(redis, now, (jitter - longestWay) as Duration, prefix),
    // No other worker may have the block while a push is unanswered.
    messages: messageServiceAt(messages.host, messages.port, {
      sent: inMs(longestWay),
      answered: inMs((policy.lease - policy.margin) as Duration),
    }),
  };
  // A block that is under way when its connection is lost keeps its slot: its machine, and its name as an owner.
  const free: number[] = [];
  let opened = 0;
  return keepBroker(config, slots, async ({ blocks, requests, giveUp }) => {
    const ports = { ...stores, requestReconcile: (task: string, why: string) => requests.send(task, why) };
    const work = async (delivery: BlockDelivery): Promise<void> => {
      const slot = free.pop() ?? opened++;
      const settings = { owner: `${incarnation}/${String(slot)}`, blockSize, lease: policy.lease, rate };
      const shell = new WorkerShell(machine(policy), ports, settings);
      // A delivery that is not answered would hold its place for as long as the connection lasts.
      const giveBack = (): Promise<void> => delivery.giveBack(policy.pause);
      await shell.work(delivery).catch(giveBack).catch(giveUp);
      free.push(slot);
    };
    await blocks.consume((delivery) => void work(delivery));
  });
};

/** Runs a dispatcher process without end. */
export const runDispatcher = async (config: DispatcherConfig): Promise<never> => {
  const { prefix, policy, parts, poll } = config;
  const redis = await connectRedis(config.redis);
  const pool = await connectMysql(config.mysql, config.database);
  await migrate(pool);
  let broker: Broker | undefined;
  // Without a broker none are taken, as nothing could be published. What was taken on a lost connection comes again.
  let triggers: DueTasks | undefined;
  const away = (): Promise<never> =>
    Promise.reject(new Error("the broker is away: the effect is tried again when it is back"));
  const ports = {
    tasks: new MysqlTasks(pool),
    audiences: new MysqlAudiences(pool),
    prefetched: new MysqlPrefetched(pool),
    parts: new RedisParts(redis, prefix),
    records: new MysqlRecords(pool),
    triggers: {
      schedule: (task: TaskId, due: Instant) => triggers?.schedule(task, due) ?? away(),
      take: (most: number, visibility: Duration) => triggers?.take(most, visibility) ?? away(),
      acknowledge: (task: TaskId) => triggers?.acknowledge(task) ?? away(),
    },
    publish: (name: BlockDelivery["name"]) => broker?.blocks.publish(name) ?? away(),
  };
  const shell = new DispatcherShell(new Dispatcher(policy), ports, parts);
  void shell.run(poll);
  return keepBroker(config, 1, async (connected) => {
    broker = connected;
    triggers = await openTriggers(config, redis, connected);
    await connected.requests.consume((task, why) => shell.tell({ kind: "reconcile-requested", task, why }));
    void connected.over.then(() => {
      if (broker === connected) [broker, triggers] = [undefined, undefined];
    });
  });
};
