/**
 * A worker without its machine, as a process of its own: `node probe.js '{…}'`. Told a step, all its slots perform that step for each of their blocks, and it
 * answers how long each took. Several such processes do the same step at the same time, so that a step is measured with as many at once as in the drill.
 */
import type { BlockName } from "../../src/algorithms/push/task.ts";
import { assert } from "../../src/base/assert.ts";
import { now } from "../../src/deploy/clock.ts";
import { connectMysql } from "../../src/deploy/mysql/connection.ts";
import { MysqlRecords } from "../../src/deploy/mysql/records.ts";
import { messageServiceAt } from "../../src/deploy/push/message-service.ts";
import type { WorkerConfig } from "../../src/deploy/push/processes.ts";
import { RabbitBlocks } from "../../src/deploy/rabbitmq/blocks.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { connectRedis } from "../../src/deploy/redis/connection.ts";
import { RedisLimiter } from "../../src/deploy/redis/limiters.ts";
import { RedisParts } from "../../src/deploy/redis/parts.ts";
import { OF_LOTS, type Step } from "./steps.ts";

export interface Probe {
  readonly config: WorkerConfig;
  /** By slot: its blocks. */
  readonly blocks: readonly (readonly BlockName[])[];
}

const main = async ({ config, blocks }: Probe): Promise<void> => {
  const { incarnation, slots, prefix, policy, blockSize, rate, jitter, messages } = config;
  const { lease, lotSize } = policy;
  const redis = await connectRedis(config.redis);
  const parts = new RedisParts(redis, prefix);
  const records = new MysqlRecords(await connectMysql(config.mysql, config.database));
  const limiter = new RedisLimiter(redis, now, jitter, prefix);
  const service = messageServiceAt(messages.host, messages.port, { sent: 5_000, answered: 5_000 });
  // A queue of its own: in the drill the broker has one for all, which is no other work.
  let lost: (error: Error) => void = () => undefined;
  const whenOver = (): void => lost(new Error("the broker is lost"));
  const queue = await RabbitBlocks.open(
    await connectRabbit(config.rabbitmq),
    slots,
    `${prefix}.${incarnation}`,
    whenOver,
  );
  const members = new Map<BlockName, readonly number[]>();

  /** One step for one block, and for one of its lots. */
  const perform = async (step: Step, name: BlockName, owner: string, lot: readonly number[]): Promise<unknown> => {
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
        return limiter.grant(lotSize, rate);
      case "push":
        return service.push({ name, owner, uins: lot });
      case "report":
        return parts.report(name, owner, lot, lease);
      case "record-finished":
        return records.finish(name, all);
      case "finish":
        return parts.finish(name, all);
    }
  };

  const slotDoes = async (step: Step, slot: number): Promise<readonly number[]> => {
    const times: number[] = [];
    for (const [index, name] of blocks[slot]!.entries()) {
      const lots = OF_LOTS.has(step) ? blockSize / lotSize : 1;
      for (let lot = 0; lot < lots; lot++) {
        const uins = members.get(name)?.slice(lot * lotSize, (lot + 1) * lotSize) ?? [];
        const start = performance.now();
        await perform(step, name, `${incarnation}/${String(slot)}`, uins);
        // The first block is to warm up.
        if (index > 0) times.push(performance.now() - start);
      }
    }
    return times;
  };

  /** Each acknowledgement lets the broker hand out one more. */
  const deliver = async (): Promise<readonly number[]> => {
    const names = blocks.flat();
    for (const name of names) await queue.publish(name);
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
      lost = reject;
      queue.consume((delivery) => take(() => delivery.acknowledge())).catch(reject);
    });
    await queue.delete();
    return times;
  };

  process.on("message", (step: Step) => {
    const all = step === "deliver" ? [deliver()] : blocks.map((_, slot) => slotDoes(step, slot));
    void Promise.all(all).then((times) => process.send!(times.flat()));
  });
  process.on("disconnect", () => process.exit());
  process.send!("ready");
};

await main(JSON.parse(process.argv[2]!) as Probe);
