/** What `npm run bench -- pair` makes of its runs: the order, the ratios with their range, the table, and digests that differ. */
import { describe, expect, it } from "vitest";
import { compare, differing, orders, printComparisons, type Run } from "../../bench/pair/compare.ts";

const run = (cpu: number, digest = "a1"): Run => ({
  cpu,
  wall: cpu / 2,
  memory: 100 * cpu,
  digests: { story: digest },
});
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
