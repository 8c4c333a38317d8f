/** What `npm run bench -- pair` makes of its runs: the figures in what they print, the order, the ratios with their range, the table. */
import { describe, expect, it } from "vitest";
import {
  compare,
  differing,
  missing,
  orders,
  printComparisons,
  type Figure,
  type Run,
} from "../../bench/pair/compare.ts";
import { benchFigures, childSeconds, failedTests } from "../../bench/pair/figures.ts";

const figures = (cpu: number): readonly Figure[] => [
  { name: "cpu", unit: "s", value: cpu },
  { name: "wall", unit: "s", value: cpu / 2 },
  { name: "memory", unit: "MiB", value: 100 * cpu },
];
const run = (cpu: number, digest = "a1"): Run => ({ figures: figures(cpu), digests: { story: digest }, notes: [] });
const PAIRS = [
  { base: run(12), head: run(4) },
  { base: run(10), head: run(10) },
  { base: run(30), head: run(15) },
  { base: run(20), head: run(5) },
];

describe("a pair of commits", () => {
  it("takes turns at running first", () => {
    expect(orders(3)).toEqual([
      ["base", "head"],
      ["head", "base"],
      ["base", "head"],
    ]);
  });

  it("is compared by the median of the pairs' ratios, not by the ratio of the medians", () => {
    const [cpu, wall, memory] = compare("run", PAIRS);
    expect(cpu).toEqual({
      ...{ work: "run", figure: "cpu", unit: "s", base: 16, head: 7.5 },
      ...{ ratio: 2.5, least: 1, most: 4 },
    });
    expect(wall).toMatchObject({ figure: "wall", unit: "s", base: 8, head: 3.75, ratio: 2.5 });
    expect(memory).toMatchObject({ figure: "memory", unit: "MiB", base: 1_600, head: 750 });
  });

  it("leaves out a figure that a side lacks in any run, and names the side", () => {
    const peer = { name: "firedrill / ns-3, 10^6", unit: "ratio", value: 3 };
    const more = { ...run(2), figures: [...figures(2), peer] };
    const pairs = [
      { base: more, head: more },
      { base: run(2), head: more },
    ];
    expect(compare("hold", pairs).map(({ figure }) => figure)).toEqual(["cpu", "wall", "memory"]);
    expect(missing(pairs)).toEqual(["firedrill / ns-3, 10^6 (ratio) is left out, as base lacks it"]);
    expect(missing(pairs.slice(0, 1))).toEqual([]);
    expect(compare("hold", pairs.slice(0, 1)).at(-1)).toMatchObject({ figure: peer.name, base: 3, head: 3, ratio: 1 });
  });

  it("does different work if a digest differs, in a single run too", () => {
    expect(differing(PAIRS)).toEqual([]);
    expect(differing([...PAIRS, { base: run(1), head: run(1, "b2") }])).toEqual(["story"]);
    expect(differing([{ base: run(1), head: { ...run(1), digests: {} } }])).toEqual(["story"]);
  });

  it("is printed one figure a line, numbers to the right", () => {
    expect(printComparisons(compare("run", PAIRS)).split("\n")).toEqual([
      "work  figure  base  head  unit  base/head  least  most",
      "run   cpu     16.0  7.50  s          2.50   1.00  4.00",
      "run   wall    8.00  3.75  s          2.50   1.00  4.00",
      "run   memory  1600   750  MiB        2.50   1.00  4.00",
    ]);
  });
});

describe("what a run prints", () => {
  it("has the processor time of all child processes, not of the shell", () => {
    expect(childSeconds("0m1.004s 0m1.009s\n2m0.225s 1m0.07s\n")).toBeCloseTo(180.295, 9);
    expect(childSeconds("")).toBeUndefined();
  });

  it("has ratios, seconds and GiB of a benchmark, under names that do not depend on the fastest scheduler", () => {
    const row = { bench: "hold", n: 1e6, value: 2, unit: "ratio" } as const;
    const rows = [
      { ...row, impl: "firedrill agenda", unit: "M events/s" } as const,
      { ...row, impl: "firedrill agenda / ns-3 HeapScheduler, its fastest" },
      { ...row, impl: "firedrill calendar, real heartbeat / C++ streaming kernel", n: 1.8e8 },
      { ...row, impl: "wall, 180 M online / 18 M online", n: 1.8e8 },
      { ...row, impl: "firedrill, 70 M moved in an hour, 1:1", n: 1.8e8, unit: "GiB" } as const,
    ];
    expect(benchFigures(rows)).toEqual([
      { name: "firedrill / ns-3, 10^6", unit: "ratio", value: 2 },
      { name: "firedrill / C++, 1.8×10^8", unit: "ratio", value: 2 },
      { name: "wall, 180 M online / 18 M online, 1.8×10^8", unit: "ratio", value: 2 },
      { name: "firedrill, 1.8×10^8", unit: "GiB", value: 2 },
    ]);
  });

  it("has the number of failed tests in the last line that counts them", () => {
    expect(failedTests("1 passed, 9 failed\n\n12 passed, 3 failed, 2 skipped\nbye\n")).toBe(3);
    expect(failedTests("the build failed\n")).toBeUndefined();
  });
});
