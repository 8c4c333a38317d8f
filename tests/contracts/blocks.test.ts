/** The queue of blocks on RabbitMQ: what dispatcher and workers build on. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ms } from "../../src/base/units.ts";
import type { BlockDelivery } from "../../src/deploy/ports.ts";
import { RabbitBlocks } from "../../src/deploy/rabbitmq/blocks.ts";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { describeReal, ownName } from "./real.ts";

const name = (block: number) => ({ task: "evening", part: 1, block });
const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

await describeReal("rabbitmq", "blocks: RabbitMQ", (service) => {
  const prefix = ownName();
  const connections: Awaited<ReturnType<typeof connectRabbit>>[] = [];
  let publisher: RabbitBlocks;

  /** A consumer with a connection of its own, and what was handed to it. */
  const consumer = async (slots: number) => {
    const connection = await connectRabbit(service);
    connections.push(connection);
    let isOver = false;
    const blocks = await RabbitBlocks.open(connection, slots, prefix, () => (isOver = true));
    const deliveries: BlockDelivery[] = [];
    await blocks.consume((delivery) => deliveries.push(delivery));
    return { connection, blocks, deliveries, isOver: () => isOver };
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 200 && !holds(); tries++) await sleep(10);
    expect(holds()).toBe(true);
  };

  beforeAll(async () => {
    const connection = await connectRabbit(service);
    publisher = await RabbitBlocks.open(connection, 1, prefix);
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close().catch(() => undefined);
    await publisher.delete();
    publisher = await RabbitBlocks.open(await connectRabbit(service), 1, prefix);
  });
  afterAll(() => publisher.delete());

  it("hands a worker as many blocks as it has slots, and the next for each acknowledged", async () => {
    for (let block = 0; block < 5; block++) await publisher.publish(name(block));
    const { deliveries } = await consumer(2);
    await until(() => deliveries.length === 2);
    await sleep(50);
    expect(deliveries.map((one) => one.name.block)).toEqual([0, 1]);
    expect(deliveries.every((one) => !one.isAgain)).toBe(true);
    deliveries[0]!.acknowledge();
    await until(() => deliveries.length === 3);
    expect(await publisher.waiting()).toBe(2);
  });

  it("hands on what a lost connection had in hand, and nothing that was acknowledged", async () => {
    for (let block = 0; block < 3; block++) await publisher.publish(name(block));
    const first = await consumer(3);
    await until(() => first.deliveries.length === 3);
    first.deliveries[1]!.acknowledge();
    await first.blocks.close();
    await first.connection.close();
    await until(first.isOver);
    const second = await consumer(3);
    await until(() => second.deliveries.length === 2);
    expect(second.deliveries.map((one) => [one.name.block, one.isAgain])).toEqual([
      [0, true],
      [2, true],
    ]);
  });

  it("hands out a block that was given back once its rest is over, and says that it is there again", async () => {
    await publisher.publish(name(9));
    const { deliveries } = await consumer(1);
    await until(() => deliveries.length === 1);
    const start = performance.now();
    await deliveries[0]!.giveBack(ms(120));
    await until(() => deliveries.length === 2);
    expect(performance.now() - start).toBeGreaterThan(115);
    expect(deliveries[1]).toMatchObject({ name: name(9), isAgain: true });
    deliveries[1]!.acknowledge();
    await sleep(50);
    expect(await publisher.waiting()).toBe(0);
  });

  it("keeps a block whose copy could not be laid to rest", async () => {
    await publisher.publish(name(4));
    const first = await consumer(1);
    await until(() => first.deliveries.length === 1);
    // The queue where it would rest is there already, and not as it has to be.
    const channel = await first.connection.createChannel();
    await channel.assertQueue(`${prefix}.blocks.rest.50`, { durable: true });
    await expect(first.deliveries[0]!.giveBack(ms(50))).rejects.toThrow();
    expect(first.isOver()).toBe(true);
    await channel.deleteQueue(`${prefix}.blocks.rest.50`);
    await first.connection.close();
    const second = await consumer(1);
    await until(() => second.deliveries.length === 1);
    expect(second.deliveries[0]).toMatchObject({ name: name(4), isAgain: true });
  });

  it("is over for a consumer whose queue is deleted, and nothing is published into the void", async () => {
    const { isOver } = await consumer(1);
    await publisher.delete();
    await until(isOver);
    await expect(publisher.publish(name(1))).rejects.toThrow(`the broker has no queue ${prefix}.blocks`);
  });

  it("refuses to publish on a connection that is lost, instead of waiting for another", async () => {
    const connection = await connectRabbit(service);
    const blocks = await RabbitBlocks.open(connection, 1, prefix);
    await connection.close();
    await expect(blocks.publish(name(1))).rejects.toThrow();
  });
});
