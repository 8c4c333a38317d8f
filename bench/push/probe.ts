/**
 * A worker without its machine, as a process of its own: `node probe.js '{…}'`. For each step that it is told, all its slots
 * perform the step for each of their blocks, and it answers how long each took. Several such processes do the same step at the
 * same time, so that a step is measured with as many at once as in the drill.
 */
import type { BlockName } from "../../src/algorithms/push/task.ts";
import { assert } from "../../src/base/assert.ts";
import { now } from "../../src/deploy/clock.ts";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { MysqlRecords } from "../../src/deploy/mysql/records.ts";
import type { MessageService } from "../../src/deploy/ports.ts";
import { messageServiceAt } from "../../src/deploy/push/message-service.ts";
import type { WorkerConfig } from "../../src/deploy/push/processes.ts";
import { RabbitBlocks } from "../../src/deploy/rabbitmq/blocks.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisLimiter } from "../../src/deploy/redis/limiters.ts";
import { RedisParts } from "../../src/deploy/redis/parts.ts";
import { OF_BATCHES, type Step } from "./steps.ts";

/** What a probe is given. */
export interface Probe {
  readonly config: WorkerConfig;
  /** By slot: its blocks. */
  readonly blocks: readonly (readonly BlockName[])[];
}

/** What the slots of a probe use, and what they have claimed. */
interface Clients {
  readonly parts: RedisParts;
  readonly records: MysqlRecords;
  readonly limiter: RedisLimiter;
  readonly service: MessageService;
  readonly members: Map<BlockName, readonly number[]>;
}

/** One slot at one block. */
interface Task {
  readonly name: BlockName;
  readonly owner: string;
  /** The batch of a step of `OF_BATCHES`. */
  readonly batch: readonly number[];
}

/** Performs one step for one block, or for one of its batches. */
const perform = async (step: Step, { name, owner, batch }: Task, clients: Clients, config: WorkerConfig) => {
  const { parts, records, limiter, service, members } = clients;
  const { blockSize, rate } = config;
  const { lease, batchSize } = config.policy;
  const all = members.get(name) ?? [];
  switch (step) {
    case "deliver":
      return undefined;
    case "look-up":
      return records.get(name);
    case "claim": {
      const answer = await parts.claim(name, owner, blockSize, lease);
      assert(answer.kind === "yours" && answer.members.length === blockSize, () => `a claim is ${answer.kind}`);
      return members.set(name, answer.members);
    }
    case "record":
      return records.record(name, all);
    case "grant":
      return limiter.grant(batchSize, rate);
    case "push":
      return service.push({ name, owner, uins: batch });
    case "report":
      return parts.report(name, owner, batch, lease);
    case "record-finished":
      return records.finish(name, all);
    case "finish":
      return parts.finish(name, all);
  }
};

/** Performs a step for each block of a slot, one after the other, and returns the times in ms. */
const slotDoes = async (step: Step, slot: number, { config, blocks }: Probe, clients: Clients) => {
  const { incarnation, blockSize } = config;
  const { batchSize } = config.policy;
  const times: number[] = [];
  for (const [index, name] of blocks[slot]!.entries()) {
    const batches = OF_BATCHES.has(step) ? blockSize / batchSize : 1;
    for (let place = 0; place < batches; place++) {
      const batch = clients.members.get(name)?.slice(place * batchSize, (place + 1) * batchSize) ?? [];
      const start = performance.now();
      await perform(step, { name, owner: `${incarnation}/${String(slot)}`, batch }, clients, config);
      // The first block is to warm up.
      if (index > 0) times.push(performance.now() - start);
    }
  }
  return times;
};

/** A queue of blocks, and what it calls when its connection is over. */
interface Queue {
  readonly blocks: RabbitBlocks;
  whenOver: (error: Error) => void;
}

/** A queue of its own: in the drill the broker has one queue for all workers, with the same work. */
const openQueue = async ({ rabbitmq, slots, prefix, incarnation }: WorkerConfig): Promise<Queue> => {
  let queue: Queue | undefined;
  const whenOver = (): void => queue?.whenOver(new Error("the broker is lost"));
  const connection = await connectRabbit(rabbitmq);
  const blocks = await RabbitBlocks.open(connection, slots, `${prefix}.${incarnation}`, whenOver);
  return (queue = { blocks, whenOver: () => undefined });
};

/** Delivers all blocks through the queue; each acknowledgement lets the broker hand out one more. Returns the times in ms. */
const deliver = async (queue: Queue, names: readonly BlockName[], slots: number): Promise<readonly number[]> => {
  for (const name of names) await queue.blocks.publish(name);
  const acknowledged: number[] = [];
  const times: number[] = [];
  let taken = 0;
  await new Promise<void>((resolve, reject) => {
    const take = (acknowledge: () => void): void => {
      const place = (taken += 1) - 1 - slots;
      if (place >= slots) times.push(performance.now() - acknowledged[place]!);
      acknowledge();
      acknowledged.push(performance.now());
      if (taken === names.length) resolve();
    };
    queue.whenOver = reject;
    queue.blocks.consume((delivery) => take(() => delivery.acknowledge())).catch(reject);
  });
  await queue.blocks.delete();
  return times;
};

const main = async (probe: Probe): Promise<void> => {
  const { config, blocks } = probe;
  const redis = await connectRedis(config.redis);
  const clients: Clients = {
    parts: new RedisParts(redis, config.prefix),
    records: new MysqlRecords(await connectMysql(config.mysql, config.database)),
    limiter: new RedisLimiter(redis, now, config.jitter, config.prefix),
    service: messageServiceAt(config.messages.host, config.messages.port, { sent: 5_000, answered: 5_000 }),
    members: new Map<BlockName, readonly number[]>(),
  };
  const queue = await openQueue(config);
  process.on("message", (step: Step) => {
    const all =
      step === "deliver"
        ? [deliver(queue, blocks.flat(), config.slots)]
        : blocks.map((_, slot) => slotDoes(step, slot, probe, clients));
    void Promise.all(all).then((times) => process.send!(times.flat()));
  });
  process.on("disconnect", () => process.exit());
  process.send!("ready");
};

await main(JSON.parse(process.argv[2]!) as Probe);
