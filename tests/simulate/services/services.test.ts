/** Services beside a population: a whole run with figures and faults. */
import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/simulate/simulation.ts";
import type { Replication } from "../../../src/simulate/replication.ts";
import { tiny } from "../../world/support.ts";

const SERVICES = `
run: { duration: 3 min, warmup: 30 s }
provenance: { services: { is: assumed, source: tests }, online: { is: assumed, source: tests } }
services:
  hop: 500 us
  tiers:
    logic: { machines: 2, cores: 4, work: { law: exponential, mean: 1 ms }, calls: [storage] }
    storage: { machines: 2, cores: 2, work: { law: exponential, mean: 4 ms } }
  entries:
    send: { tier: logic, feed: 500 }
    read: { tier: logic, feed: 100 }
windows: { calm: 30 s..1 min, slow: 1 min..2 min, after: 150 s..3 min }
thresholds:
  - { figure: task.rate, max: 1000 /s }
  - { figure: "task.completed.share{window=calm}", max: 100 % }
  - { figure: "task.completed.share{window=slow}", max: 100 % }
  - { figure: "task.completed.share{window=after}", max: 100 % }
  - { figure: "task.rate{entry=read}", max: 1000 /s }
  - { figure: "tier.utilisation.mean{tier=storage,window=calm}", max: 100 % }
  - { figure: "tier.request.rate{by=tier,window=calm}", max: 1000 /s }
  - { figure: "tier.queue.mean{tier=logic,window=calm}", max: 1 s }
`;
const SLOW = "faults: [{ id: slow, at: 1 min, until: 2 min, slow: 5, where: { tier: storage } }]";

const run = (more: string, faults = true): Replication =>
  simulate(tiny(`${SERVICES}${more}`, ["run.scale=1/1000"]), { replication: 0, faults, interventions: true });

describe("services beside a population", () => {
  const calm = run("");
  const slow = run(SLOW);
  const figure = (of: Replication, text: string): number => of.figures[text]!.value!;

  it("are counted correctly", () => {
    expect(figure(calm, "task.rate")).toBeGreaterThan(580);
    expect(figure(calm, "task.rate")).toBeLessThan(620);
    expect(figure(calm, "task.rate{entry=read}")).toBeLessThan(110);
    // 600 requests of 4 ms on four cores.
    expect(figure(calm, "tier.utilisation.mean{tier=storage,window=calm}")).toBeCloseTo(60, -1);
    expect(Object.keys(calm.figures["tier.request.rate{by=tier,window=calm}"]!.groups!)).toEqual(["logic", "storage"]);
    expect(figure(calm, "tier.queue.mean{tier=logic,window=calm}")).toBeLessThan(0.001);
  });

  it("suffer from a slow tier while it is slow", () => {
    expect(figure(slow, "task.completed.share{window=calm}")).toBeGreaterThan(99.9);
    expect(figure(slow, "task.completed.share{window=slow}")).toBeLessThan(50);
    expect(figure(slow, "task.completed.share{window=after}")).toBeGreaterThan(99.9);
  });

  it("are in the timeline, and drawn first", () => {
    expect(slow.timeline.map(({ kind, id, what, who }) => [kind, id, `${what} ${who}`])).toEqual([
      ["fault-begins", "slow", "fault slow begins storage"],
      ["fault-ends", "slow", "fault slow ends storage"],
    ]);
    expect(slow.series[0]!.chart).toEqual({ name: "tasks-completed", title: "Tasks completed in time" });
  });

  it("are all that a story of services reports: people only if a fault hits them or a figure asks for them", () => {
    const isOfPeople = (name: string): boolean => !/^(task|tier)/.test(name);
    expect(Object.keys(slow.figures).filter(isOfPeople)).toEqual([]);
    expect(slow.series.filter(({ figure }) => isOfPeople(figure))).toEqual([]);
    expect(slow.regionLoss).toEqual({});
    const asked = run('  - { figure: "login.time.mean{window=calm}", max: 60 s }\n');
    const hit = run("faults: [{ id: far, at: 1 min, loss: 5 %, where: { region: sichuan } }]");
    for (const { figures, series, regionLoss } of [asked, hit]) {
      expect(figures).toHaveProperty(["login.time.p95"]);
      expect(series.map(({ chart }) => chart.name)).toContain("login-time");
      expect(Object.keys(regionLoss)).toContain("hainan");
    }
    expect(asked.regionFigures).toMatchObject([{ figure: "login.time.mean{window=calm}", unit: "s" }]);
    expect(Object.values(asked.regionFigures![0]!.values).some((value) => (value ?? 0) > 0)).toBe(true);
    expect(hit).not.toHaveProperty("regionFigures");
  });

  it("name the fullest tier", () => {
    expect(calm.figures["tier.utilisation.max"]!.binds).toBe("storage");
    expect(calm.figures["tier.headroom.min"]!.binds).toBe("storage");
    expect(calm.figures["task.rate"]).not.toHaveProperty("binds");
  });

  it("are in the digest: equal for equal runs, and for a fault of strength nothing", () => {
    expect(run("").digest).toBe(calm.digest);
    expect(run(SLOW.replace("slow: 5", "slow: 1")).digest).toBe(calm.digest);
    expect(run(SLOW, false).digest).toBe(calm.digest);
    expect(slow.digest).not.toBe(calm.digest);
  });

  it("are simulated at full size at every population scale", () => {
    const coarse = simulate(tiny(SERVICES, ["run.scale=1/10000"]), {
      replication: 0,
      faults: true,
      interventions: true,
    });
    for (const text of ["task.rate", "task.completed.share{window=calm}", "tier.queue.mean{tier=logic,window=calm}"])
      expect(coarse.figures[text]!.value).toBe(calm.figures[text]!.value);
  });

  it("leave a run without services unchanged, and their figures unknown there", () => {
    const none = simulate(
      tiny("run: { duration: 2 min, warmup: 30 s }\nthresholds: [{ figure: task.rate, max: 1 /s }]", [
        "run.scale=1/1000",
      ]),
      {
        replication: 0,
        faults: true,
        interventions: true,
      },
    );
    expect(none.figures["task.rate"]!.value).toBeNull();
    expect(none.series.some(({ chart }) => chart.name === "tasks-completed")).toBe(false);
  });
});

describe("a tier of which no machine runs", () => {
  const ROWS = [
    ...["tier.headroom.min", "tier.utilisation.max", "tier.utilisation.mean", "tier.memory.max", "tier.units.max"],
    ...["tier.connections.max", "tier.queue.p99", "tier.waste.share"],
  ];
  const retrying = "retries: { kind: naive, most: 3 }, back-off: 1 ms";
  const figuresOf = (down: string): Replication["figures"] =>
    simulate(
      tiny(
        `
run: { duration: 3 min, warmup: 30 s }
provenance: { services: { is: assumed, source: tests }, online: { is: assumed, source: tests } }
services:
  hop: 0 us
  tiers:
    near: { machines: 2, cores: 100, work: { law: fixed, mean: 10 us }, calls: [far], timeout: 500 ms, early-abort: false, ${retrying} }
    far: { machines: 2, cores: 2, work: { law: fixed, mean: 10 ms } }
  entries:
    ask: { tier: near, feed: 50, deadline: 30 s, timeout: 10 s, ${retrying} }
faults:
  - { id: dead, at: 1 min, down: ${down}, where: { tier: far } }
  - { id: half, at: 30 s, down: ${down}, where: { machine: far-1 } }
windows: { up: 10 s..30 s, half: 30 s..1 min, dead: 61 s..3 min, both: 10 s..3 min, settled: 90 s..150 s }
thresholds:
${["up", "half", "dead", "both"]
  .flatMap((window) => ROWS.map((row) => `  - { figure: "${row}{tier=far,window=${window}}", min: 0 }`))
  .join("\n")
  .replaceAll(/(headroom|utilisation|memory|connections|waste)(.*)min: 0 /g, "$1$2min: 0 % ")
  .replaceAll(/(queue)(.*)min: 0 /g, "$1$2min: 0 s ")}
  - { figure: "tier.headroom.min{window=dead}", min: 0 % }
  - { figure: "task.rate{window=settled}", max: 1 k /s }
  - { figure: "tier.request.rate{tier=near,window=settled}", max: 1 k /s }
  - { figure: "tier.request.rate{tier=far,window=settled}", max: 1 k /s }
  - { figure: "tier.retry.share{tier=far,window=settled}", max: 100 % }
`,
        ["run.scale=1/1000"],
      ),
      { replication: 0, faults: true, interventions: true },
    ).figures;
  const silent = figuresOf("silent");

  it.each([
    ["silent", silent],
    ["reset", figuresOf("reset")],
  ])("gets attempts that are counted (%s), each retry of each caller", (_, figures) => {
    const tasks = figures["task.rate{window=settled}"]!.value!;
    expect(figures["tier.request.rate{tier=near,window=settled}"]!.value! / (4 * tasks)).toBeCloseTo(1, 1);
    expect(figures["tier.request.rate{tier=far,window=settled}"]!.value! / (16 * tasks)).toBeCloseTo(1, 1);
    expect(figures["tier.retry.share{tier=far,window=settled}"]!.value).toBeCloseTo(75, 0);
  });

  const of = (figure: string, window: string) => silent[`${figure}{tier=far,window=${window}}`]!;

  it("has no headroom", () => {
    for (const window of ["dead", "both"]) expect(of("tier.headroom.min", window).value).toBe(0);
    for (const window of ["up", "half"]) expect(of("tier.headroom.min", window).value).toBeGreaterThan(50);
    expect(silent["tier.headroom.min{window=dead}"]).toMatchObject({ value: 0, binds: "far" });
  });

  it("has no use of anything, which is not a use of 0 %", () => {
    for (const row of ROWS.slice(1)) {
      expect(of(row, "dead")).toMatchObject({ value: null, why: "no machine of tier far runs in the window" });
      expect(of(row, "up").value).not.toBeNull();
    }
  });

  it("counts in the time in which one ran", () => {
    expect(of("tier.utilisation.mean", "up").value).toBeCloseTo(10, -1);
    const [up, half, both] = ["up", "half", "both"].map((window) => of("tier.utilisation.mean", window).value!);
    expect(both).toBeCloseTo((20 * up! + 30 * half!) / 50, 6);
  });
});
