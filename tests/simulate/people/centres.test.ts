/** Load, headroom and N−1 margin by centre and tier over time, who is still in an evacuated centre, and which of it all is fullest. */
import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/simulate/simulation.ts";
import type { Replication } from "../../../src/simulate/replication.ts";
import { tiny } from "../../world/support.ts";

const TIERS = `
run: { duration: 20 min, warmup: 2 min }
tiers:
  logic: { cores: 4, login: 20 ms, message: 10 ms }
  storage: { cores: 4, login: 10 ms, message: 10 ms }
centres:
  north: { machines: { logic: 60, storage: 90 } }
  south: { machines: { logic: 50, storage: 90 } }
`;
const ASKED = `
thresholds:
  - { figure: "centre.load.max{resource=[logic,storage]}", max: 100 % }
  - { figure: "centre.headroom.min{centre=north}", min: 0 % }
  - { figure: "centre.margin.min{resource=logic}", min: 0 % }
  - { figure: "centre.margin.min{resource=logic,centre=north}", min: 0 % }
  - { figure: "server.load.max{centre=south}", max: 100 % }
  - { figure: "login.time.mean", max: 60 s }
`;
const EVACUATION = `
interventions: [{ id: leave, at: 5 min, evacuate: { centre: north, within: 8 min } }]
`;

const run = (more: string, set: readonly string[] = [], interventions = true): Replication =>
  simulate(tiny(`${TIERS}${more}`, ["run.scale=1/1000", ...set]), { replication: 0, faults: true, interventions });

const known = (values: readonly (number | null)[]): readonly number[] => values.filter((value) => value !== null);

const valuesOf = ({ series }: Replication, figure: string): readonly (number | null)[] =>
  series.find((one) => one.figure === figure)!.value;

const least = (calm: Replication, figure: string): number => Math.min(...known(valuesOf(calm, figure)));

describe("the centres of a story that asks about them", () => {
  const calm = run(ASKED);

  it("have load, headroom and margin of every resource drawn, together while they are few", () => {
    const drawn = calm.series.filter(({ figure }) => figure.startsWith("centre."));
    const charts = new Map(drawn.map(({ chart }) => [chart.name, chart]));
    expect([...charts.keys()]).toEqual(["load", "headroom", "margin"]);
    expect(charts.get("load")).toEqual({
      name: "load",
      title: "Load, capacity used, by centre and tier",
      limit: { at: 100, text: "all that there is" },
    });
    expect(charts.get("headroom")!.limit).toEqual({ at: 0, text: "nothing left" });
    expect(charts.get("margin")).toMatchObject({ limit: { at: 0 }, ceiling: { at: 100 } });
    expect(drawn.filter(({ chart }) => chart.name === "margin").map(({ title }) => title)).toEqual([
      ...["North, connections", "North, logins", "North, logic", "North, storage"],
      ...["South, connections", "South, logins", "South, logic", "South, storage"],
    ]);
  });

  it("get a chart each where all would be more than eight lines", () => {
    const third = `  west: { title: West, at: [30, 104], machines: { logic: 60, storage: 90 }, lines: { mobile: { delay: 1 ms, loss: 0.05 %, servers: 1, connections: 300 k, logins: 2000 } } }\n`;
    const { series } = run(`${third}${ASKED}`);
    const charts = new Map<string, number>();
    for (const { chart } of series) charts.set(chart.name, (charts.get(chart.name) ?? 0) + 1);
    expect(series.find(({ chart }) => chart.name === "margin-west")!.chart.title).toBe(
      "N−1 margin, spare without one centre · West",
    );
    for (const measure of ["load", "headroom", "margin"])
      for (const centre of ["north", "south", "west"]) expect(charts.get(`${measure}-${centre}`)).toBe(4);
    expect(Math.max(...charts.values())).toBeLessThanOrEqual(8);
  });

  it("leave nothing over but what is not used", () => {
    const load = valuesOf(calm, "centre.load.max{centre=north,resource=logic}");
    const headroom = valuesOf(calm, "centre.headroom.min{centre=north,resource=logic}");
    expect(load).toHaveLength(20);
    expect(headroom).toEqual(load.map((percent) => (percent === null ? null : 100 - percent)));
  });

  it("are drawn as low as the figures say, minute by minute", () => {
    const margins = ["north", "south"].map((centre) =>
      // Of the window run: the first two minutes are warm-up.
      Math.min(...known(valuesOf(calm, `centre.margin.min{centre=${centre},resource=logic}`).slice(2))),
    );
    expect(calm.figures["centre.margin.min{resource=logic}"]!.value).toBe(Math.min(...margins));
    expect(calm.figures["centre.margin.min{centre=north,resource=logic}"]!.value).toBe(margins[0]);
  });

  it("say which of them is fullest", () => {
    // Fewest machines for about as many people.
    expect(calm.figures["centre.margin.min{resource=logic}"]!.binds).toBe("south logic, cpu, were north lost");
    expect(calm.figures["centre.margin.min{centre=north,resource=logic}"]!.binds).toBe(
      "north logic, cpu, were south lost",
    );
    expect(calm.figures["centre.headroom.min{centre=north}"]!.binds).toMatch(/^north (connections|logic, cpu)$/);
    expect(calm.figures["server.load.max{centre=south}"]!.binds).toMatch(/^south-(mobile|unicom)-\d$/);
    expect(calm.figures["login.time.mean"]).not.toHaveProperty("binds");
  });

  it("bind in another tier when that has fewer machines", () => {
    const figure = "centre.load.max{resource=[logic,storage]}";
    expect(calm.figures[figure]!.binds).toBe("south logic, cpu");
    const short = run(ASKED, ["centres.north.machines.storage=20"]);
    expect(short.figures[figure]!.binds).toBe("north storage, cpu");
    expect(short.figures[figure]!.value).toBeGreaterThan(calm.figures[figure]!.value!);
  });

  it("are left out of stories that neither ask about them nor leave or lose one", () => {
    const { series } = run("thresholds: [{ figure: login.time.mean, max: 60 s }]");
    expect(series.filter(({ figure }) => figure.startsWith("centre."))).toEqual([]);
  });
});

describe("a centre that is the only one", () => {
  it("has no margin at all", () => {
    const alone = run(`${ASKED}faults: [{ id: dark, at: 5 min, down: reset, where: { centre: north } }]\n`);
    expect(least(alone, "centre.margin.min{centre=south,resource=logic}")).toBe(-100);
    expect(alone.figures["centre.margin.min{resource=logic}"]).toMatchObject({
      value: -100,
      binds: "south logic, cpu, with no other centre",
    });
  });
});

describe("a centre of which no server runs", () => {
  const figures = ["up", "dark", "both"].flatMap((window) =>
    ["server.load.max", "server.load.mean", "server.load.peak", "centre.load.max", "centre.headroom.min"].flatMap(
      (row) => [
        `  - { figure: "${row}{centre=north,window=${window}}", min: 0 % }`,
        `  - { figure: "${row}{window=${window}}", min: 0 % }`,
      ],
    ),
  );
  const dark = run(
    `faults: [{ id: dark, at: 8 min, down: silent, where: { centre: north } }]
windows: { up: 2 min..8 min, dark: 10 min..20 min, both: 2 min..20 min }
thresholds:
${figures.join("\n")}
`,
  ).figures;
  const of = (row: string, labels: string) => dark[`${row}{${labels}}`]!;

  it("has no headroom, in whichever resource", () => {
    expect(of("centre.headroom.min", "centre=north,window=up").value).toBeGreaterThan(0);
    for (const labels of ["centre=north,window=dark", "centre=north,window=both", "window=dark"])
      expect(of("centre.headroom.min", labels)).toMatchObject({ value: 0, binds: "north connections" });
  });

  it("has no load, which is not a load of 0 %", () => {
    for (const stat of ["max", "mean", "peak"])
      expect(of(`server.load.${stat}`, "centre=north,window=dark")).toMatchObject({
        value: null,
        why: "no server there runs in the window",
      });
    const why = "no server of centre north runs in the window";
    expect(of("centre.load.max", "centre=north,window=dark")).toMatchObject({ value: null, why });
  });

  it("counts in the minutes in which one ran", () => {
    const [up, both] = ["up", "both"].map((window) => of("server.load.max", `centre=north,window=${window}`).value!);
    expect(up).toBeGreaterThan(10);
    expect(both).toBeCloseTo(up!, 6);
    expect(of("server.load.mean", "window=dark").value).toBeGreaterThan(of("server.load.mean", "window=up").value!);
  });
});

describe("servers that work on logins nobody waits for any more", () => {
  it("are busy all the same", () => {
    const herd = run(
      `faults: [{ id: dark, at: 5 min, down: reset, where: { centre: north } }]
admission: { policy: none, deadlines: ignored }
clients: { reconnect: { policy: ladder } }
`,
      [..."mobile unicom".split(" ").map((line) => `centres.south.lines.${line}.logins=100`)],
    );
    const load = known(valuesOf(herd, "centre.load.max{centre=south,resource=logins}"));
    expect(Math.max(...load.slice(6))).toBeGreaterThan(90);
    expect(load.at(-1)).toBeGreaterThan(90);
  });
});

describe("people in a centre that is evacuated", () => {
  const leaving = run(EVACUATION);
  const still = valuesOf(leaving, "evacuation.left.count{centre=north}");
  const ordered = valuesOf(leaving, "evacuation.ordered.count{centre=north}");

  it("are drawn beside a straight line from the order to when it should be empty", () => {
    expect(ordered.slice(0, 4)).toEqual([null, null, null, null]);
    expect(ordered[4]).toBe(still[4]);
    expect(ordered[8]).toBeCloseTo(ordered[4]! / 2, 6);
    expect(ordered.slice(12)).toEqual(Array.from({ length: 8 }, () => 0));
  });

  it("go: but for those who have not heard of it by their next beat", () => {
    expect(still[4]).toBeGreaterThan(100_000);
    expect(still.at(-1)).toBeLessThan(0.2 * still[4]!);
  });

  it("are not drawn where nobody was ordered to leave: in the twin, or without interventions", () => {
    const { series } = run(EVACUATION, [], false);
    expect(series.filter(({ chart }) => chart.name === "still-there")).toEqual([]);
  });

  it("should go batch after batch, around a time to avoid", () => {
    const batches = run(
      `interventions: [{ id: leave, at: 2 min, evacuate: { centre: north, batch: 80 k, within: 3 min, rest: 1 min, avoid: [{ from: 7 min, to: 11 min }] } }]\n`,
    );
    const pace = valuesOf(batches, "evacuation.ordered.count{centre=north}") as number[];
    const all = pace[1]!;
    // Until the fifth minute the first batch; the second would last into what is avoided, so it begins in the eleventh.
    expect(pace[4]).toBeCloseTo(all - 80_000, 6);
    expect(pace.slice(4, 11)).toEqual(Array.from({ length: 7 }, () => pace[4]));
    expect(pace[13]).toBeCloseTo(all - 160_000, 6);
    expect(pace[14]).toBe(pace[13]);
  });

  it("have no pace any more once an operator holds or takes back the order", () => {
    const held = run(
      `interventions:\n  - { id: leave, at: 5 min, evacuate: { centre: north, within: 8 min } }\n  - { id: hold, at: 8 min, evacuation: pause }\n`,
    );
    const pace = valuesOf(held, "evacuation.ordered.count{centre=north}");
    expect(pace[7]).not.toBeNull();
    expect(known(pace.slice(8))).toEqual([]);
  });
});

describe("what is counted from an order, or from a fault", () => {
  const ROOM = ["centres.south.lines.mobile.connections=700 k", "centres.south.lines.unicom.connections=700 k"];

  it("is counted from the order that was not taken back", () => {
    const { figures } = run(
      `interventions:
  - { id: leave, at: 5 min, evacuate: { centre: north, within: 8 min } }
  - { id: back, at: 6 min, evacuation: roll-back }
  - { id: again, at: 11 min, evacuate: { centre: north, within: 5 min } }
thresholds: [{ figure: "evacuation.delay.max{centre=north}", max: 10 min }]
`,
      [...ROOM, "run.duration=30 min"],
    );
    const seconds = figures["evacuation.delay.max{centre=north}"]!.value!;
    // It was not empty before the sixteenth minute: from the first order that is more than eleven minutes.
    expect(seconds).toBeGreaterThan(4 * 60);
    expect(seconds).toBeLessThan(11 * 60);
  });

  it("is only the least that it can be for people who are not back", () => {
    const lost = (...set: string[]) =>
      Object.values(
        run(
          `faults: [{ id: lost, at: 5 min, down: reset, where: { centre: north } }]
thresholds: [{ figure: "back.stretch.max{fault=lost}", max: 120 % }]
`,
          [...ROOM, ...set],
        ).figures,
      )[0]!;
    expect(lost()).not.toHaveProperty("atLeast");
    expect(lost("centres.south.machines.storage=1")).toMatchObject({ atLeast: true });
  });
});
