/** What workers tell the dispatcher, on RabbitMQ: heard, or known to be unheard. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { connectRabbit } from "../../src/deploy/rabbitmq/connection.ts";
import { RabbitReconcileRequests } from "../../src/deploy/rabbitmq/reconcile-requests.ts";
import { describeReal, ownName } from "./real.ts";

const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

await describeReal("rabbitmq", "doubts: RabbitMQ", (service) => {
  const prefix = ownName();
  let connection: Awaited<ReturnType<typeof connectRabbit>>;
  beforeAll(async () => {
    connection = await connectRabbit(service);
  });
  afterEach(async () => (await RabbitReconcileRequests.open(connection, prefix)).delete());
  afterAll(() => connection.close());

  const hearer = async () => {
    const heard: string[] = [];
    let isOver = false;
    const requests = await RabbitReconcileRequests.open(connection, prefix, () => (isOver = true));
    await requests.consume((task, why) => heard.push(`${task}: ${why}`));
    return { heard, isOver: () => isOver };
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 200 && !holds(); tries++) await sleep(10);
    expect(holds()).toBe(true);
  };

  it("are heard, also by one who begins to hear later", async () => {
    const raising = await RabbitReconcileRequests.open(connection, prefix);
    await raising.send("evening", "early");
    const { heard } = await hearer();
    await raising.send("evening", "late");
    await until(() => heard.length === 2);
    expect(heard).toEqual(["evening: early", "evening: late"]);
  });

  it("end for one whose queue is deleted; what is raised after that waits for the next who hears", async () => {
    const raising = await RabbitReconcileRequests.open(connection, prefix);
    const first = await hearer();
    await raising.delete();
    await until(first.isOver);
    await raising.send("evening", "after the queue was gone");
    const second = await hearer();
    await until(() => second.heard.length === 1);
    expect(second.heard).toEqual(["evening: after the queue was gone"]);
    expect(first.heard).toEqual([]);
  });

  it("fail on a connection that is lost, and say that it is over", async () => {
    const own = await connectRabbit(service);
    let isOver = false;
    const requests = await RabbitReconcileRequests.open(own, prefix, () => (isOver = true));
    await own.close();
    await until(() => isOver);
    await expect(requests.send("evening", "nobody hears")).rejects.toThrow();
  });
});
