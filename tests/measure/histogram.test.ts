import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram } from "../../src/measure/histogram.ts";
import { Histograms } from "../../src/measure/histograms.ts";

const whole = fc.integer({ min: 0, max: 10_000_000 });
const weighted = fc.tuple(whole, fc.integer({ min: 1, max: 1_000 }));

const filled = (values: readonly (readonly [number, number])[]): Histogram => {
  const histogram = new Histogram();
  for (const [value, weight] of values) histogram.add(value, weight);
  return histogram;
};

/** All that can be asked of it. */
const facts = (histogram: Histogram): unknown => [
  histogram.count,
  histogram.sum,
  histogram.min,
  histogram.max,
  histogram.mean,
  ...[0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1].map((q) => histogram.quantile(q)),
];

describe("a histogram", () => {
  const exactOf = (values: readonly number[], q: number): number =>
    values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)]!;
  const anywhere = fc.double({ min: 0, max: 1, noNaN: true });

  test("errs by less than half a digit of three on every quantile of whole values", () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 200 }), anywhere, (values, q) => {
        const found = filled(values.map((each) => [each, 1])).quantile(q)!;
        const exact = exactOf(values, q);
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(0.0005 * exact);
        if (exact < 2_048) expect(found).toBe(exact);
      }),
    );
  });

  test("errs by less than 0.1 % on every quantile of any values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 }),
        anywhere,
        (values, q) => {
          const exact = exactOf(values, q);
          expect(Math.abs(filled(values.map((each) => [each, 1])).quantile(q)! - exact)).toBeLessThanOrEqual(
            0.001 * exact,
          );
        },
      ),
    );
  });

  test("knows smallest, largest, count, sum and mean exactly", () => {
    fc.assert(
      fc.property(fc.array(weighted, { minLength: 1 }), (values) => {
        const histogram = filled(values);
        const count = values.reduce((sum, [, weight]) => sum + weight, 0);
        const sum = values.reduce((all, [value, weight]) => all + value * weight, 0);
        expect(histogram).toMatchObject({ count, sum, mean: sum / count });
        expect(histogram.min).toBe(Math.min(...values.map(([value]) => value)));
        expect(histogram.quantile(1)).toBe(Math.max(...values.map(([value]) => value)));
      }),
    );
  });

  test("merges in any order to what one histogram of everything would be", () => {
    fc.assert(
      fc.property(fc.array(fc.array(weighted, { maxLength: 30 }), { maxLength: 6 }), fc.integer(), (parts, turn) => {
        const once = facts(filled(parts.flat()));
        const order = parts.map((_, index) => (index + Math.abs(turn)) % Math.max(1, parts.length)).reverse();
        const merged = new Histogram();
        for (const index of order) merged.merge(filled(parts[index]!));
        expect(facts(merged)).toEqual(once);
        // Merging the merged half into another half: associativity.
        const left = new Histogram();
        const right = new Histogram();
        parts.forEach((part, index) => (index % 2 === 0 ? left : right).merge(filled(part)));
        right.merge(left);
        expect(facts(right)).toEqual(once);
      }),
    );
  });

  test("says the same of values that were kept beside other distributions, in one table or in two", () => {
    const parts = fc.array(fc.array(fc.tuple(whole, fc.integer({ min: 1, max: 1_000 })), { maxLength: 40 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(parts, (all) => {
        const [whole, left, right] = [0, 1, 2].map(() => new Histograms(all.length)) as [
          Histograms,
          Histograms,
          Histograms,
        ];
        all.forEach((values, place) => {
          values.forEach(([value, weight], turn) => {
            whole.add(place, value, weight);
            (turn % 2 === 0 ? left : right).add(place, value, weight);
          });
        });
        left.merge(right.numbers);
        for (const [place, values] of all.entries())
          for (const table of [whole, left]) {
            const histogram = new Histogram();
            table.addTo(histogram, place);
            expect(facts(histogram)).toEqual(facts(filled(values)));
          }
      }),
    );
    expect(() => new Histograms(1).add(0, -1, 1)).toThrow("was given");
  });

  test("keeps every value of a table that grows", () => {
    const values = Array.from({ length: 3_000 }, (_, at): [number, number] => [(at * 37) % 60_000, 1 + (at % 3)]);
    const table = new Histograms(2);
    for (const [value, weight] of values) table.add(1, value, weight);
    const histogram = new Histogram();
    table.addTo(histogram, 1);
    expect(facts(histogram)).toEqual(facts(filled(values)));
  });

  test("counts a weight as that many people", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(whole, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 30 }),
        (values) => {
          const single = values.flatMap(([value, weight]) =>
            Array.from({ length: weight }, (): [number, number] => [value, 1]),
          );
          expect(facts(filled(values))).toEqual(facts(filled(single)));
        },
      ),
    );
  });

  test("has no mean and no quantile before anything was added, and refuses what is no time", () => {
    const histogram = new Histogram();
    expect(histogram.mean).toBeUndefined();
    expect(histogram.quantile(0.5)).toBeUndefined();
    for (const value of [-1, NaN, Infinity]) expect(() => histogram.add(value)).toThrow("was given");
  });
});
