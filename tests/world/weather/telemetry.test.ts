import { expect, it } from "vitest";
import { ms, seconds } from "../../../src/base/units.ts";
import type { PeopleFault } from "../../../src/scenario/people/faults.ts";
import { ActiveFaults } from "../../../src/world/active.ts";
import { lostAndLateReports } from "../../../src/world/weather/telemetry.ts";
import { faultOf } from "../faults.ts";

it("reports pass several faults one after the other, and their delays add up", () => {
  const telemetry = { extraLost: 0, extraLateMs: 0 };
  const { combine } = lostAndLateReports({ telemetry });
  const active = new ActiveFaults<PeopleFault>();
  active.begin(faultOf("one", { telemetry: { lost: 0.5, late: seconds(2) } }));
  active.begin(faultOf("two", { telemetry: { lost: 0.2, late: ms(500) } }));
  active.begin(faultOf("other", { slow: 2 }));
  combine!(active);
  expect(telemetry.extraLost).toBeCloseTo(0.6, 12);
  expect(telemetry.extraLateMs).toBe(2_500);
  active.end({ id: "one" });
  active.end({ id: "two" });
  combine!(active);
  expect(telemetry).toEqual({ extraLost: 0, extraLateMs: 0 });
});
