import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intervalOf, pairedDifference, rounded, studentQuantile } from "../../src/study/intervals.ts";

const ANY = { low: -Infinity, high: Infinity };

describe("Student's quantile", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2, and R's qt() for the further digits.
  it.each([
    [0.975, 1, 12.706205],
    [0.975, 2, 4.302653],
    [0.975, 3, 3.182446],
    [0.975, 4, 2.776445],
    [0.975, 9, 2.262157],
    [0.975, 10, 2.228139],
    [0.975, 19, 2.093024],
    [0.975, 30, 2.042272],
    [0.975, 99, 1.984217],
    [0.975, 100, 1.983972],
    [0.95, 1, 6.313752],
    [0.95, 5, 2.015048],
    [0.995, 7, 3.499483],
    [0.999, 12, 3.929633],
    [0.9, 24, 1.317836],
  ])("of %f with %i degrees is %f", (p, freedom, wanted) => {
    expect(studentQuantile(p, freedom)).toBeCloseTo(wanted, 6);
  });

  it("nears the normal law's with many degrees, and is odd around one half", () => {
    expect(studentQuantile(0.975, 100_000)).toBeCloseTo(1.959988, 5);
    expect(studentQuantile(0.025, 9)).toBe(-studentQuantile(0.975, 9));
    expect(studentQuantile(0.5, 9)).toBe(0);
  });
});

describe("an interval", () => {
  it("is that of the textbook: 95 % of ten values by hand", () => {
    const ten = [3.1, 2.9, 3.4, 3.0, 3.2, 2.8, 3.3, 3.1, 2.9, 3.3];
    // mean 3.1, s = 0.2, t = 2.262157, half = t·s/√10 = 0.143073
    expect(intervalOf(ten, ANY)).toEqual({ value: 3.1, ci95: [2.95693, 3.24307] });
  });

  it("of one value is that value, and of none there is none", () => {
    expect(intervalOf([7], { low: 0, high: 100 })).toEqual({ value: 7, ci95: [7, 7] });
    expect(intervalOf([0], { low: 0, high: 100 }, 1)).toEqual({ value: 0, ci95: [0, 0] });
    expect(intervalOf([], ANY)).toBeUndefined();
  });

  it("does not leave what the figure can be", () => {
    expect(intervalOf([98, 100, 100, 100], { low: 0, high: 100 })!.ci95).toEqual([97.9088, 100]);
    expect(intervalOf([60, 60, 12], { low: 0, high: 60 })!.ci95).toEqual([0, 60]);
  });

  it("of ten replications that saw no event ends at three tenths of one, not at zero", () => {
    const none = Array.from({ length: 10 }, () => 0);
    expect(intervalOf(none, { low: 0, high: Infinity }, 1)).toEqual({ value: 0, ci95: [0, 0.3] });
    expect(intervalOf(none, { low: 0, high: Infinity })).toEqual({ value: 0, ci95: [0, 0] });
    expect(intervalOf([...none, 1], { low: 0, high: Infinity }, 1)!.ci95[0]).toBe(0);
  });

  it("stands open up to the limit when a replication was censored there", () => {
    const bounds = { low: 0, high: 600, censored: true } as const;
    expect(intervalOf([59, 60, 61, 600], bounds)!.ci95[1]).toBe(600);
    expect(intervalOf([599, 600, 600, 600, 600, 600, 600, 600], bounds)!.ci95[1]).toBe(600);
    expect(intervalOf([59, 60, 61], bounds)!.ci95[1]).toBeLessThan(70);
    expect(intervalOf([600], bounds)!.ci95).toEqual([600, 600]);
  });

  it("holds its own value, whatever the values", () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(numbers, (values) => {
        const { value, ci95 } = intervalOf(values, { low: 0, high: 1e9 }, 1)!;
        return ci95[0] <= value && value <= ci95[1] && ci95[0] >= 0 && (value === 0 || ci95[1] <= 1e9);
      }),
    );
  });

  it("covers the truth about 95 times in a hundred", () => {
    let state = 12345;
    const uniform = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const normal = (): number => Array.from({ length: 12 }, uniform).reduce((sum, one) => sum + one, -6);
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      const { ci95 } = intervalOf(Array.from({ length: 5 }, normal), ANY)!;
      if (ci95[0] <= 0 && 0 <= ci95[1]) covered += 1;
    }
    expect(covered / 2000).toBeGreaterThan(0.935);
    expect(covered / 2000).toBeLessThan(0.965);
  });
});

describe("a paired difference", () => {
  it("forgets what both share", () => {
    const shared = [10, 40, 25, 70];
    const pairs = shared.map((one, i) => [one + 2 + (i % 2) * 0.1, one] as const);
    const { value, ci95 } = pairedDifference(pairs, { low: 0, high: 100 })!;
    expect(value).toBeCloseTo(2.05, 5);
    expect(ci95[1] - ci95[0]).toBeLessThan(0.2);
  });

  it("may be negative, down to the whole range", () => {
    expect(pairedDifference([[0, 100]], { low: 0, high: 100 })!.value).toBe(-100);
  });
});

describe("rounding", () => {
  it("never swaps two numbers", () => {
    const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(fc.property(number, number, (a, b) => a > b || rounded(a) <= rounded(b)));
  });

  it("keeps six digits and whole numbers, and has no minus zero", () => {
    expect(rounded(3.14159265)).toBe(3.14159);
    expect(rounded(179_999_873)).toBe(179_999_873);
    expect(Object.is(rounded(-0), 0)).toBe(true);
  });
});
