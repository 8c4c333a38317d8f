import { expect, it } from "vitest";
import { Scheduler } from "../../../src/algorithms/scheduling/scheduler.ts";
import { BUCKET, Clock } from "../../../src/engine/clock.ts";
import type { PeopleFault } from "../../../src/scenario/people/faults.ts";
import { Incidents } from "../../../src/simulate/people/incidents.ts";
import { buildWorld } from "../../../src/world/build.ts";
import { tiny } from "../../world/support.ts";

/** Returns whether an alert that a line of the north is at fault for everybody names a cut at this place. */
const isNamed = (where: string, line: string): boolean | null => {
  const scenario = tiny(`faults: [{ id: cut, at: 10 min, block: drop, where: ${where} }]`, [
    "run.scale=1",
    "online=2 k",
  ]);
  const world = buildWorld(scenario, {
    seed: "cut",
    watch: [],
    notes: { login: () => undefined },
    scheduler: (topology) => new Scheduler(scenario.world.scheduler, topology),
    clock: new Clock(BUCKET),
  });
  const incidents = new Incidents(world, scenario);
  incidents.begin(scenario.faults[0] as PeopleFault, 600);
  const of = world.fleet.endpoints.flatMap((one, index) =>
    one.centre === "north" && one.line === line ? [index] : [],
  );
  const what = {
    kind: "alert",
    what: "line fault",
    who: `north/${line}`,
    ip: "",
    why: [],
    gateway: undefined,
  } as const;
  const alert = { ...what, at: 700, claim: { gateways: undefined, endpoints: new Set(of) } };
  return incidents.named("cut", [alert], 1_000);
};

it.each([
  ["{ carrier: mobile, centre: north }", "mobile", true],
  ["{ carrier: unicom, centre: north }", "unicom", true],
  ["{ line: unicom, centre: north }", "unicom", true],
  ["{ carrier: unicom, centre: north }", "mobile", false],
  ["{ carrier: unicom, centre: south }", "unicom", false],
  ["{ carrier: unicom, region: hainan, centre: north }", "unicom", false],
])("a cut at %s: an alert of the line north/%s names it: %s", (where, line, expected) => {
  expect(isNamed(where, line)).toBe(expected);
});
