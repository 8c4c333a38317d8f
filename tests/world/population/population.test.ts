import { describe, expect, it } from "vitest";
import { readScenario } from "../../../src/scenario/read.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { buildGateways } from "../../../src/world/network/gateway.ts";
import { buildPopulation, type Population, rankOf } from "../../../src/world/population/population.ts";

const scenario = (set: readonly string[] = []): Scenario => {
  const reading = readScenario("quiet-day", { set });
  if (!("scenario" in reading)) throw new Error("the quiet day is not valid");
  return reading.scenario;
};

const peopleOf = (one: Scenario): Population =>
  buildPopulation(one.world, buildGateways(one.world), one.run.peopleARow);

describe("China, end of 2014", () => {
  it("has 31 provincial regions, Hong Kong and overseas, and nobody gets lost to rounding", () => {
    const one = scenario();
    expect(Object.keys(one.world.regions)).toHaveLength(33);
    expect(peopleOf(one).people).toBe(180_000_000);
  });

  it("puts 1 to 2 % of users overseas", () => {
    const { cells } = peopleOf(scenario());
    const overseas = cells.filter(({ region }) => region === "overseas").reduce((sum, { people }) => sum + people, 0);
    expect(overseas / 180e6).toBeGreaterThan(0.01);
    expect(overseas / 180e6).toBeLessThan(0.02);
  });
});

describe("rows", () => {
  it.each(["1/1000", "1/10000", "1/100"])(
    "at %s weigh their cell's people exactly, and no gateway is three people",
    (scale) => {
      const population = peopleOf(scenario([`run.scale=${scale}`]));
      const rowsBehind = new Map<number, number>();
      population.cells.forEach(({ people, rows, gateway }, cell) => {
        let sum = 0;
        for (let index = 0; index < rows; index++) sum += population.peopleOf(cell, index);
        expect(sum).toBe(people);
        rowsBehind.set(gateway, (rowsBehind.get(gateway) ?? 0) + rows);
      });
      for (const rows of rowsBehind.values()) expect(rows).toBeGreaterThanOrEqual(58);
    },
  );

  it("at 1:1 are people", () => {
    const population = peopleOf(scenario(["run.scale=1", "online=3 M"]));
    expect(population.rows).toBe(3_000_000);
    population.cells.forEach(({ people, rows }) => expect(rows).toBe(people));
  });
});

describe("ranks", () => {
  it("put any share of a gateway's rows within one row of that share", () => {
    for (const rows of [60, 61, 1000])
      for (const share of [0.1, 1 / 3, 0.5, 0.93]) {
        const below = Array.from({ length: rows }, (_, index) => rankOf(index, 0)).filter(
          (rank) => rank < share,
        ).length;
        expect(Math.abs(below - share * rows)).toBeLessThan(4);
      }
  });
});
