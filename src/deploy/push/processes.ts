/**
 * The processes of push: a worker with its slots, and a dispatcher. Each connects to what it needs, or ends with `Away`; what it loses later it
 * connects to again, for as long as it takes, and meanwhile its effects fail and are tried again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Dispatcher } from "../../algorithms/push/dispatcher.ts";
import type { Rate } from "../../algorithms/push/limiter.ts";
import type { DispatcherPolicy, WorkerPolicy } from "../../algorithms/push/messages.ts";
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
import type { Delivery, DueTasks } from "../ports.ts";
import { RabbitBlocks } from "../rabbitmq/blocks.ts";
import { closeRabbit, connectRabbit } from "../rabbitmq/connection.ts";
import { RabbitDoubts } from "../rabbitmq/doubts.ts";
import { RabbitDueTasks } from "../rabbitmq/triggers.ts";
import { connectRedis } from "../redis/connection.ts";
import { RedisLimiter } from "../redis/limiters.ts";
import { RedisParts } from "../redis/parts.ts";
import { RedisDueTasks } from "../redis/triggers.ts";
import type { Service } from "../services.ts";
import { DispatcherShell } from "./dispatcher.ts";
import { messageServiceAt } from "./message-service.ts";
import { WorkerShell, type WorkerMachine } from "./worker.ts";

/** What all processes of one installation share. */
export interface Installation {
  readonly redis: Service;
  readonly mysql: Service;
  readonly rabbitmq: Service;
  /** Of MySQL. */
  readonly database: string;
  /** Of keys and queues. */
  readonly prefix: string;
  readonly parts: number;
  readonly blockSize: number;
  /** Where tasks wait until they are due. */
  readonly triggers: "redis" | "rabbitmq";
}

export interface WorkerConfig extends Installation {
  /** Of this life of this process: no two that live share it. */
  readonly incarnation: string;
  /** Blocks at once. */
  readonly slots: number;
  readonly policy: WorkerPolicy;
  readonly rate: Rate;
  /** How old a grant may be when its push arrives. */
  readonly jitter: Duration;
  readonly messages: { readonly host: string; readonly port: number };
  /**
   * The longest way of a push to the message service, less than `jitter`. The bound on any second of `slidingBound` holds while pushes arrive within
   * it: nobody can take one back that is under way.
   */
  readonly longestWay: Duration;
}

export interface DispatcherConfig extends Installation {
  readonly policy: DispatcherPolicy;
  /** Time between two looks for due tasks. */
  readonly poll: Duration;
}

/** Before a lost broker is looked for again, in ms; chosen. */
const AGAIN = 500;

interface Broker {
  readonly connection: Awaited<ReturnType<typeof connectRabbit>>;
  readonly blocks: RabbitBlocks;
  readonly doubts: RabbitDoubts;
  /** When something on the connection has ended, or it was given up: what is left of it is of no use. */
  readonly over: Promise<void>;
  readonly giveUp: () => void;
}

const connectBroker = async ({ rabbitmq, prefix }: Installation, slots: number): Promise<Broker> => {
  const connection = await connectRabbit(rabbitmq);
  let giveUp: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (giveUp = resolve));
  try {
    const blocks = await RabbitBlocks.open(connection, slots, prefix, giveUp);
    return { connection, blocks, doubts: await RabbitDoubts.open(connection, prefix, giveUp), over, giveUp };
  } catch (error) {
    await closeRabbit(connection);
    throw error;
  }
};

/** Where an installation's tasks wait until they are due, on connections that live. */
export const openTriggers = (
  { triggers, prefix }: Installation,
  redis: Awaited<ReturnType<typeof connectRedis>>,
  { connection, giveUp }: Pick<Broker, "connection" | "giveUp">,
): Promise<DueTasks> =>
  triggers === "redis"
    ? Promise.resolve(new RedisDueTasks(redis, prefix))
    : RabbitDueTasks.open(connection, now, prefix, giveUp);

/** Calls `begin` with one connection after the other. The old one is closed before: what it has in hand is handed out again. */
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

/** Runs until the process is ended. Another machine than ours shows that a sabotaged one is caught. */
export const runWorker = async (
  config: WorkerConfig,
  machine: (policy: WorkerPolicy) => WorkerMachine = (given) => new Worker(given),
): Promise<never> => {
  const { incarnation, slots, prefix, policy, blockSize, rate, jitter, messages, longestWay } = config;
  assert(longestWay < jitter, () => `grants of ${String(jitter)} us are void on a way of ${String(longestWay)} us`);
  const redis = await connectRedis(config.redis);
  const pool = await connectMysql(config.mysql, config.database);
  const stores = {
    parts: new RedisParts(redis, prefix),
    records: new MysqlRecords(pool),
    // The bound is on what arrives: a grant must be used early enough for that.
    limiter: new RedisLimiter(redis, now, (jitter - longestWay) as Duration, prefix),
    // Nobody else may have the block while a push is unanswered.
    messages: messageServiceAt(messages.host, messages.port, {
      sent: inMs(longestWay),
      answered: inMs((policy.lease - policy.margin) as Duration),
    }),
  };
  // A block that is still in hand when its connection is lost keeps its slot: its machine, and its name as an owner.
  const free: number[] = [];
  let opened = 0;
  return keepBroker(config, slots, async ({ blocks, doubts, giveUp }) => {
    const ports = { ...stores, doubt: (task: string, why: string) => doubts.raise(task, why) };
    const work = async (delivery: Delivery): Promise<void> => {
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

/** Runs until the process is ended. */
export const runDispatcher = async (config: DispatcherConfig): Promise<never> => {
  const { prefix, policy, parts, poll } = config;
  const redis = await connectRedis(config.redis);
  const pool = await connectMysql(config.mysql, config.database);
  await migrate(pool);
  let broker: Broker | undefined;
  // Without a broker none are taken: nothing could be published. Of a lost connection nothing can be acknowledged: what was taken there comes again.
  let triggers: DueTasks | undefined;
  const away = (): Promise<never> => Promise.reject(new Error("no broker"));
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
    publish: (name: Delivery["name"]) => broker?.blocks.publish(name) ?? away(),
  };
  const shell = new DispatcherShell(new Dispatcher(policy), ports, parts);
  void shell.run(poll);
  return keepBroker(config, 1, async (connected) => {
    broker = connected;
    triggers = await openTriggers(config, redis, connected);
    await connected.doubts.hear((task, why) => shell.tell({ kind: "doubted", task, why }));
    void connected.over.then(() => {
      if (broker === connected) [broker, triggers] = [undefined, undefined];
    });
  });
};
