/** Push beside a population: a whole run with figures and faults. */
import { describe, expect, it } from "vitest";
import type { Replication } from "../../../src/simulate/replication.ts";
import { push } from "../../../src/simulate/push/system.ts";
import { simulate } from "../../../src/simulate/simulation.ts";
import { type PushMachines, MACHINES } from "../../../src/world/push/push.ts";
import { GREEDY, HASTY, REPEATING } from "../../world/push/canary.ts";
import { tiny } from "../../world/support.ts";

const PUSH = `
run: { duration: 4 min, warmup: 30 s }
provenance: { push: { is: assumed, source: tests }, online: { is: assumed, source: tests } }
push:
  store: { promotion: 5 s }
  workers: { hosts: 2, slots: 2, block: 500, lot: 50, lease: 5 s, restart: 2 s }
  limiter: { limit: 1000, burst: 50 }
  service: { capacity: 1200 }
  dispatcher: { ahead: 20, patience: 10 s, parts: 8 }
  prefetch: { share: 60 %, from: -10 h, over: 1 h }
  tasks:
    fetched: { at: 40 s, subscribers: 20 k }
    pushed: { at: 90 s, subscribers: 20 k, prefetched: false }
windows: { early: 30 s..1 min, late: 1 min..4 min }
thresholds:
  - { figure: "push.delivered.share{task=pushed}", min: 100 % }
  - { figure: "push.delivered.share{window=early}", min: 50 % }
  - { figure: push.lost.count, max: 0 }
  - { figure: "push.lost.count{window=early}", max: 20 k }
  - { figure: "push.duplicate.count{by=cause}", max: 1 k }
  - { figure: push.duplicate.share, max: 5 % }
  - { figure: "push.lateness.p50{task=fetched}", max: 1 s }
  - { figure: "push.lateness.max{by=task}", max: 1 min }
  - { figure: push.rate.peak, max: 1150 /s }
  - { figure: push.rate.max, max: 1150 /s }
  - { figure: push.rate.mean, max: 1150 /s }
  - { figure: push.over.count, max: 0 }
  - { figure: push.busy.mean, max: 50 % }
  - { figure: prefetch.rate.peak, max: 20 /s }
`;
const FAULTS = `
faults:
  - { id: hosts, at: 35 s, until: 2 min, crash: 1200 /h, where: { host: [worker-1, worker-2] } }
  - { id: shard, at: 95 s, failover: true, where: { shard: [shard-1, shard-2, shard-3] } }
  - { id: twice, at: 35 s, until: 2 min, redelivery: 10 %, where: { broker: broker } }
`;

const run = (
  more: string,
  {
    faults = true,
    machines = MACHINES,
    set = [],
  }: { faults?: boolean; machines?: PushMachines; set?: readonly string[] } = {},
) =>
  simulate(
    tiny(`${PUSH}${more}`, ["run.scale=1/1000", ...set]),
    { replication: 0, faults, interventions: true },
    { replacing: [push(machines)] },
  );

const figure = (of: Replication, text: string): number => of.figures[text]!.value!;

describe("push beside a population", () => {
  const calm = run("");
  const hard = run(FAULTS);

  it("is counted correctly", () => {
    expect(figure(calm, "push.delivered.share{task=pushed}")).toBe(100);
    expect(figure(calm, "push.lost.count")).toBe(0);
    expect(figure(calm, "push.duplicate.share")).toBe(0);
    // Twelve thousand are shown by their own apps, at once; the other eight thousand are done within the window.
    expect(figure(calm, "push.lost.count{window=early}")).toBe(0);
    expect(figure(calm, "push.lateness.p50{task=fetched}")).toBeLessThan(0.1);
    const { fetched, pushed } = calm.figures["push.lateness.max{by=task}"]!.groups!;
    expect(fetched!.value).toBeGreaterThan(7);
    expect(fetched!.value).toBeLessThan(11);
    expect(pushed!.value).toBeGreaterThan(19);
    expect(pushed!.value).toBeLessThan(26);
    expect(figure(calm, "push.rate.peak")).toBeGreaterThanOrEqual(figure(calm, "push.rate.max"));
    expect(figure(calm, "push.rate.peak")).toBeLessThanOrEqual(1_150);
    expect(figure(calm, "push.over.count")).toBe(0);
    // Little's law: at a thousand per second twenty batches, each 20 ms at the message service and four ways of half a millisecond
    // to the store, are 0.44 of four slots; claims, records and half-full batches add to it.
    expect(figure(calm, "push.busy.mean")).toBeGreaterThan(11);
    expect(figure(calm, "push.busy.mean")).toBeLessThan(16);
    // Twelve thousand apps in an hour are 3.3 a second.
    expect(figure(calm, "prefetch.rate.peak")).toBeGreaterThan(4);
    expect(figure(calm, "prefetch.rate.peak")).toBeLessThan(20);
  });

  it("distinguishes duplicates by their cause", () => {
    expect(figure(hard, "push.lost.count")).toBe(0);
    const { crash, failover, lease, redelivery } = hard.figures["push.duplicate.count{by=cause}"]!.groups!;
    expect(crash!.value).toBeGreaterThan(0);
    expect(failover!.value).toBeGreaterThan(0);
    expect([lease!.value, redelivery!.value]).toEqual([0, 0]);
    const quiet = Object.values(calm.figures["push.duplicate.count{by=cause}"]!.groups!);
    expect(quiet.map(({ value }) => value)).toEqual([0, 0, 0, 0]);
  });

  it("holds its invariants, draws its own charts, and reports nothing about people", () => {
    for (const { invariants } of [calm, hard]) {
      expect(invariants.filter(({ held }) => !held)).toEqual([]);
      expect(invariants.map(({ name }) => name)).toContain("whoever is to be told is in the store");
    }
    expect([...new Set(calm.series.map(({ chart }) => chart.name))].slice(0, 2)).toEqual(["push-rate", "told"]);
    expect(calm.figures["login.success.share"]).toBeUndefined();
    expect(hard.timeline[0]).toMatchObject({ what: "fault hosts begins", who: "worker-1, worker-2" });
  });

  it("is reproduced to the last byte, and its twin is the run without faults", () => {
    expect(JSON.stringify(run(FAULTS))).toBe(JSON.stringify(hard));
    expect(run(FAULTS, { faults: false }).digest).toBe(calm.digest);
    expect(hard.digest).not.toBe(calm.digest);
  });

  const broken = ({ invariants }: Replication): readonly (readonly [string, string | undefined])[] =>
    invariants.filter(({ held }) => !held).map(({ name, why }) => [name, why]);

  it("a worker that reports too early turns figures and invariants red when hosts crash, and only then", () => {
    const lucky = run("", { machines: HASTY });
    expect(figure(lucky, "push.delivered.share{task=pushed}")).toBe(100);
    expect(figure(lucky, "push.lost.count")).toBe(0);
    expect(broken(lucky)).toEqual([]);
    const hasty = run(FAULTS, { machines: HASTY });
    const lost = figure(hasty, "push.lost.count");
    expect(figure(hasty, "push.delivered.share{task=pushed}")).toBeLessThan(100);
    expect(lost).toBeGreaterThan(0);
    expect(broken(hasty).map(([name]) => name)).toEqual([
      "whoever is to be told is in the store",
      "whoever subscribed to a task that is done was told",
    ]);
  });

  it("a worker that pushes three times after a takeover is reported", () => {
    // Pushes take long, so that a crashing worker holds a batch of them.
    const slow = ["push.service.latency=500 ms", "push.limiter.jitter=1 s", "push.service.capacity=10000"];
    expect(broken(run(FAULTS, { set: slow }))).toEqual([]);
    expect(broken(run(FAULTS, { set: slow, machines: REPEATING }))).toEqual([
      ["told again within what each cause explains", expect.stringMatching(/^\w+: \d+ told again, \d+ at most/)],
    ]);
  });

  it("a worker that claims subscribers from another part's source is reported", () => {
    expect(broken(run("", { machines: GREEDY }))).toContainEqual([
      "whoever is claimed has left the source",
      expect.stringMatching(/^\d+ of \w+ are in the source and in a claim$/),
    ]);
  });
});
