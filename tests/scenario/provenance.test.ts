import { describe, expect, it } from "vitest";
import { SCHEDULER_DEFAULTS } from "../../src/algorithms/scheduling/policy.ts";
import { printDuration } from "../../src/base/units.ts";
import { readScenario } from "../../src/scenario/read.ts";
import { HEAD, problemsOf, read, scenarioOf } from "./reading.ts";

const rows = (text: string, set: readonly string[] = []) =>
  new Map(scenarioOf(read(text, { set })).assumptions.map((row) => [row.parameter, row]));

describe("the assumption ledger", () => {
  it("has a row for every parameter, with its value as written and its source in full", () => {
    const ledger = rows(HEAD);
    expect(ledger.get("regions.chongqing.people")).toMatchObject({
      value: "29.91 M",
      provenance: "published",
      source: expect.stringMatching(/^nbs-2014: National Bureau of Statistics/) as string,
    });
    expect(ledger.get("ports")).toMatchObject({ value: "[8080, 443]" });
    expect(ledger.get("online")?.source).toMatch(/^qq-scale: .* \(over 180 million online\)$/);
    expect([...ledger.keys()].filter((key) => key.startsWith("regions.") && key.endsWith(".people"))).toHaveLength(33);
    for (const structural of [
      "regions.beijing.title",
      "regions.beijing.code",
      "regions.beijing.tile",
      "access.2g.gateways",
    ])
      expect(ledger.has(structural)).toBe(false);
  });

  it("applies the longest pattern, and of two equally long ones the one with fewer stars", () => {
    const ledger = rows(HEAD);
    expect(ledger.get("access.wifi.delay")?.provenance).toBe("assumed");
    expect(ledger.get("access.3g.delay")?.provenance).toBe("published");
    expect(ledger.get("regions.overseas.people")?.provenance).toBe("assumed");
    expect(ledger.get("carriers.mobile.nat-timeout.2g")?.provenance).toBe("published");
    expect(ledger.get("carriers.mobile.nat-timeout.4g")?.provenance).toBe("assumed");
  });

  it("shows the scheduler's defaults, unless the scenario sets them", () => {
    const ledger = rows(`${HEAD}scheduler: { dwell: 20 min }\n`);
    expect(ledger.get("scheduler.dwell")?.value).toBe("20 min");
    expect(ledger.get("scheduler.memory")?.value).toBe(`${printDuration(SCHEDULER_DEFAULTS.memory)} (default)`);
    expect(ledger.get("scheduler.explore")?.value).toMatch(/^[\d.]+ % \(default\)$/);
    expect(ledger.get("scheduler.moves-an-hour")?.value).toBe(`${String(SCHEDULER_DEFAULTS.movesAnHour)} (default)`);
    expect([...ledger.keys()].filter((key) => key.startsWith("scheduler."))).toHaveLength(
      Object.keys(SCHEDULER_DEFAULTS).length,
    );
  });

  it("lists the numbers of faults and interventions, assumed by default", () => {
    const story = `${HEAD}
faults: [{ id: f, at: 1 h, loss: 9 %, delay: 1 ms, where: { region: hainan }, until: i }]
interventions: [{ id: i, at: 2 h, change: { where: {}, loss: 1 % } }]
provenance: { faults.f.loss: { is: calibrated, source: qq-scale } }
`;
    const ledger = rows(story);
    const ours = [...ledger.keys()].filter((key) => /^(faults|interventions)\./.test(key));
    expect(ours).toEqual([
      "faults.f.at",
      "faults.f.loss",
      "faults.f.delay",
      "interventions.i.at",
      "interventions.i.change.loss",
    ]);
    expect(ledger.get("faults.f.loss")).toMatchObject({ value: "9 %", provenance: "calibrated" });
    expect(ledger.get("faults.f.delay")).toMatchObject({
      value: "1 ms",
      provenance: "assumed",
      source: "this scenario",
    });
  });

  it("follows --set", () => {
    expect(rows(HEAD, ["online=100 M"]).get("online")?.value).toBe("100 M");
  });
});

it("a parameter of the world without provenance is a problem: at the parameter, or at the section if no parameter of it has one", () => {
  const world = `version: 1
name: tiny
run: { duration: 1 h, warmup: 1 min, scale: 1, replications: 1 }
sources: { us: "we" }
provenance: { access: { is: assumed, source: us } }
access: { wifi: { delay: 12 ms, loss: 0 %, gateways: wifi } }
peering: { delay: 1 ms, loss: 0 % }
`;
  const problems = problemsOf(read(world)).filter(
    ({ path }) => path.startsWith("peering") || path.startsWith("access"),
  );
  expect(problems).toMatchObject([
    {
      line: 7,
      column: 1,
      path: "peering",
      message: "none of its 2 parameters has a provenance",
      hint: "add provenance: peering: { is: assumed, source: … }",
    },
  ]);
  const one = problemsOf(
    read(world.replace("provenance: {", "provenance: { peering.delay: { is: assumed, source: us },")),
  );
  expect(one.filter(({ path }) => path.startsWith("peering"))).toMatchObject([
    { line: 7, column: 31, path: "peering.loss", hint: "add provenance: peering.loss: { is: assumed, source: … }" },
  ]);
});

it("every row of every shipped world is sourced", () => {
  const reading = readScenario("china-2014");
  for (const row of scenarioOf(reading).assumptions) expect(row.source, row.parameter).toMatch(/^[a-z0-9-]+: \S/);
});
