import { describe, expect, it } from "vitest";
import { HEAD, problemsOf, read, scenarioOf } from "./door.ts";

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
      limiter: { kind: "gcra", limit: 10_000, burst: 1_000, jitter: 100_000 },
      service: { capacity: 12_000, latency: 20_000 },
      prefetch: { share: 0 },
      tasks: { evening: { at: 3_600_000_000, subscribers: 1_000_000, weight: 1, prefetched: true } },
    });
  });

  it("is varied from outside", () => {
    const { push } = scenarioOf(
      read(world(), { set: ["push.limiter.kind=counter", "push.prefetch.share=70%", "push.prefetch.over=30 min"] }),
    ).world;
    expect(push).toMatchObject({ limiter: { kind: "counter" }, prefetch: { share: 0.7 } });
  });

  it("needs a provenance for every number", () => {
    const text = world().replace("push: { is", "push.limiter: { is");
    expect(problemsOf(read(text)).map(({ path }) => path)).toContain("push.service.capacity");
  });

  it.each([
    ["no task", world("", ""), "push.tasks: no task"],
    [
      "a task that comes before all have fetched it",
      world().replace("tasks:", "prefetch: { share: 70 %, over: 2 h }\n  tasks:"),
      "push.tasks.evening.at: is due before all have fetched it",
    ],
    [
      "more subscribers than memory bears",
      world("", "evening: { at: 1 h, subscribers: 150 M }, night: { at: 2 h, subscribers: 150 M }"),
      "push.tasks: more subscribers than memory bears",
    ],
    [
      "a lot larger than its block",
      world().replace("slots: 4", "slots: 4, block: 100"),
      "push.workers.lot: larger than its block",
    ],
    ["an unknown limiter", world().replace("limit: 10 k", "limit: 10 k, kind: gcrb"), "push.limiter.kind:"],
    [
      "a rate without a number",
      world().replace("limit: 10 k", "limit: many"),
      'push.limiter.limit: "many" is not a count',
    ],
  ])("refuses %s", (_, text, problem) => {
    expect(
      problemsOf(read(text))
        .map(({ path, message }) => `${path}: ${message}`)
        .join("\n"),
    ).toContain(problem);
  });
});

describe("what befalls push", () => {
  it.each([
    ["crash: 60, where: { host: worker-2 }", []],
    ["skew: -500 ms, where: { host: [worker-1, worker-2] }", []],
    ["failover: true, where: { shard: shard-3 }", []],
    ["store-lag: 2 s, slow: 10, where: { shard: shard-1 }", []],
    ["redelivery: 5 %, where: { broker: broker }", []],
    ["crash: 60, where: { host: worker-3 }", ["faults[0].where.host"]],
    ["failover: true, where: { shard: shard-4 }", ["faults[0].where.shard"]],
    ["crash: 60, where: { shard: shard-1 }", ["faults[0].crash"]],
    ["loss: 3 %, where: { host: worker-1 }", ["faults[0].loss"]],
    ["crash: 60, where: { region: hainan }", ["faults[0].crash"]],
    ["crash: 60, where: {}", ["faults[0].crash"]],
    ["crash: 60, where: { host: worker-1, region: hainan }", ["faults[0].where.region"]],
    ["redelivery: 5 %, where: { broker: broker, shard: shard-1 }", ["faults[0].redelivery", "faults[0].where.broker"]],
  ])("%s", (fault, paths) => {
    const found = problemsOf(read(world(`faults: [{ id: one, at: 30 min, ${fault} }]\n`)));
    expect(found.map(({ path }) => path).toSorted()).toEqual(paths);
  });
});
