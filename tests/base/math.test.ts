import { describe, expect, it } from "vitest";
import { binomialQuantile, exponential, logOfWord, normalQuantile } from "../../src/base/math.ts";

/** P(X <= k) by plain summation. */
const cumulative = (n: number, p: number): number[] => {
  const chances: number[] = [];
  let chance = Math.pow(1 - p, n);
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += chance;
    chances.push(sum);
    chance *= ((p / (1 - p)) * (n - k)) / (k + 1);
  }
  return chances;
};

const quantile = (u: number, chances: readonly number[]): number => {
  const found = chances.findIndex((sum) => sum >= u);
  return found < 0 ? chances.length - 1 : found;
};

const grid = Array.from({ length: 2_000 }, (_, i) => (i + 0.5) / 2_000);

it("the logarithm of a word is that of its share", () => {
  const words = [0, 1, 2, 1_048_575, 1_048_576, 2_147_483_647, 2_147_483_648, 4_294_967_295];
  for (let word = 3; word < 4_294_967_296; word = Math.floor(word * 1.0007) + 1) words.push(word);
  for (const word of words)
    expect(Math.abs(logOfWord(word) - Math.log((word + 0.5) / 4_294_967_296))).toBeLessThan(1e-6);
});

describe("a binomial count from one uniform", () => {
  it.each([
    [1, 0.3],
    [7, 0.01],
    [60, 0.4],
    [500, 0.02],
    [40, 0.7],
  ])("is exact for few: n %d, p %d", (n, p) => {
    const chances = cumulative(n, p);
    for (const u of grid) expect(binomialQuantile(u, n, p)).toBe(quantile(u, chances));
  });

  it.each([
    [300, 0.1],
    [1_000, 0.05],
    [120, 0.5],
    [900, 0.3],
    [200, 0.8],
  ])("is another, and then a neighbour, in less than one draw of fifty for many: n %d, p %d", (n, p) => {
    const chances = cumulative(n, p);
    const off = grid.map((u) => Math.abs(binomialQuantile(u, n, p) - quantile(u, chances)));
    expect(Math.max(...off)).toBeLessThanOrEqual(1);
    expect(off.filter((one) => one > 0).length / off.length).toBeLessThan(0.02);
  });

  it("stays in its range at the ends", () => {
    expect(binomialQuantile(1e-300, 10, 0.5)).toBe(0);
    expect(binomialQuantile(1 - 1e-16, 1e9, 0.5)).toBeLessThanOrEqual(1e9);
    expect([binomialQuantile(0.5, 0, 0.5), binomialQuantile(0.5, 9, 0), binomialQuantile(0.5, 9, 1)]).toEqual([
      0, 0, 9,
    ]);
  });
});

describe("laws by inversion", () => {
  it("give the normal quantiles of the tables", () => {
    for (const [u, z] of [
      [0.5, 0],
      [0.975, 1.959963985],
      [0.001, -3.090232306],
      [0.9999, 3.719016485],
    ] as const)
      expect(normalQuantile(u)).toBeCloseTo(z, 7);
  });

  it("give waiting times of the stated mean", () => {
    const sum = grid.reduce((total, u) => total + exponential(u, 7), 0);
    expect(sum / grid.length).toBeCloseTo(7, 1);
  });
});
