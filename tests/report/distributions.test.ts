import { describe, expect, it } from "vitest";
import { distributionsOf, drawDistributions } from "../../src/report/charts/distributions.ts";
import { readMeasured } from "../../src/scenario/measured.ts";
import { judgeCell } from "../../src/simulate/fidelity.ts";
import { assembleFidelity } from "../../src/study/fidelity.ts";

const reading = readMeasured("bench/data/tcp-measured.json");
const all = "cells" in reading ? reading.cells : [];
const cells = [
  ...all.filter(({ kind }) => kind === "connect").slice(0, 8),
  ...all.filter(({ kind }) => kind === "port_block"),
  { ...all[0]!, id: "odd", kind: "odd" },
];
const charts = distributionsOf(cells, assembleFidelity(cells.map((cell) => judgeCell(cell, 200))));

describe("pictures of measured against simulated distributions", () => {
  it("are one for each kind that the model knows, of the six cells that differ most", () => {
    expect(charts.map(({ name }) => name)).toEqual(["connect", "port_block"]);
    const [connect] = charts;
    expect(connect!.caption).toMatch(/^8 measured conditions, \d held; shown: the 6 that differ most · all cc cubic$/);
    expect(connect!.pairs).toHaveLength(6);
    const ks = connect!.pairs.map(({ label }) => Number(/up to ([\d.]+) points apart/.exec(label)![1]));
    expect(ks).toEqual(ks.toSorted((a, b) => b - a));
  });

  it("name what differs between the cells of a kind, and nothing else", () => {
    const labels = charts.flatMap(({ pairs }) => pairs.map(({ label }) => label.replaceAll("\u00a0", " ")));
    expect(labels.every((label) => /^rtt \d+ ms, loss \d+ %/.test(label))).toBe(true);
    expect(labels.join()).not.toMatch(/cubic|bernoulli|undefined|NaN/);
  });

  it("leave out what has not come through", () => {
    for (const { pairs } of charts)
      for (const { measured, model } of pairs)
        for (const { x, y } of [...measured, ...model]) {
          expect(x).toBeGreaterThan(0);
          expect(Number.isFinite(x)).toBe(true);
          expect(y).toBeLessThanOrEqual(100);
        }
  });

  it("are drawn", async () => {
    const png = await drawDistributions(charts[0]!);
    expect(Buffer.from(png).subarray(1, 4).toString()).toBe("PNG");
    expect(png.length).toBeGreaterThan(50_000);
  });
});
