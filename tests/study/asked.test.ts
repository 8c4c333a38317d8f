/** What a row asks is remarked on before the run and beside its verdict. */
import { describe, expect, it } from "vitest";
import { summarise } from "../../src/report/verdict.ts";
import { minutes } from "../../src/base/units.ts";
import type { Expectation, Scenario, Threshold } from "../../src/scenario/scenario.ts";
import { assemble } from "../../src/study/assemble.ts";
import { remarksBeforehand } from "../../src/study/foresight.ts";
import { figure, replicate, scenario } from "./fake.ts";

const loss = figure("loss.mean");
const documentOf = (drill: Scenario) =>
  assemble(
    drill,
    [loss],
    {
      pairs: [0, 1].map((replication) => ({
        run: replicate({ replication, faults: true, interventions: true }),
        twin: replicate({ replication, faults: false, interventions: true }),
      })),
      partial: false,
    },
    { tool: "test", plan: { least: 2, most: 2, faults: true } },
  );

const threshold = (more: Partial<Threshold>): Threshold => ({
  figure: loss,
  min: undefined,
  max: undefined,
  limit: "limit",
  onlyFullScale: false,
  isJudgedAtFullScaleOnly: false,
  ...more,
});
const published = (between: readonly [number, number]): Expectation => ({
  figure: loss,
  between,
  source: "talk",
  kind: "as-it-comes",
  fixedBy: [],
  published: "published",
});

const PLAN = { least: 2, most: 2, faults: true, interventions: true, twin: true };

describe("a limit that every value meets", () => {
  const drill = scenario({
    thresholds: [
      threshold({ max: 100 }),
      threshold({ max: 99 }),
      threshold({ max: 100, of: "difference" }),
      threshold({ min: 0, of: "difference" }),
    ],
    expect: [published([0, 100]), published([0, 99])],
  });

  it("is remarked on beside its verdict, of published figures and differences too", () => {
    const { thresholds, expect: rows } = documentOf(drill);
    const isMet = [...thresholds, ...rows].map(({ remarks = [] }) =>
      remarks.includes("every value meets this limit, so it proves nothing"),
    );
    expect(isMet).toEqual([true, false, true, false, true, false]);
  });

  it("is remarked on before the run", () => {
    const remarks = remarksBeforehand(drill, PLAN).filter((one) => one.includes("proves nothing"));
    expect(remarks.map((one) => one.split(":")[0])).toEqual([
      "loss.mean published",
      "loss.mean limit",
      "loss.mean limit",
    ]);
  });
});

describe("a window that begins within the warm-up", () => {
  const early = { ...figure("loss.mean"), window: "warm" };
  const windows = { run: { from: minutes(5), to: minutes(60) }, warm: { from: minutes(1), to: minutes(9) } };
  const drill = scenario({
    run: { ...scenario().run, warmup: minutes(5) },
    windows: windows as unknown as Scenario["windows"],
    thresholds: [threshold({ figure: early, max: 50 }), threshold({ max: 50 })],
  });
  const text = "window warm begins before the warm-up ends, while the world is still filling";

  it("is remarked on beside its verdicts and once before the run", () => {
    const [row, other] = documentOf(drill).thresholds;
    expect(row!.remarks).toContain(text);
    expect(other!.remarks ?? []).not.toContain(text);
    expect(remarksBeforehand(drill, PLAN).filter((one) => one === text)).toHaveLength(1);
  });
});

describe("a run that judges no figure", () => {
  it("says so in its headline, beside the invariants that it met", () => {
    expect(summarise(documentOf(scenario())).headline).toBe("held: no figure is judged; 1 invariant, all met");
    const judged = documentOf(scenario({ thresholds: [threshold({ max: 50 })] }));
    expect(summarise(judged).headline).toBe("held: 1 threshold, 1 invariant, all met");
  });
});
