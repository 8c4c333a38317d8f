import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runJsonSchema } from "../../src/report/schema.ts";
import { remarksOf, summarise } from "../../src/report/verdict.ts";
import type { Expectation, Scenario, Threshold } from "../../src/scenario/scenario.ts";
import { bothOf, only } from "../../src/scenario/figure-parts.ts";
import type { Chart, Replication } from "../../src/simulate/replication.ts";
import { assemble, isDecided, scaleText } from "../../src/study/assemble.ts";
import { replicationRows } from "../../src/study/figures.ts";
import { picturesOf } from "../../src/study/pictures.ts";
import type { Pair } from "../../src/study/replications.ts";
import { figure, replicate, scenario } from "./fake.ts";

const FIGURES = [
  figure("loss.mean"),
  figure("moved.count", ""),
  figure("never.mean", "s"),
  figure("loss.p95", "%", "gateway"),
];

const pairs = (count: number, twin = true, change: (one: Replication) => Replication = (one) => one): readonly Pair[] =>
  Array.from({ length: count }, (_, replication) => ({
    run: change(replicate({ replication, faults: true, interventions: true })),
    twin: twin ? replicate({ replication, faults: false, interventions: false }) : undefined,
  }));

const documentOf = (drill: Scenario, done: readonly Pair[], partial = false) =>
  assemble(
    drill,
    FIGURES,
    { pairs: done, partial },
    { tool: "0.1.0", plan: { least: done.length, most: done.length, faults: true } },
  );

const expectation = (text: string, between: readonly [number, number], unit = "%"): Expectation => ({
  figure: figure(text, unit),
  between,
  source: "talk",
  kind: "as-it-comes",
  fixedBy: [],
  published: "published",
});

const threshold = (text: string, max: number, more: Partial<Threshold> = {}): Threshold => ({
  figure: figure(text),
  min: undefined,
  max,
  limit: `≤ ${String(max)} %`,
  onlyFullScale: false,
  isJudgedAtFullScaleOnly: false,
  ...more,
});

describe("the document", () => {
  it("gives each figure its interval, its twin's and the paired difference", () => {
    const { figures } = documentOf(scenario(), pairs(3));
    // 3.0, 3.1, 3.2: half = 4.302653 · 0.1 / √3
    expect(figures["loss.mean"]).toEqual({
      value: 3.1,
      unit: "%",
      ci95: [2.85159, 3.34841],
      n: 3,
      noFault: { value: 1.1, ci95: [0.851586, 1.34841] },
      difference: { value: 2, ci95: [2, 2] },
      touched: 100,
      parts: { metric: "loss", stat: "mean", labels: {} },
    });
  });

  it("leaves out figures without data, twins that were not run, and events that twins had", () => {
    const { figures, events } = documentOf(scenario(), pairs(3, false));
    expect(Object.keys(figures)).toEqual(["loss.mean", "moved.count", "loss.p95"]);
    expect(figures["loss.mean"]).not.toHaveProperty("noFault");
    expect(figures["loss.mean"]).not.toHaveProperty("difference");
    expect(events).toBe(303);
    expect(documentOf(scenario(), pairs(3)).events).toBe(303);
    expect(documentOf(scenario(), pairs(3)).digest).toBe(documentOf(scenario(), pairs(3, false)).digest);
  });

  it("compares the largest group with the largest of the twin, as a run without faults shows it", () => {
    const moved = pairs(3).map(({ run, twin }) => ({
      run,
      twin: {
        ...twin!,
        figures: { ...twin!.figures, "loss.p95": { value: 3, groups: { a: { value: 3 }, b: { value: 1 } } } },
      },
    }));
    const twinsAlone = moved.map(({ twin }) => ({ run: twin, twin: undefined }));
    const result = documentOf(scenario(), moved).figures["loss.p95"]!;
    expect(result.noFault!.value).toBe(3);
    expect(result.noFault!.value).toBe(documentOf(scenario(), twinsAlone).figures["loss.p95"]!.value);
    expect(result.difference!.value).toBe(result.value - 3);
  });

  it("lets the largest group speak for a figure by groups", () => {
    const result = documentOf(scenario(), pairs(3)).figures["loss.p95"]!;
    expect(result.value).toBe(5);
    expect(result.groups).toEqual({ a: { value: 1, ci95: [1, 1] }, b: { value: 5, ci95: [5, 5] } });
    expect(result.difference!.value).toBe(4);
  });

  it("knows no difference of percentiles if the run or its twin has too few values", () => {
    const thresholds = [threshold("loss.p99", 50, { of: "difference" }), threshold("loss.p99", 50)];
    const rows = (run: number, twin: number) => {
      const sample = (observations: number) => ({ "loss.p99": { value: 9, observations } });
      const done = pairs(3).map((pair) => ({
        run: { ...pair.run, figures: sample(run) },
        twin: { ...pair.twin!, figures: sample(twin) },
      }));
      const plan = { least: 3, most: 3, faults: true };
      const study = { pairs: done, partial: false };
      const document = assemble(scenario({ thresholds }), [figure("loss.p99")], study, { tool: "test", plan });
      expect(z.fromJSONSchema(runJsonSchema()).safeParse(document).error).toBeUndefined();
      return document.thresholds.map(({ verdict }) => verdict);
    };
    expect(rows(100, 100)).toEqual(["held", "held"]);
    expect(rows(100, 99)).toEqual(["unknown", "held"]);
    expect(rows(99, 100)).toEqual(["unknown", "unknown"]);
  });

  it("judges a lone least value by the smallest group and any other limit by the largest, and says which", () => {
    const grouped = { figure: figure("loss.p95", "%", "gateway") };
    const thresholds = [
      threshold("", 3, { ...grouped, min: 3, max: undefined }),
      threshold("", 6, { ...grouped, min: 3 }),
      threshold("", 6, grouped),
    ];
    const drill = scenario({ thresholds, expect: [{ ...expectation("", [3, 6]), ...grouped }] });
    const document = documentOf(drill, pairs(3));
    const [largest, smallest] = [
      { name: "b", is: "largest" },
      { name: "a", is: "smallest" },
    ] as const;
    expect(document.thresholds).toMatchObject([
      { value: 1, ci95: [1, 1], group: smallest, verdict: "broken" },
      { value: 5, group: largest, verdict: "held" },
      { value: 5, group: largest, verdict: "held" },
    ]);
    expect(document.expect).toMatchObject([{ value: 5, group: largest, verdict: "held" }]);
    expect(document.figures["loss.p95"]!.group).toEqual(largest);
    expect(summarise(document).findings.map(({ text }) => text)).toEqual([
      expect.stringContaining("(smallest: a) is 1\u00a0%") as string,
    ]);
    expect(remarksOf(document.thresholds[0]!)).toContain("smallest: a");
    expect(z.fromJSONSchema(runJsonSchema()).safeParse(document).error).toBeUndefined();
  });

  it("bounds what was never seen by three over n of everybody, as one move can move all", () => {
    expect(documentOf(scenario(), pairs(10)).figures["moved.count"]!.ci95).toEqual([0, 1500]);
  });

  it("judges rows by their whole interval, and rows without data as unknown with nulls", () => {
    const drill = scenario({
      expect: [
        expectation("loss.mean", [2, 4]),
        expectation("loss.mean", [3.2, 4]),
        expectation("never.mean", [0, 1], "s"),
      ],
      thresholds: [threshold("loss.mean", 2)],
    });
    const document = documentOf(drill, pairs(3));
    expect(document.expect.map(({ verdict }) => verdict)).toEqual(["held", "unknown", "unknown"]);
    expect(document.expect[2]).toMatchObject({ value: null, ci95: null, unit: "s" });
    expect(document.thresholds[0]!.verdict).toBe("broken");
    expect(document.verdict).toBe("broken");
  });

  it("says of each row what its figure is made of, and between which limits a threshold holds", () => {
    const labels = [{ label: "carrier", values: ["unicom"], negated: true }];
    const part = {
      ...figure("loss.mean{carrier!=unicom,window=dark}"),
      metric: "loss",
      stat: "mean",
      labels,
      window: "dark",
    };
    const drill = scenario({
      expect: [{ ...expectation("loss.mean", [2, 4]), figure: part }],
      thresholds: [threshold("loss.mean", 4), threshold("loss.mean", 4, { min: 1, limit: "≥ 1 % and ≤ 4 %" })],
    });
    const {
      expect: [row],
      thresholds: [top, both],
    } = documentOf(drill, pairs(2));
    expect(row!.parts).toEqual({
      metric: "loss",
      stat: "mean",
      labels: {},
      except: { carrier: ["unicom"] },
      window: "dark",
    });
    expect(top).toMatchObject({ max: 4, parts: { metric: "loss", stat: "mean", labels: {} } });
    expect(top).not.toHaveProperty("min");
    expect(both).toMatchObject({ min: 1, max: 4 });
  });

  it("judges the paired difference where a threshold asks for it, and knows none without a twin", () => {
    const thresholds = [threshold("loss.mean", 2.5, { of: "difference" })];
    const [row] = documentOf(scenario({ thresholds }), pairs(3)).thresholds;
    expect(row).toMatchObject({ value: 2, ci95: [2, 2], verdict: "held" });
    const [alone] = documentOf(scenario({ thresholds }), pairs(3, false)).thresholds;
    expect(alone).toMatchObject({ value: null, ci95: null, verdict: "unknown" });
  });

  it("marks a row with its bottleneck, the number of replications if they differ, and the failure that it shows", () => {
    const drill = scenario({
      expect: [expectation("loss.mean", [2, 4])],
      thresholds: [threshold("loss.mean", 4, { shows: "failure" }), threshold("moved.count", 1)],
    });
    const bound = (names: readonly string[]) =>
      documentOf(
        drill,
        pairs(3, true, (one) => ({
          ...one,
          figures: { ...one.figures, "loss.mean": { ...one.figures["loss.mean"]!, binds: names[one.replication]! } },
        })),
      );
    const one = bound(["shanghai logic", "shanghai logic", "shanghai logic"]);
    expect(one.thresholds[0]).toMatchObject({ binds: "shanghai logic", shows: "failure", verdict: "held" });
    expect(one.expect[0]).toMatchObject({ binds: "shanghai logic" });
    expect(one.thresholds[1]).not.toHaveProperty("binds");
    expect(one.thresholds[1]).not.toHaveProperty("shows");
    const most = bound(["north logic", "shanghai logic", "shanghai logic"]);
    expect(most.thresholds[0]!.binds).toBe("shanghai logic (in 2 of 3 replications)");
  });

  it("judges peaks at 1:1 only, and names those it leaves out", () => {
    const thresholds = [threshold("loss.mean", 5, { onlyFullScale: true })];
    const scaled = documentOf(scenario({ thresholds }), pairs(3));
    expect(scaled.thresholds).toEqual([]);
    expect(scaled.notJudged).toEqual([
      "loss.mean ≤ 5 % (peaks and waits do not survive scaling: run it with --scale 1)",
    ]);
    const run = { ...scenario().run, peopleARow: 1 };
    expect(documentOf(scenario({ thresholds, run }), pairs(3)).thresholds).toHaveLength(1);
  });

  it("says which replication broke an invariant and why, and is broken by it", () => {
    const done = pairs(3, true, (one) =>
      one.replication === 1 ? { ...one, invariants: [{ name: "nobody is lost", held: false, why: "4 of 5" }] } : one,
    );
    const document = documentOf(scenario(), done);
    expect(document.invariants).toEqual([{ name: "nobody is lost", verdict: "broken", why: "replication 2: 4 of 5" }]);
    expect(document.verdict).toBe("broken");
  });

  it("does not judge a published figure that a changed parameter fixes, and names the change", () => {
    const changes = [{ parameter: "faults.gateway.loss", value: "0 %", before: "9 %" }];
    const fixedBy = (...paths: string[]): Expectation => ({
      ...expectation("loss.mean", [50, 60]),
      kind: "by-construction",
      fixedBy: paths,
    });
    const judgedAfter = (one: Expectation) => documentOf(scenario({ expect: [one], changes }), pairs(3));
    for (const path of ["faults.gateway.loss", "faults.gateway", "faults.gateway.loss.share"]) {
      const document = judgedAfter(fixedBy("run.duration", path));
      expect(document.expect, path).toEqual([]);
      expect(document.notJudged).toEqual(["loss.mean published (fixed by faults.gateway.loss: 0 % (file: 9 %))"]);
      expect(document.changes).toEqual(changes);
    }
    for (const path of ["faults.gateway.delay", "faults.gateway.lossy", "faults.gate"])
      expect(judgedAfter(fixedBy(path)).expect, path).toHaveLength(1);
    expect(judgedAfter(expectation("loss.mean", [50, 60])).verdict).toBe("broken");
    expect(documentOf(scenario(), pairs(2))).not.toHaveProperty("changes");
  });

  it("is marked partial only when it is", () => {
    expect(documentOf(scenario(), pairs(2))).not.toHaveProperty("partial");
    expect(documentOf(scenario(), pairs(2), true)).toMatchObject({ partial: true, replications: 2 });
  });

  it("is decided when no row is unknown", () => {
    const drill = scenario({ expect: [expectation("loss.mean", [3.05, 4])] });
    expect(isDecided(drill, pairs(3), { least: 3, most: 3, faults: true })).toBe(false);
    expect(
      isDecided(scenario({ expect: [expectation("loss.mean", [2, 4])] }), pairs(3), {
        least: 3,
        most: 3,
        faults: true,
      }),
    ).toBe(true);
  });

  it("writes scales as people do", () => {
    expect([scaleText(1), scaleText(1000)]).toEqual(["1", "1/1000"]);
  });
});

describe("beside the document", () => {
  it("lie mean, band and twin of every line, and the map's tiles", () => {
    const { charts, tiles, centres } = picturesOf(scenario(), pairs(3));
    expect(centres).toEqual(["east", "north"]);
    expect(charts).toHaveLength(1);
    expect(charts[0]).toMatchObject({ name: "login-time", title: "Login time, mean", unit: "s" });
    expect(charts[0]!.series[0]).toMatchObject({ at: [30, 90], value: [1, null], low: [0, null], noFault: [1, null] });
    // No wider than what came: the t interval would reach 3.48.
    expect(charts[0]!.series[0]!.high[0]).toBe(2);
    expect(tiles).toEqual([{ region: "hainan", code: "hi", title: "Hainan", tile: [7, 9], loss: 25, noFault: 1 }]);
  });

  it("is a map of the judged figure, where a replication has it by region", () => {
    const shown = { figure: "login.time.p95", parts: { metric: "login.time", stat: "p95", labels: {} }, unit: "s" };
    const withFigure = pairs(3, true, (one) => ({
      ...one,
      regionFigures: [{ ...shown, values: { hainan: one.replication } }],
    }));
    const { map, tiles } = picturesOf(scenario(), withFigure);
    expect(map).toEqual(shown);
    expect(tiles[0]).toMatchObject({ value: 1, loss: 25, noFault: 1 });
    expect(picturesOf(scenario(), pairs(3))).not.toHaveProperty("map");
  });

  it("is a map of the judged figure whose difference touches most people, not of one that did not change", () => {
    const byRegion = (metric: string, stat: string, unit: string) => ({
      ...bothOf({ metric, stat }),
      unit,
      values: { hainan: 7 },
    });
    const moved = byRegion("moved", "share", "%");
    const online = byRegion("online", "share", "%");
    const measured = (one: Replication, share: number): Replication => ({
      ...one,
      figures: { ...one.figures, [moved.figure]: { value: 0 }, [online.figure]: { value: share } },
      regionFigures: [moved, online],
    });
    const done = pairs(3).map(({ run, twin }) => ({ run: measured(run, 9), twin: measured(twin!, 1) }));
    const drill = scenario({ thresholds: [threshold(moved.figure, 1), threshold(online.figure, 1)] });
    expect(picturesOf(drill, done).map?.figure).toBe("online.share");
    const unchanged = pairs(3).map(({ run, twin }) => ({ run: measured(run, 1), twin: measured(twin!, 1) }));
    expect(picturesOf(drill, unchanged).map?.figure).toBe("moved.share");
  });

  it("has for a band the 95 % interval of the mean, where that is narrower than what came", () => {
    const [line] = picturesOf(scenario(), pairs(30)).charts[0]!.series;
    const half = (2.04523 * Math.sqrt((30 * 31) / 12)) / Math.sqrt(30);
    expect(line!.low[0]).toBeCloseTo(14.5 - half, 3);
    expect(line!.high[0]).toBeCloseTo(14.5 + half, 3);
  });

  it("is no map where nothing is told of people", () => {
    expect(
      picturesOf(
        scenario(),
        pairs(2, true, (one) => ({ ...one, regionLoss: {} })),
      ).tiles,
    ).toEqual([]);
  });

  it("are charts that say all that their lines say of them, with bands below nothing where something may be lacking", () => {
    const margin: Chart = {
      name: "margin-north",
      title: "N−1 margin · Tianjin",
      limit: { at: 0, text: "just enough" },
      ceiling: { at: 100, text: "more than 100 % drawn as 100 %" },
    };
    const shown = bothOf({
      metric: "centre.margin",
      stat: "min",
      labels: [only("centre", "north"), only("resource", "logic")],
    });
    const margins = pairs(2, true, (one) => ({
      ...one,
      series: [
        {
          chart: margin,
          ...shown,
          title: "logic",
          unit: "%",
          at: [60],
          value: [one.replication === 0 ? -5 : 15],
        },
      ],
    }));
    const [chart] = picturesOf(scenario(), margins).charts;
    expect(chart).toMatchObject({ ...margin, unit: "%" });
    expect(chart!.series[0]).toMatchObject({
      figure: "centre.margin.min{centre=north,resource=logic}",
      parts: { metric: "centre.margin", stat: "min", labels: { centre: ["north"], resource: ["logic"] } },
      value: [5],
      low: [-5],
      high: [15],
    });
  });

  it("lies every replication's own value", () => {
    const rows = replicationRows(FIGURES.slice(0, 1), pairs(2));
    expect(rows).toEqual([
      { replication: 0, figure: "loss.mean", value: 3, noFault: 1 },
      { replication: 1, figure: "loss.mean", value: 3.1, noFault: 1.1 },
    ]);
  });
});
