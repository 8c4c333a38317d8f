import { describe, expect, it } from "vitest";
import type { BlockName } from "../../../src/algorithms/push/task.ts";
import { type Instant, instantAt, seconds } from "../../../src/base/units.ts";
import { Broker, type Consumer, type Delivery } from "../../../src/world/push/broker.ts";
import { EventQueue } from "../../../src/engine/event-queue.ts";
import { drive, fault, modelOf } from "./drive.ts";

const at = (second: number): Instant => instantAt(seconds(second));
const block = (number: number): BlockName => ({ task: "evening", part: 0, block: number });

/** A broker that detects a lost consumer after a second, and the deliveries of each consumer. */
const brokerOf = () => {
  const events = new EventQueue();
  const broker = new Broker(modelOf({ broker: { latency: "1 ms", redelivery: "1 s" } }).broker, events, "broker");
  const handed: { readonly host: number; readonly block: number; readonly isTwice: boolean }[] = [];
  const deliveries: Delivery[] = [];
  const slotOf = (host: number): Consumer => ({
    host,
    take: (delivery) => {
      deliveries.push(delivery);
      handed.push({ host, block: delivery.name.block, isTwice: delivery.isTwice });
    },
  });
  return { events, broker, handed, deliveries, slotOf };
};

describe("a broker that loses a host", () => {
  it("hands what it held to others when it has noticed, and not as something that comes twice", () => {
    const { events, broker, handed, slotOf } = brokerOf();
    broker.wait(slotOf(1));
    broker.publish(block(7));
    events.runBefore(at(1));
    broker.lose(1);
    broker.wait(slotOf(2));
    events.runBefore(at(1.9));
    expect(handed).toEqual([{ host: 1, block: 7, isTwice: false }]);
    events.runBefore(at(2.1));
    expect(handed.slice(1)).toEqual([{ host: 2, block: 7, isTwice: false }]);
  });

  it("hands nothing to whoever of it was waiting", () => {
    const { events, broker, handed, slotOf } = brokerOf();
    broker.wait(slotOf(1));
    broker.lose(1);
    broker.wait(slotOf(2));
    broker.publish(block(7));
    events.runBefore(at(1));
    expect(handed.map(({ host }) => host)).toEqual([2]);
  });

  it("is told by the host's crash: blocks come back though no dispatcher publishes them again", () => {
    const { missed, push } = drive({
      model: modelOf({ dispatcher: { patience: "10 min" } }),
      faults: [fault("crash", 1, 20, { host: ["worker-1", "worker-2"] }, { crash: 1_200 })],
    });
    expect(push.hosts.reduce((sum, { crashes }) => sum + crashes, 0)).toBeGreaterThan(2);
    expect(missed).toBe(0);
  });
});

describe("a broker that believes a worker lost who lives", () => {
  it("hands the block out once more and says so; the first one's acknowledgement means nothing any more", () => {
    const { events, broker, handed, deliveries, slotOf } = brokerOf();
    broker.redelivery = 1;
    broker.wait(slotOf(1));
    broker.publish(block(7));
    events.runBefore(at(0.5));
    broker.redelivery = 0;
    events.runBefore(at(2));
    broker.acknowledge(deliveries[0]!);
    broker.wait(slotOf(2));
    events.runBefore(at(3));
    expect(handed).toEqual([
      { host: 1, block: 7, isTwice: false },
      { host: 2, block: 7, isTwice: true },
    ]);
    broker.return(deliveries[1]!, seconds(1));
    broker.wait(slotOf(3));
    events.runBefore(at(5));
    expect(handed[2]).toEqual({ host: 3, block: 7, isTwice: true });
  });

  it("does not when the block was acknowledged before", () => {
    const { events, broker, handed, deliveries, slotOf } = brokerOf();
    broker.redelivery = 1;
    broker.wait(slotOf(1));
    broker.publish(block(7));
    events.runBefore(at(0.5));
    broker.acknowledge(deliveries[0]!);
    broker.wait(slotOf(1));
    events.runBefore(at(3));
    expect(handed).toHaveLength(1);
    expect(broker.size).toBe(0);
  });
});
