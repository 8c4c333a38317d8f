import { describe, expect, it } from "vitest";
import { minutes, seconds } from "../../../src/base/units.ts";
import { simulate } from "../../../src/simulate/simulation.ts";
import { ThreadGroup } from "../../../src/engine/thread-group.ts";
import { buildGateways } from "../../../src/world/network/gateway.ts";
import { buildPopulation } from "../../../src/world/population/population.ts";
import type { WayTest } from "../../../src/world/population/rest.ts";
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

/** Returns the logins a second before a surge and from its beginning to its end. */
const surged = (times: number, stay: string, pause: string): { before: number; during: number } => {
  const many = "{ logins: 1000000 }";
  const story = `
clients: { stay: ${stay}, pause: ${pause} }
centres:
  north: { lines: { mobile: ${many}, unicom: ${many} } }
  south: { lines: { mobile: ${many}, unicom: ${many} } }
faults: [{ id: surge, at: 12 min, until: 20 min, surge: ${String(times)}, where: {} }]
windows: { before: 2 min..12 min, during: 12 min..20 min }
thresholds:
  - { figure: "login.rate{window=before}", min: 0 /s }
  - { figure: "login.rate{window=during}", min: 0 /s }
`;
  const set = ["run.scale=1/20", "run.duration=20 min", "run.warmup=1 min"];
  const found = simulate(tiny(story, set), { replication: 0, faults: true, interventions: true });
  return { before: figure(found, "login.rate{window=before}"), during: figure(found, "login.rate{window=during}") };
};

describe("a surge", () => {
  it.each([
    [5, "4 h", 14_400, "5 min", 300],
    [30, "4 h", 14_400, "5 min", 300],
    [100, "1 h", 3_600, "20 min", 1_200],
    [10, "10 min", 600, "1 min", 60],
  ])("of %d times is as many times the logins, of people who stay %s", (times, stay, stayS, pause, pauseS) => {
    const { before, during } = surged(times, stay, pause);
    const usual = 600_000 / (stayS + pauseS);
    // The noise of some hundred to some thousand rows.
    expect(before / usual).toBeCloseTo(1, 0.9);
    expect(during / (times * usual)).toBeGreaterThan(0.97);
    expect(during / (times * usual)).toBeLessThan(1.03);
  });
});

describe("several faults among the same people", () => {
  const scenario = tiny();
  const gateways = buildGateways(scenario.world);
  const population = buildPopulation(scenario.world, gateways, scenario.run.peopleARow, new ThreadGroup());
  const natTimeoutMs = new Float64Array(population.cells.length);
  const loginSurge = new Float64Array(population.cells.length);
  const woken: WayTest[] = [];
  const effect = surgesAndNatTimeouts({
    scenario,
    gateways,
    crowd: { population, natTimeoutMs, loginSurge },
    bulkUpdates: { wake: (touches) => woken.push(touches) },
    thrownOff: { of: () => undefined, setNat: () => undefined },
    rowMates: { refresh: () => undefined },
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
