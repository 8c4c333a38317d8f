import { describe, expect, it } from "vitest";
import { judge } from "../../src/study/judge.ts";
import { intervalOf, observed } from "../../src/study/intervals.ts";
import { errorAt, looksOf, type Replications } from "../../src/study/stopping.ts";

/** Standard normal values, the same at every run of the tests. */
const normals = () => {
  let state = 2026;
  const uniform = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
};

/** Returns the share of studies that decide a row whose limit is `distance` standard deviations above the truth. */
const decided = (range: Replications, distance: number, studies: number): number => {
  const normal = normals();
  let count = 0;
  for (let study = 0; study < studies; study++) {
    const values: number[] = [];
    for (const look of looksOf(range)) {
      while (values.length < look) values.push(normal());
      const rule = { bounds: { low: -Infinity, high: Infinity }, error: errorAt(range, look) };
      if (judge(intervalOf(observed(values), rule)!.ci95, { min: undefined, max: distance }) === "unknown") continue;
      count += 1;
      break;
    }
  }
  return count / studies;
};

describe("a study that stops when its rows are decided", () => {
  it("looks after the least replications, then after a quarter more, and after the most", () => {
    expect(looksOf({ least: 10, most: 20 })).toEqual([10, 13, 17, 20]);
    expect(looksOf({ least: 1, most: 4 })).toEqual([1, 2, 3, 4]);
    expect(looksOf({ least: 5, most: 5 })).toEqual([5]);
  });

  it.each([
    { least: 10, most: 60 },
    { least: 3, most: 200 },
    { least: 1, most: 50 },
  ])("spends an error of 5 %% on all its looks from $least to $most", (range) => {
    const spent = looksOf(range).reduce((sum, look) => sum + errorAt(range, look), 0);
    expect(spent).toBeCloseTo(0.05, 12);
    expect(errorAt({ least: 7, most: 7 }, 7)).toBe(0.05);
  });

  it.each([
    { least: 10, most: 60 },
    { least: 3, most: 200 },
  ])("decides a truth at its limit in no more than 5 %% of studies of $least to $most", (range) => {
    const studies = 2_000;
    // Three deviations of a binomial count around 5 %.
    expect(decided(range, 0, studies)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / studies));
  });

  it("decides a truth that is one deviation from its limit nearly always, and early", () => {
    expect(decided({ least: 10, most: 60 }, 1, 500)).toBeGreaterThan(0.99);
    expect(decided({ least: 10, most: 10 }, 0.2, 500)).toBeLessThan(0.2);
  });
});
