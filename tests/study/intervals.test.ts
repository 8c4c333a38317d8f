import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intervalOf, observed, pairedDifference, rounded, studentQuantile } from "../../src/study/intervals.ts";

const ANY = { low: -Infinity, high: Infinity };
const SHARE = { low: 0, high: 100 };
const COUNT = { low: 0, high: Infinity };

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
    expect(intervalOf(observed(ten), { bounds: ANY })).toEqual({ value: 3.1, ci95: [2.95693, 3.24307] });
  });

  it("of one value is that value, and of none there is none", () => {
    expect(intervalOf(observed([7]), { bounds: SHARE })).toEqual({ value: 7, ci95: [7, 7] });
    expect(intervalOf(observed([0]), { bounds: COUNT, oneEvent: 1 })).toEqual({ value: 0, ci95: [0, 0] });
    expect(intervalOf([], { bounds: ANY })).toBeUndefined();
  });

  it("does not leave what the figure can be", () => {
    expect(intervalOf(observed([98, 100, 100, 100]), { bounds: SHARE })!.ci95).toEqual([97.9088, 100]);
    expect(intervalOf(observed([60, 60, 12]), { bounds: { low: 0, high: 60 } })!.ci95).toEqual([0, 60]);
  });

  it("of ten replications that saw no event ends at three tenths of one, not at zero", () => {
    const none = observed(Array.from({ length: 10 }, () => 0));
    expect(intervalOf(none, { bounds: COUNT, oneEvent: 1 })).toEqual({ value: 0, ci95: [0, 0.3] });
    expect(intervalOf(none, { bounds: COUNT })).toEqual({ value: 0, ci95: [0, 0] });
    expect(intervalOf([...none, { value: 1 }], { bounds: COUNT, oneEvent: 1 })!.ci95[0]).toBe(0);
  });

  it("stands open up to the limit if a replication is known only as at least a value", () => {
    const rule = { bounds: { low: 0, high: 600 } };
    const open = (value: number) => ({ value, atLeast: true }) as const;
    expect(intervalOf([...observed([59, 60, 61]), open(600)], rule)).toMatchObject({ atLeast: true });
    expect(intervalOf([...observed([59, 60, 61]), open(600)], rule)!.ci95[1]).toBe(600);
    expect(intervalOf([...observed([59, 60]), open(30)], rule)!.ci95[1]).toBe(600);
    expect(intervalOf(observed([59, 60, 61]), rule)!.ci95[1]).toBeLessThan(70);
    expect(intervalOf([open(600)], rule)!.ci95).toEqual([600, 600]);
  });

  it("stands open up to the largest value seen if the figure has no limit", () => {
    const all = [{ value: 200 }, { value: 450, atLeast: true }] as const;
    expect(intervalOf(all, { bounds: { low: 0, high: Infinity } })!.atLeast).toBe(true);
    expect(intervalOf([all[1], all[1]], { bounds: { low: 0, high: Infinity } })!.ci95).toEqual([450, 450]);
  });

  it("says how many replications were cut off, what the others show, and what the cut-off ones exceed", () => {
    const rule = { bounds: { low: 0, high: 600 } };
    const open = (value: number) => ({ value, atLeast: true }) as const;
    const cutOff = (...all: Parameters<typeof intervalOf>[0]) => intervalOf(all, rule)!.cutOff;
    expect(cutOff(...observed([59, 61]), open(600))).toEqual({ n: 1, of: 3, seen: 60, beyond: 600 });
    expect(cutOff(open(500), open(600))).toEqual({ n: 2, of: 2, seen: null, beyond: 500 });
    expect(cutOff(...observed([59, 61]))).toBeUndefined();
  });

  it("reaches further by what a value may be more than it is", () => {
    const rule = { bounds: { low: 0, high: 600 } };
    const [plain, slack] = [observed([10, 11, 12]), observed([10, 11, 12]).map((one) => ({ ...one, slack: 3 }))];
    expect(intervalOf(slack, rule)!.ci95[1]).toBeCloseTo(intervalOf(plain, rule)!.ci95[1] + 3, 5);
    expect(intervalOf(slack, rule)!.ci95[0]).toBe(intervalOf(plain, rule)!.ci95[0]);
  });

  it("of a share that is at one end of its range ends where so many trials would have shown it", () => {
    const each = (value: number, trials: number) => ({ value, trials });
    expect(intervalOf([each(100, 240), each(100, 240), each(100, 240)], { bounds: SHARE })!.ci95[0]).toBeCloseTo(
      99.5848,
      3,
    );
    // 1 - 0.05^(1/3)
    expect(intervalOf([each(0, 2), each(0, 1)], { bounds: SHARE })!.ci95).toEqual([0, 63.1597]);
    expect(intervalOf([each(0, 240), each(1, 240)], { bounds: SHARE })!.ci95[0]).toBe(0);
  });

  it("holds its own value, whatever the values", () => {
    const numbers = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(numbers, (values) => {
        const { value, ci95 } = intervalOf(observed(values), { bounds: { low: 0, high: 1e9 }, oneEvent: 1 })!;
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
      const { ci95 } = intervalOf(observed(Array.from({ length: 5 }, normal)), { bounds: ANY })!;
      if (ci95[0] <= 0 && 0 <= ci95[1]) covered += 1;
    }
    expect(covered / 2000).toBeGreaterThan(0.935);
    expect(covered / 2000).toBeLessThan(0.965);
  });
});

describe("a paired difference", () => {
  it("forgets what both share", () => {
    const shared = [10, 40, 25, 70];
    const pairs = shared.map((one, i) => [{ value: one + 2 + (i % 2) * 0.1 }, { value: one }] as const);
    const { value, ci95 } = pairedDifference(pairs, { bounds: SHARE })!;
    expect(value).toBeCloseTo(2.05, 5);
    expect(ci95[1] - ci95[0]).toBeLessThan(0.2);
  });

  it("from a twin that is known only as at least a value is known only as at most that", () => {
    const pairs = [1, 2, 3].map((one) => [{ value: 10 + one }, { value: one, atLeast: true }] as const);
    expect(pairedDifference(pairs, { bounds: SHARE })).toMatchObject({ value: 10, atMost: true, ci95: [-100, 10] });
  });

  it("knows no value that cut-off pairs are beyond if some are open upwards and some downwards", () => {
    const open = { value: 50, atLeast: true } as const;
    const pairs = [[open, { value: 1 }] as const, [{ value: 1 }, open] as const];
    expect(pairedDifference(pairs, { bounds: SHARE })!.cutOff).toEqual({ n: 2, of: 2, seen: null, beyond: null });
  });

  it("may be negative, down to the whole range", () => {
    expect(pairedDifference([[{ value: 0 }, { value: 100 }]], { bounds: SHARE })!.value).toBe(-100);
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
