import { describe, expect, it } from "vitest";
import { minutes, seconds } from "../../../src/base/units.ts";
import { ThreadGroup } from "../../../src/engine/thread-group.ts";
import { buildGateways } from "../../../src/world/network/gateway.ts";
import { buildPopulation } from "../../../src/world/population/population.ts";
import type { PairTest } from "../../../src/world/bulk-updates.ts";
import type { PeopleFault } from "../../../src/scenario/people/faults.ts";
import { ActiveFaults } from "../../../src/world/active.ts";
import { surgesAndNatTimeouts } from "../../../src/world/weather/people.ts";
import { faultOf } from "../faults.ts";
import { tiny } from "../support.ts";
import { figure, run } from "./story.ts";

describe("links", () => {
  it("behind a NAT that forgets sooner than the shortest interval break again and again", () => {
    const nat = run("  - { id: one, at: 6 min, nat-timeout: 60 s, where: { region: hainan } }");
    expect(figure(nat, "link.broken.count{region=hainan}")).toBeGreaterThan(2 * 100_000);
  });
});

describe("several faults among the same people", () => {
  const scenario = tiny();
  const gateways = buildGateways(scenario.world);
  const population = buildPopulation(scenario.world, gateways, scenario.run.peopleARow, new ThreadGroup());
  const natTimeoutMs = new Float64Array(population.cells.length);
  const loginSurge = new Float64Array(population.cells.length);
  const woken: PairTest[] = [];
  const effect = surgesAndNatTimeouts({
    scenario,
    gateways,
    crowd: { population, natTimeoutMs, loginSurge },
    bulkUpdates: { wake: (touches) => woken.push(touches) },
    thrownOff: { of: () => undefined, setNat: () => undefined },
  });
  const cellOf = (region: string): number => population.cells.findIndex((cell) => cell.region === region);
  const [hainan, beijing] = [cellOf("hainan"), cellOf("beijing")];

  it("multiply their surges, take the shortest NAT time-out, and wake only cells that differ", () => {
    const active = new ActiveFaults<PeopleFault>();
    effect.combine!(active);
    const usual = natTimeoutMs[hainan]!;
    expect(usual).toBeGreaterThan(60_000);
    expect(loginSurge[hainan]).toBe(1);
    const where = { region: ["hainan"] };
    active.begin(faultOf("one", { surge: 3, natTimeout: seconds(60) }, where));
    active.begin(faultOf("two", { surge: 2, natTimeout: seconds(30) }, where));
    active.begin(faultOf("three", { natTimeout: minutes(1_000) }, where));
    woken.length = 0;
    effect.combine!(active);
    expect([natTimeoutMs[hainan], loginSurge[hainan]]).toEqual([30_000, 6]);
    expect([natTimeoutMs[beijing], loginSurge[beijing]]).toEqual([usual, 1]);
    expect(woken.map((touches) => [touches(hainan, 0), touches(beijing, 0)])).toEqual([[true, false]]);
    effect.combine!(active);
    expect(woken).toHaveLength(1);
    active.end({ id: "two" });
    effect.combine!(active);
    expect([natTimeoutMs[hainan], loginSurge[hainan]]).toEqual([60_000, 3]);
  });
});
