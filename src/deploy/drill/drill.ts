/**
 * A fire drill of push on real parts: a million reminders, or fewer, through Redis, MariaDB or MySQL, and RabbitMQ, while workers, dispatcher and Redis are
 * killed. Who is killed when follows from the seed, by how many have been told; what comes of it depends on the machine, as real parts do.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rate } from "../../algorithms/push/limiter.ts";
import { slidingBound } from "../../algorithms/push/limiter.ts";
import type { DispatcherPolicy, WorkerPolicy } from "../../algorithms/push/messages.ts";
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
import { RabbitDoubts } from "../rabbitmq/doubts.ts";
import { RabbitDueTasks } from "../rabbitmq/triggers.ts";
import { connectRedis } from "../redis/connection.ts";
import { RedisParts } from "../redis/parts.ts";
import { locate } from "../services.ts";
import { DOWN, Member, Sink, type End } from "./crew.ts";
import { fullestSecond, IN_FLIGHT, repeatsByCause, UNSYNCED, type Cause } from "./findings.ts";
import { RedisServer, type Persistence } from "./redis-server.ts";
import { allUins } from "./subscribers.ts";
import type { Tally } from "./sink.ts";

export interface Drill {
  readonly seed: string;
  readonly subscribers: number;
  readonly parts: number;
  readonly triggers: Installation["triggers"];
  readonly blockSize: number;
  readonly lotSize: number;
  readonly workers: number;
  readonly slots: number;
  readonly rate: Rate;
  /** How old a grant may be when its push arrives. */
  readonly jitter: Duration;
  /** Of a push to the message service. */
  readonly longestWay: Duration;
  /** What the message service can take in any second. */
  readonly capacity: number;
  readonly lease: Duration;
  /** Workers killed; with them the dispatcher and Redis die once each. When none is, nobody dies. */
  readonly kills: number;
  readonly persistence: Persistence;
  /** Redis dies with its machine, not alone. */
  readonly withMachine: boolean;
  /** Given up after so long, in ms. */
  readonly patience: number;
  /** The folder with the built sources, whose processes are started. */
  readonly built: string;
  /** What a worker's process runs instead of ours: only to show that a sabotaged one is caught. */
  readonly worker?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What the parts of the task hold, all together. */
export interface Holdings {
  readonly filled: number;
  readonly source: number;
  readonly claimed: number;
  readonly finished: number;
}

export interface Outcome {
  readonly isDone: boolean;
  readonly tally: Tally;
  readonly causes: ReadonlyMap<Cause, number>;
  readonly repeated: number;
  readonly fullest: number;
  readonly bound: number;
  /** From the first push to the last, in ms. */
  readonly took: number;
  readonly killed: readonly string[];
  readonly before: Holdings;
  readonly after: Holdings;
  /** Processes that ended by themselves. */
  readonly ends: readonly End[];
}

const TASK = "drill";
const AUDIENCE = { ds: "20160208", label: "drill" };
/** How often progress is looked at, in ms. */
const LOOK = 25;

type Redis = Awaited<ReturnType<typeof connectRedis>>;

export interface Blow {
  /** Of all subscribers told. */
  readonly share: number;
  /** A number is a worker's. */
  readonly victim: "redis" | "dispatcher" | number;
}

/** Who is killed when, in order: workers and the dispatcher anywhere, Redis about the middle. */
export const blowsOf = ({ seed, kills, workers }: Drill): readonly Blow[] => {
  if (kills === 0) return [];
  const draws = new Draws(seed, "blows");
  const at = (n: number): number => draws.at(0, 0, n) / 4_294_967_296;
  const ofWorkers = Array.from({ length: kills }, (_, n) => ({
    share: 0.05 + 0.85 * at(2 * n),
    victim: Math.floor(at(2 * n + 1) * workers),
  }));
  const dispatcher: Blow = { share: 0.1 + 0.5 * at(2 * kills), victim: "dispatcher" };
  const redis: Blow = { share: 0.4 + 0.2 * at(2 * kills + 1), victim: "redis" };
  return [...ofWorkers, dispatcher, redis].sort((a, b) => a.share - b.share);
};

/**
 * Runs one, with a store, a database and queues of its own that are gone afterwards, also when it is interrupted: then it throws the reason. Throws
 * `Away` when a service does not answer.
 */
export const runDrill = async (drill: Drill, interruption?: AbortSignal): Promise<Outcome> => {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const place = await prepare(drill, undo);
    return await unless(interruption, runIn(place, drill, undo));
  } finally {
    await undoAll(undo);
  }
};

/** The last first; one that fails keeps no other from being done. */
export const undoAll = async (steps: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failed: unknown[] = [];
  for (const step of steps.toReversed()) await step().catch((error: unknown) => failed.push(error));
  if (failed.length > 0) throw new Error(`a drill left something behind: ${String(failed[0])}`, { cause: failed[0] });
};

const unless = <T>(interruption: AbortSignal | undefined, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(interruption?.reason as Error);
    interruption?.addEventListener("abort", stop);
    if (interruption?.aborted === true) stop();
    work.then(resolve, reject).finally(() => interruption?.removeEventListener("abort", stop));
  });

export interface Place {
  readonly installation: Installation;
  readonly pool: Awaited<ReturnType<typeof connectMysql>>;
  readonly broker: Awaited<ReturnType<typeof connectRabbit>>;
  readonly server: RedisServer;
  readonly sink: Sink;
}

/** Everything a drill needs but its crew; what is begun is put into `undo`. */
export const prepare = async (drill: Drill, undo: (() => Promise<unknown>)[]): Promise<Place> => {
  const name = `firedrill_drill_${randomBytes(6).toString("hex")}`;
  const [mysql, rabbitmq] = [locate("mysql", drill.environment), locate("rabbitmq", drill.environment)];
  const broker = await connectRabbit(rabbitmq);
  undo.push(async () => {
    await (await RabbitBlocks.open(broker, 1, name)).delete();
    await (await RabbitDoubts.open(broker, name)).delete();
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
  const sink = await Sink.start(drill.built, drill.subscribers);
  undo.push(() => sink.stop());
  const { parts, blockSize, triggers } = drill;
  const names = { database: name, prefix: name };
  const installation = { redis: server.service, mysql, rabbitmq, ...names, parts, blockSize, triggers };
  return { installation, pool, broker, server, sink };
};

const runIn = async (place: Place, drill: Drill, undo: (() => Promise<unknown>)[]): Promise<Outcome> => {
  const { installation, pool, broker, server, sink } = place;
  const { prefix, parts } = installation;
  await migrate(pool);
  await new MysqlAudiences(pool).add(AUDIENCE, allUins(drill.subscribers));
  const crew = crewOf(drill, installation, sink.port);
  const members = [crew.dispatcher, ...crew.workers];
  undo.push(() => Promise.all(members.map((member) => member.stop())));
  for (const member of members) member.start();
  const tasks = new MysqlTasks(pool);
  const due = now();
  await tasks.add({ id: TASK, audience: AUDIENCE, due, weight: 1, state: "scheduled", total: 0 });
  const redis = await connectRedis(server.service);
  await (await openTriggers(installation, redis, { connection: broker, giveUp: () => undefined })).schedule(TASK, due);
  redis.disconnect();
  const look = (store: Redis): Promise<Holdings> => holdings(new RedisParts(store, prefix), parts);
  const struck = await strike(drill, crew, { server, sink, look });
  const isDone = await finished(tasks, drill.patience);
  return outcomeOf(drill, crew, struck, isDone, await sink.tally());
};

interface Crew {
  readonly workers: readonly Member[];
  readonly dispatcher: Member;
}

/** What its crew goes by. */
export const policiesOf = (drill: Drill): { readonly worker: WorkerPolicy; readonly dispatcher: DispatcherPolicy } => {
  const { workers, slots, lotSize, blockSize, lease, rate, jitter } = drill;
  const ahead = Math.max(3 * workers * slots, Math.ceil((3 * rate.perSecond) / blockSize));
  const times = { look: ms(500), find: seconds(2), patience: seconds(10) };
  const grantLasts = (rate.horizon + jitter) as Duration;
  return {
    worker: { lotSize, lease, pause: ms(200), margin: (lease / 4) as Duration, grantLasts },
    dispatcher: { blockSize, ahead, perSecond: rate.perSecond, ...times },
  };
};

const crewOf = (drill: Drill, installation: Installation, port: number): Crew => {
  const { slots, rate, jitter, longestWay, workers, built } = drill;
  const policies = policiesOf(drill);
  const messages = { host: "127.0.0.1", port };
  const ours = join(built, "deploy/drill/role.js");
  return {
    workers: Array.from(
      { length: workers },
      (_, index) =>
        new Member(`w${String(index)}`, drill.worker ?? ours, (incarnation) => ({
          role: "worker",
          config: { ...installation, incarnation, slots, policy: policies.worker, rate, jitter, messages, longestWay },
        })),
    ),
    dispatcher: new Member("dispatcher", ours, () => ({
      role: "dispatcher",
      config: { ...installation, policy: policies.dispatcher, poll: ms(100) },
    })),
  };
};

interface Struck {
  readonly workers: Map<string, number>;
  readonly stores: { readonly killed: number; readonly back: number }[];
  readonly killed: string[];
  before: Holdings;
  after: Holdings;
}

interface Ground {
  readonly server: RedisServer;
  readonly sink: Sink;
  readonly look: (redis: Redis) => Promise<Holdings>;
}

const strike = async (drill: Drill, crew: Crew, ground: Ground): Promise<Struck> => {
  const nothing = { filled: 0, source: 0, claimed: 0, finished: 0 };
  const struck: Struck = { workers: new Map(), stores: [], killed: [], before: nothing, after: nothing };
  const end = Date.now() + drill.patience;
  for (const { share, victim } of blowsOf(drill)) {
    while ((await ground.sink.told()) < share * drill.subscribers) {
      if (Date.now() > end) return struck;
      await sleep(LOOK);
    }
    if (victim === "redis") await strikeRedis(drill, ground, struck);
    else {
      const member = victim === "dispatcher" ? crew.dispatcher : crew.workers[victim]!;
      const [incarnation, at] = await member.kill();
      struck.workers.set(incarnation, at);
      struck.killed.push(incarnation);
    }
  }
  return struck;
};

const strikeRedis = async ({ withMachine }: Drill, { server, look }: Ground, struck: Struck): Promise<void> => {
  const before = await connectRedis(server.service);
  struck.before = await look(before);
  before.disconnect();
  const killed = performance.timeOrigin + performance.now();
  await server.kill(withMachine);
  await sleep(DOWN);
  await server.start();
  struck.stores.push({ killed, back: performance.timeOrigin + performance.now() });
  struck.killed.push("redis");
  const after = await connectRedis(server.service);
  struck.after = await look(after);
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

const outcomeOf = (drill: Drill, crew: Crew, struck: Struck, isDone: boolean, tally: Tally): Outcome => {
  const { lease, persistence, withMachine, rate, jitter } = drill;
  const unsynced = persistence === "none" ? Infinity : withMachine ? UNSYNCED : IN_FLIGHT;
  const unclaimed = persistence !== "none" && !withMachine ? undefined : unsynced;
  const causes = repeatsByCause(tally, struck, { lease: lease / 1_000, unsynced, unclaimed });
  const times = tally.lots.map(({ at }) => at);
  return {
    isDone,
    tally,
    causes,
    repeated: [...causes.values()].reduce((sum, count) => sum + count, 0),
    fullest: fullestSecond(tally.lots).people,
    bound: slidingBound(rate, jitter),
    took: Math.max(0, ...times) - Math.min(...times),
    killed: struck.killed,
    before: struck.before,
    after: struck.after,
    ends: [crew.dispatcher, ...crew.workers].flatMap(({ ends }) => ends),
  };
};
