import { describe, expect, it } from "vitest";
import { warnOfPush } from "../../../src/scenario/push/checks.ts";
import { HEAD, problemsOf, read, scenarioOf } from "../reading.ts";

const world = (more = "", tasks = "evening: { at: 1 h, subscribers: 1 M }"): string => `${HEAD}
provenance: { push: { is: assumed, source: firedrill } }
push:
  workers: { hosts: 2, slots: 4 }
  limiter: { limit: 10 k }
  service: { capacity: 12 k }
  tasks: { ${tasks} }
${more}`;

describe("push in a scenario", () => {
  it("is read with every default filled in", () => {
    expect(scenarioOf(read(world())).world.push).toMatchObject({
      store: { shards: 3, replicas: 1, latency: 1_000, lag: 1_000_000, promotion: 15_000_000 },
      workers: { hosts: 2, slots: 4, block: 5_000, lot: 250, lease: 30_000_000 },
      limiter: { kind: "gcra", limit: 10_000, burst: 1_000, horizon: 1_000_000, jitter: 100_000 },
      service: { capacity: 12_000, latency: 20_000 },
      prefetch: { share: 0 },
      tasks: { evening: { at: 3_600_000_000, subscribers: 1_000_000, weight: 1, prefetched: true } },
    });
  });

  it("can be changed by settings", () => {
    const { push } = scenarioOf(
      read(world(), { set: ["push.limiter.kind=counter", "push.prefetch.share=70%", "push.prefetch.over=30 min"] }),
    ).world;
    expect(push).toMatchObject({ limiter: { kind: "counter" }, prefetch: { share: 0.7 } });
  });

  it("gets no new task by one setting, as that would lack its other keys", () => {
    expect(problemsOf(read(world(), { set: ["push.tasks.evning.subscribers=2 M"] }))).toMatchObject([
      { message: 'push.tasks has no "evning"', hint: 'did you mean "evening"?' },
    ]);
  });

  it("needs a provenance for every number", () => {
    const text = world().replace("push: { is", "push.limiter: { is");
    expect(problemsOf(read(text)).map(({ path }) => path)).toContain("push.service.capacity");
  });

  it.each([
    ["no task", world("", ""), "push.tasks: has no task"],
    [
      "a task that is due before prefetching ends",
      world().replace("tasks:", "prefetch: { share: 70 %, over: 2 h }\n  tasks:"),
      "push.tasks.evening.at: is due before prefetching ends",
    ],
    [
      "more subscribers than fit into memory",
      world("", "evening: { at: 1 h, subscribers: 150 M }, night: { at: 2 h, subscribers: 150 M }"),
      "push.tasks: has too many subscribers",
    ],
    [
      "a batch larger than its block",
      world().replace("slots: 4", "slots: 4, block: 100"),
      "push.workers.lot: is larger than push.workers.block",
    ],
    [
      "a lease shorter than a reservation",
      world().replace("slots: 4", "slots: 4, lease: 1 s"),
      "push.workers.lease: may end before its grants are used",
    ],
    [
      "a horizon longer than the lease",
      world().replace("limit: 10 k", "limit: 10 k, horizon: 30 s"),
      "push.workers.lease: may end before its grants are used",
    ],
    ["an unknown limiter", world().replace("limit: 10 k", "limit: 10 k, kind: gcrb"), "push.limiter.kind:"],
    [
      "a rate without a number",
      world().replace("limit: 10 k", "limit: many"),
      'push.limiter.limit: "many" is not a count',
    ],
    [
      "a task that is due after the run",
      world("", "evening: { at: 9 h, subscribers: 5 }"),
      "push.tasks.evening.at: is not before the end of the run",
    ],
    [
      "parts larger than a set",
      world("", "evening: { at: 1 h, subscribers: 50 M }").replace(
        "limit: 10 k }",
        "limit: 10 k }\n  dispatcher: { parts: 3 }",
      ),
      "push.dispatcher.parts: is too small: a part holds at most 16000000 subscribers",
    ],
    [
      "a horizon of an hour",
      world().replace("limit: 10 k", "limit: 10 k, horizon: 1 h").replace("slots: 4", "slots: 4, lease: 2 h"),
      "push.limiter.horizon: is too long: a new or lost limiter grants nothing for this time",
    ],
    [
      "batches of a microsecond",
      world().replace("limit: 10 k", "limit: 1 M").replace("slots: 4", "slots: 4, lot: 1"),
      "push.workers.lot: is too small for the limit",
    ],
    [
      "a counter that grants nothing",
      world().replace("limit: 10 k", "limit: 200, kind: counter"),
      "push.workers.lot: exceeds the limit of one second, so that the counter grants nothing",
    ],
  ])("refuses %s", (_, text, problem) => {
    expect(
      problemsOf(read(text))
        .map(({ path, message }) => `${path}: ${message}`)
        .join("\n"),
    ).toContain(problem);
  });
});

describe("a mistake in push", () => {
  const fault = `faults: [{ id: one, at: 30 min, failover: true, where: { shard: shard-2 } }]
thresholds: [{ figure: "push.lost.count{task=evening}", max: 0 }]
`;

  it("is reported alone: names of its section are not reported as unknown", () => {
    const found = problemsOf(read(world(fault).replace("slots: 4", "slots: four")));
    expect(found.map(({ path }) => path)).toEqual(["push.workers.slots"]);
  });

  it("gets a hint for a missing key", () => {
    const found = problemsOf(read(world(fault).replace("  limiter: { limit: 10 k }\n", "")));
    expect(found).toMatchObject([{ path: "push.limiter", hint: "write limiter: { limit: 30000 }" }]);
  });

  it("is not assumed if there is no push at all", () => {
    const found = problemsOf(read(`${HEAD}${fault}`));
    expect(found.map(({ path }) => path)).toEqual(["faults[0].where.shard", "thresholds[0].figure"]);
  });
});

describe("a warning about a valid configuration", () => {
  const remark = (limiter: string): string | undefined =>
    warnOfPush(scenarioOf(read(world().replace("limit: 10 k", limiter))).world.push!);

  it("is given for a limit above the capacity of the message service", () => {
    expect(remark("limit: 10 k, burst: 1000, jitter: 100 ms")).toBeUndefined();
    expect(remark("limit: 10 k, burst: 1001, jitter: 100 ms")).toMatch(/up to 12001 messages .*capacity is 12000/);
    expect(remark("limit: 6 k, kind: counter")).toBeUndefined();
    expect(remark("limit: 10 k, kind: counter")).toMatch(/up to 20000 messages/);
  });
});

describe("a lease", () => {
  // Horizon 1 s, jitter 100 ms, and a margin of twice the message service's 20 ms.
  const lease = (text: string, limiter = ""): string =>
    world().replace("slots: 4", `slots: 4, lease: ${text}`).replace("limit: 10 k", `limit: 10 k${limiter}`);

  it("is longer than horizon, jitter and margin together, and the problem says how long", () => {
    expect(problemsOf(read(lease("1150 ms"))).map(({ hint }) => hint)).toEqual([
      "write more than 1 s 150 ms, or a shorter push.limiter.horizon",
    ]);
    expect(scenarioOf(read(lease("1151 ms"))).world.push).toMatchObject({ workers: { lease: 1_151_000 } });
  });

  it("may be shorter with the counter, whose grants begin at once", () => {
    expect(scenarioOf(read(lease("151 ms", ", kind: counter"))).world.push).toMatchObject({
      workers: { lease: 151_000 },
    });
  });
});

describe("faults of push", () => {
  it.each([
    ["crash: 60 /h, where: { host: worker-2 }", []],
    ["skew: -500 ms, where: { host: [worker-1, worker-2] }", []],
    ["failover: true, where: { shard: shard-3 }", []],
    ["store-lag: 2 s, slow: 10, where: { shard: shard-1 }", []],
    ["redelivery: 5 %, where: { broker: broker }", []],
    ["crash: 60 /h, where: { host: worker-3 }", ["faults[0].where.host"]],
    ["failover: true, where: { shard: shard-4 }", ["faults[0].where.shard"]],
    ["crash: 60 /h, where: { shard: shard-1 }", ["faults[0].crash"]],
    ["loss: 3 %, where: { host: worker-1 }", ["faults[0].loss"]],
    ["crash: 60 /h, where: { region: hainan }", ["faults[0].crash"]],
    ["crash: 60 /h, where: {}", ["faults[0].crash"]],
    ["crash: 60, where: { host: worker-1 }", ["faults[0].crash"]],
    ["down: reset, until: 40 min, where: { broker: broker }", []],
    ["down: reset, until: 40 min, where: { records: records }", []],
    ["down: silent, where: { broker: broker }", ["faults[0].down"]],
    ["down: reset, where: { shard: shard-1 }", ["faults[0].down"]],
    ["down: reset, where: { records: redis }", ["faults[0].where.records"]],
    ["failover: true, until: 40 min, where: { shard: shard-1 }", ["faults[0].until"]],
    ["failover: true, slow: 2, until: 40 min, where: { shard: shard-1 }", []],
    ["crash: 60 /h, where: { host: worker-1, region: hainan }", ["faults[0].where.region"]],
    ["redelivery: 5 %, where: { broker: broker, shard: shard-1 }", ["faults[0].where.shard"]],
  ])("%s", (fault, paths) => {
    const found = problemsOf(read(world(`faults: [{ id: one, at: 30 min, ${fault} }]\n`)));
    expect(found.map(({ path }) => path).toSorted()).toEqual(paths);
  });
});
