/** Reminders through the whole world of push: the machines that are deployed, between stores that fail. */
import { describe, expect, it } from "vitest";
import { slidingBound } from "../../../src/algorithms/push/limiter.ts";
import type { PushFault } from "../../../src/scenario/push/faults.ts";
import { ms } from "../../../src/base/units.ts";
import type { Push } from "../../../src/world/push/push.ts";
import { DEAF_TO_LEASES, DEAF_TO_LOSS, HASTY } from "./canary.ts";
import { drive, fault, modelOf } from "./drive.ts";

const HOSTS = { host: ["worker-1", "worker-2"] };

/** Every kind at once; the seed decides when hosts crash and which deliveries the broker repeats. */
const disaster = (strength: number): readonly PushFault[] => [
  fault("crash", 1, 20, HOSTS, { crash: 600 * strength }),
  fault("broker", 1, 20, { broker: ["broker"] }, { redelivery: 0.2 * strength }),
  fault("lag", 3, 8, { shard: ["shard-2"] }, { storeLag: (500_000 * strength) as never }),
  fault("slow", 4, 9, { shard: ["shard-3"] }, { slow: 1 + 50_000 * strength }),
  fault("lost", 5, 50, { shard: ["shard-2"] }, { failover: strength > 0 }),
  fault("lost-too", 9, 50, { shard: ["shard-1"] }, { failover: strength > 0 }),
  fault("skew", 2, 12, { host: ["worker-1"] }, { skew: ms(600 * strength) }),
  ...(strength === 0
    ? []
    : [
        fault("broker-down", 6, 8, { broker: ["broker"] }, { down: "reset" }),
        fault("records-down", 7, 10, { records: ["records"] }, { down: "reset" }),
      ]),
];

const holdsTogether = (push: Push): void => {
  expect(push.census(0)).toMatchObject({ strays: 0, doubles: 0, missed: 0 });
};

describe("on a day on which nothing happens", () => {
  const calm = drive({ look: holdsTogether });

  it("everybody is told once", () => {
    expect(calm.missed).toBe(0);
    expect(calm.repeated).toBe(0);
    expect(calm.notes.firsts).toBe(2_000);
    expect(calm.push.isDone(0)).toBe(true);
  });

  it("no second sees more than limit, burst and what grants of that age add, and the limit is used", () => {
    const { limiter, service } = modelOf();
    const bound = slidingBound({ perSecond: limiter.limit, burst: limiter.burst }, limiter.jitter);
    expect(bound).toBeLessThanOrEqual(service.capacity);
    expect(calm.notes.peak).toBeLessThanOrEqual(bound);
    expect(calm.notes.refusals).toBe(0);
    // Ten seconds' worth, after one: the limiter knows nothing at first, and counts its horizon as spent.
    expect(calm.notes.latest / 1e6).toBeGreaterThan(10.5);
    expect(calm.notes.latest / 1e6).toBeLessThan(12);
  });

  it("the same comes out again, and something else with other dice", () => {
    expect(drive({}).digest).toBe(calm.digest);
    expect(drive({ seed: "other" }).digest).not.toBe(calm.digest);
  });

  it("faults of no strength leave everything as it was, to the last event", () => {
    const without = drive({ faults: disaster(0) });
    expect([without.digest, without.events]).toEqual([calm.digest, calm.events]);
  });

  it("everybody is somewhere also before the task is due, when lists are filled and apps have not shown it yet", () => {
    const model = modelOf({
      tasks: { evening: { at: "20 s", subscribers: 2_000 } },
      dispatcher: { lead: "15 s" },
      prefetch: { share: "70 %", over: "1 s" },
    });
    const { missed, repeated, notes } = drive({ model, look: holdsTogether });
    expect([missed, repeated]).toEqual([0, 0]);
    expect(notes.shownByApps).toBeGreaterThan(1_300);
  });

  it("a host may be crashed at a moment of one's own: it is away for its restart, and everybody is told", () => {
    const seen: boolean[] = [];
    let second = 0;
    const crashed = drive({
      look: ({ hosts }) => {
        second += 1;
        if (second === 4) hosts[0]!.crash();
        if (second === 4) expect(() => hosts[0]!.crash()).toThrow("worker-1 is down");
        if (second >= 4 && second <= 6) seen.push(hosts[0]!.isUp);
      },
    });
    expect(seen).toEqual([false, false, true]);
    expect([crashed.push.hosts[0]!.crashes, crashed.push.hosts[1]!.crashes, crashed.missed]).toEqual([1, 0, 0]);
  });

  it("two tasks share the pace by weight", () => {
    const tasks = {
      light: { at: "1 s", subscribers: 2_000 },
      heavy: { at: "1 s", subscribers: 2_000, weight: 3 },
    };
    let half: readonly number[] = [];
    const { missed } = drive({
      model: modelOf({ tasks }),
      look: ({ told }) => {
        const counts = told.map((one) => one.reduce((sum, times) => sum + Math.min(1, times), 0));
        if (half.length === 0 && counts[0]! + counts[1]! >= 2_000) half = counts;
      },
    });
    expect(missed).toBe(0);
    expect(half[1]! / half[0]!).toBeGreaterThan(2);
    expect(half[1]! / half[0]!).toBeLessThan(4);
  });
});

describe("who has fetched ahead", () => {
  const model = modelOf({ prefetch: { share: "70 %", from: "-10 h", over: "1 h" } });
  const mixed = drive({ model });

  it("is told by the own app and not pushed to", () => {
    expect(mixed.notes.shownByApps).toBeGreaterThan(1_300);
    expect(mixed.notes.shownByApps).toBeLessThan(1_500);
    expect(mixed.notes.shownByApps + mixed.notes.firsts).toBe(2_000);
    expect(mixed.missed + mixed.repeated).toBe(0);
    expect(mixed.notes.latest / 1e6).toBeLessThan(5);
  });

  it("fetches at an own moment of the night", () => {
    expect(mixed.notes.fetches.reduce((sum, count) => sum + count, 0)).toBe(mixed.notes.shownByApps);
    expect(mixed.notes.fetches.length).toBe(3_600);
    expect(Math.max(...mixed.notes.fetches)).toBeLessThan(8);
  });
});

describe("each fault alone", () => {
  const calm = drive({});

  it("a host that crashes tells at most the batches in its hands again", () => {
    const { push, missed, notes } = drive({
      faults: [fault("crash", 1, 20, HOSTS, { crash: 1_200 })],
      look: holdsTogether,
    });
    const crashes = push.hosts.reduce((sum, host) => sum + host.crashes, 0);
    expect(crashes).toBeGreaterThan(2);
    expect(missed).toBe(0);
    expect(notes.repeats.crash).toBeLessThanOrEqual(crashes * 3 * 10);
    expect(notes.repeats).toMatchObject({ redelivery: 0, lease: 0, failover: 0 });
  });

  const twice = {
    faults: [fault("broker", 1, 20, { broker: ["broker"] }, { redelivery: 0.5 })],
    model: modelOf({ broker: { redelivery: "50 ms" } }),
  };

  it("a block that is handed out twice while its lease runs is told once", () => {
    const { missed, repeated } = drive({ ...twice, look: holdsTogether });
    expect([missed, repeated]).toEqual([0, 0]);
  });

  it("a worker that does not heed another's lease repeats more than a block that is handed out twice can", () => {
    const { notes, push } = drive({ ...twice, machines: DEAF_TO_LEASES });
    expect(notes.repeats.redelivery).toBeGreaterThan(0);
    // And who had the block first tells them after the other one.
    expect(push.excesses()).toContainEqual(expect.stringMatching(/^redelivery: \d+ told again, 0 at most$/));
  });

  it("a broker that stops hands out again what was not acknowledged, and nobody is told twice", () => {
    const down = fault("down", 4, 14, { broker: ["broker"] }, { down: "reset" });
    const { missed, repeated, notes } = drive({ faults: [down], look: holdsTogether });
    expect([missed, repeated]).toEqual([0, 0]);
    // What lies with workers is told; then there is nothing to tell for most of ten seconds.
    expect(notes.latest - calm.notes.latest).toBeGreaterThan(4e6);
    expect(notes.latest - calm.notes.latest).toBeLessThan(12e6);
  });

  it("while the records are away what is claimed is told, nothing begins or ends, and nobody is told twice", () => {
    const away = fault("away", 4, 14, { records: ["records"] }, { down: "reset" });
    const { missed, repeated, notes } = drive({ faults: [away], look: holdsTogether });
    expect([missed, repeated]).toEqual([0, 0]);
    expect(notes.latest - calm.notes.latest).toBeGreaterThan(4e6);
    expect(notes.latest - calm.notes.latest).toBeLessThan(12e6);
  });

  it("a task that is due while the records are away begins when they are back", () => {
    const away = fault("away", 0, 21, { records: ["records"] }, { down: "reset" });
    const { missed, repeated, notes } = drive({ faults: [away], look: holdsTogether });
    expect([missed, repeated]).toEqual([0, 0]);
    expect(notes.latest / 1e6).toBeGreaterThan(30);
  });

  it("a lost shard tells again at most what was written to it in its replica's lag", () => {
    const lost = drive({
      faults: [fault("lost", 5, 6, { shard: ["shard-2"] }, { failover: true })],
      look: holdsTogether,
    });
    expect(lost.missed).toBe(0);
    // Half a second at 200 a second, and the blocks that its six slots may have claimed in it.
    expect(lost.notes.repeats.failover).toBeLessThanOrEqual(100 + 6 * 100);
    expect(lost.notes.repeats).toMatchObject({ redelivery: 0, lease: 0, crash: 0 });
  });

  it("a shard that nobody has a copy of is filled anew, and nobody is left out", () => {
    const model = modelOf({ store: { replicas: 0 } });
    const lost = drive({ model, faults: [fault("lost", 5, 6, { shard: ["shard-2"] }, { failover: true })] });
    expect(lost.missed).toBe(0);
    expect(lost.notes.repeats).toMatchObject({ redelivery: 0, lease: 0, crash: 0 });
  });

  it("a replica that is further behind loses more", () => {
    const model = modelOf({ tasks: { evening: { at: "1 s", subscribers: 6_000 } } });
    const shard = { shard: ["shard-1", "shard-2", "shard-3"] };
    const lost = fault("lost", 12, 13, shard, { failover: true });
    const near = drive({ model, faults: [lost], lasting: 120 });
    const far = drive({
      model,
      faults: [fault("lag", 2, 20, shard, { storeLag: 4_000_000 as never }), lost],
      lasting: 120,
    });
    expect([near.missed, far.missed]).toEqual([0, 0]);
    expect(far.notes.repeats.failover).toBeGreaterThan(near.notes.repeats.failover);
  });

  it("a shard that is slower than leases last holds up its blocks, and tells nobody twice", () => {
    const slow = fault("slow", 3, 15, { shard: ["shard-3"] }, { slow: 500_000 });
    const { missed, repeated, notes } = drive({ faults: [slow], lasting: 120, look: holdsTogether });
    expect([missed, repeated]).toEqual([0, 0]);
    expect(notes.latest).toBeGreaterThan(calm.notes.latest);
  });

  it("a shard that was slow works off what waits at its own pace again", () => {
    // Six slots wait when it is over; each of their calls would take 50 s at the pace of the fault.
    const slow = fault("slow", 3, 6, { shard: ["shard-1", "shard-2", "shard-3"] }, { slow: 500_000 });
    const { missed, notes } = drive({ faults: [slow], lasting: 300, look: holdsTogether });
    expect(missed).toBe(0);
    expect((notes.latest - calm.notes.latest) / 1e6).toBeLessThan(75);
  });

  it("slots that wait for a slow shard are at work, also while they wait and when the run ends", () => {
    const slow = fault("slow", 1, 60, { shard: ["shard-1", "shard-2", "shard-3"] }, { slow: 500_000 });
    const { notes } = drive({ faults: [slow], lasting: 30 });
    // Six slots, from when their first blocks came.
    expect(notes.workedUs / 1e6).toBeGreaterThan(6 * 24);
    expect(notes.workedUs / 1e6).toBeLessThanOrEqual(6 * 29);
  });

  const hasty = {
    service: { latency: "1 s" },
    limiter: { horizon: "50 ms", jitter: "800 ms" },
    workers: { lease: "1200 ms" },
    dispatcher: { patience: "500 ms" },
  };

  it("a lease that some pushes outlast lets others take over, and what was under way is told again", () => {
    const { missed, notes, push } = drive({ model: modelOf(hasty), lasting: 600, look: holdsTogether });
    expect(missed).toBe(0);
    expect(notes.repeats.lease).toBeGreaterThan(0);
    expect(notes.repeats).toMatchObject({ crash: 0, redelivery: 0, failover: 0 });
    expect(push.excesses()).toEqual([]);
  });

  it("a block that came twice and whose lease some pushes outlast is told again as much, and no more", () => {
    const { notes, push } = drive({
      model: modelOf({ ...hasty, broker: { redelivery: "50 ms" }, dispatcher: { patience: "60 s" } }),
      faults: [fault("broker", 1, 200, { broker: ["broker"] }, { redelivery: 0.5 })],
      lasting: 600,
    });
    expect(notes.repeats.redelivery).toBeGreaterThan(0);
    expect(push.excesses()).toEqual([]);
  });

  it("a worker that goes on with a block that it has lost repeats more than an expired lease can", () => {
    const { push } = drive({ model: modelOf(hasty), machines: DEAF_TO_LOSS, lasting: 600 });
    expect(push.excesses()).toEqual([expect.stringMatching(/^lease: \d+ told again, \d+ at most$/)]);
  });
});

describe("the limiter", () => {
  const skewed = fault("skew", 5, 9, { host: ["worker-1"] }, { skew: ms(500) });

  it("does not care what the hosts' clocks show", () => {
    const { notes } = drive({ faults: [skewed] });
    expect(notes.peak).toBeLessThanOrEqual(230);
    expect(notes.refusals).toBe(0);
  });

  it("whose shard is lost grants nothing twice that was reserved, though a replica takes over at once", () => {
    // Blocks of the ten seconds without workers: half of their slots have all of the horizon reserved, and the others ask.
    const model = modelOf({
      limiter: { horizon: "500 ms" },
      workers: { slots: 15 },
      store: { promotion: "0 s" },
      dispatcher: { ahead: 60 },
      tasks: { evening: { at: "1 s", subscribers: 6_000 } },
    });
    const shards = { shard: ["shard-1", "shard-2", "shard-3"] };
    const { notes, missed } = drive({
      model,
      faults: [fault("down", 2, 12, HOSTS, { crash: 36_000 }), fault("lost", 15, 16, shards, { failover: true })],
    });
    expect(missed).toBe(0);
    expect(notes.peak).toBeLessThanOrEqual(230);
    expect(notes.refusals).toBe(0);
  });

  it("that counts seconds of the hosts' clocks lets more through than the service takes when one of them jumps; what it refuses is sent again", () => {
    const { notes, missed } = drive({ model: modelOf({ limiter: { kind: "counter" } }), faults: [skewed] });
    expect(notes.peak).toBeGreaterThan(modelOf().service.capacity);
    expect(notes.refusals).toBeGreaterThan(0);
    expect(missed).toBe(0);
  });
});

describe("everything at once", () => {
  it("in a thousand worlds everybody is told, nobody falls between the stores, and no second is too full", () => {
    const causes = { crash: 0, redelivery: 0, lease: 0, failover: 0 };
    let crashes = 0;
    for (let seed = 0; seed < 1_000; seed++) {
      const { missed, notes, push } = drive({
        seed: String(seed),
        faults: disaster(1),
        lasting: 90,
        look: seed % 20 === 0 ? holdsTogether : () => undefined,
      });
      expect([seed, missed, push.isDone(0)]).toEqual([seed, 0, true]);
      expect(push.excesses()).toEqual([]);
      expect(notes.peak).toBeLessThanOrEqual(230);
      expect(notes.refusals).toBe(0);
      for (const cause of Object.keys(causes) as (keyof typeof causes)[]) causes[cause] += notes.repeats[cause];
      crashes += push.hosts.reduce((sum, host) => sum + host.crashes, 0);
    }
    // Else the thousand would show nothing.
    expect(crashes).toBeGreaterThan(3_000);
    expect(causes.crash).toBeGreaterThan(0);
    expect(causes.failover).toBeGreaterThan(0);
    expect(causes.crash).toBeLessThanOrEqual(crashes * 3 * 10);
  });

  it("catches a worker that says too early that all were told, by which nobody is the worse while nothing fails", () => {
    const calm = drive({ machines: HASTY });
    expect([calm.missed, calm.repeated, calm.push.isDone(0)]).toEqual([0, 0, true]);
    const { missed, push } = drive({ machines: HASTY, faults: disaster(1), lasting: 60 });
    expect(missed).toBeGreaterThan(0);
    expect(push.census(0)).toMatchObject({ strays: missed, missed });
  });
});
