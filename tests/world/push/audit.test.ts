/** The account of who may be told again, fed by hand: what each mishap excuses, and how often. */
import { describe, expect, it } from "vitest";
import { seconds, START, type Instant } from "../../../src/base/units.ts";
import { EventQueue } from "../../../src/engine/event-queue.ts";
import { Audit } from "../../../src/world/push/audit.ts";
import type { Delivery } from "../../../src/world/push/broker.ts";
import { Lines, Stores } from "../../../src/world/push/stores.ts";
import { modelOf } from "./drive.ts";

const delivery = (block: number, isTwice = false): Delivery => ({
  ...{ number: block, name: { task: "evening", part: 0, block }, isTwice },
});
const TAKEN_OVER = { kind: "yours", members: [1, 2, 3], isNew: false } as const;

const begin = () => {
  const events = new EventQueue();
  const stores = new Stores(modelOf(), { events, lines: new Lines("a"), seed: "a", keeps: seconds(60) });
  const audit = new Audit({ stores, events, tasks: 1, keeps: seconds(60) });
  const shard = stores.part(delivery(1).name).shard;
  const at = (second: number): Instant => (START + seconds(second)) as Instant;
  return { events, stores, audit, shard, at };
};

describe("a slot that dies with a batch pushed and not reported", () => {
  it("excuses each of its members once, and no more than the batch", () => {
    const { audit } = begin();
    audit.took("a", delivery(1));
    audit.pushes("a", [1, 2]);
    audit.died("a");
    expect([audit.blame(delivery(1), 1), audit.blame(delivery(1), 2)]).toEqual(["crash", "crash"]);
    expect(audit.excesses(2)).toEqual([]);
    audit.blame(delivery(1), 1);
    expect(audit.excesses(2)).toEqual(["crash: 3 told again, 2 at most"]);
  });

  it("excuses nobody whom it has reported, or whose block has ended", () => {
    const { audit } = begin();
    audit.took("a", delivery(1));
    audit.pushes("a", [1]);
    audit.reports("a");
    audit.reported("a", { kind: "yours", left: 0 });
    audit.took("b", delivery(2));
    audit.pushes("b", [2]);
    audit.ended("b");
    for (const owner of ["a", "b"]) audit.died(owner);
    expect([audit.blame(delivery(1), 1), audit.blame(delivery(2), 2)]).toEqual(["lease", "lease"]);
  });
});

describe("a block that changes hands while its worker lives", () => {
  it("excuses the batch in the first one's hands, by how it came to the second", () => {
    for (const [isTwice, cause] of [
      [false, "lease"],
      [true, "redelivery"],
    ] as const) {
      const { audit } = begin();
      audit.took("a", delivery(1));
      audit.pushes("a", [1, 2]);
      audit.took("b", delivery(1, isTwice));
      audit.claimed("b", delivery(1, isTwice), TAKEN_OVER);
      expect(audit.blame(delivery(1), 2)).toBe(cause);
      expect(audit.excesses(2)).toEqual([]);
    }
  });

  it("excuses nobody when the first one has nothing in its hands, or another block", () => {
    const { audit } = begin();
    audit.took("a", delivery(1));
    audit.took("b", delivery(2));
    audit.pushes("b", [4]);
    audit.claimed("c", delivery(1), TAKEN_OVER);
    audit.blame(delivery(1), 1);
    expect(audit.excesses(2)).toEqual(["lease: 1 told again, 0 at most"]);
  });
});

describe("a shard that is lost", () => {
  it("excuses what was written later than its replica had heard, and what its workers push unawares", () => {
    const { audit, stores, events, shard, at } = begin();
    const part = stores.part(delivery(1).name);
    audit.wrote(part, [1, 2]);
    events.runBefore(at(5));
    audit.wrote(part, [3]);
    audit.took("a", delivery(1));
    audit.lost(shard, { heard: at(1), isTotal: false });
    audit.pushes("a", [4]);
    audit.pushes("a", [5]);
    const causes = [1, 3, 4, 5].map((uin) => audit.blame(delivery(1), uin));
    expect(causes).toEqual(["lease", "failover", "failover", "lease"]);
  });

  it("excuses everybody under way when nothing is left, and the batch whose report it has not answered", () => {
    const { audit, stores, shard } = begin();
    stores.part(delivery(1).name).records.record(1, [1, 2]);
    audit.lost(shard, { heard: START, isTotal: true });
    audit.took("a", delivery(2));
    audit.pushes("a", [7]);
    audit.reports("a");
    audit.reported("a", undefined);
    expect([1, 2, 7].map((uin) => audit.blame(delivery(1), uin))).toEqual(["failover", "failover", "failover"]);
    expect(audit.excesses(10)).toEqual([]);
  });

  it("excuses the batch of a report that it forgot to own, but only if it was lost since", () => {
    const lost = { kind: "lost", isForgotten: true } as const;
    for (const isLost of [false, true]) {
      const { audit, shard, at } = begin();
      audit.took("a", delivery(1));
      audit.pushes("a", [1]);
      audit.reports("a");
      if (isLost) audit.lost(shard, { heard: at(0), isTotal: false });
      audit.reported("a", lost);
      expect(audit.blame(delivery(1), 1)).toBe(isLost ? "failover" : "lease");
    }
  });
});
