import { describe, expect, it } from "vitest";
import { printChange } from "../../src/scenario/changes.ts";
import type { Settings } from "../../src/scenario/settings.ts";
import { HEAD, read, scenarioOf } from "./reading.ts";

const STORY = `${HEAD}faults: [{ id: gateway, at: 1 h, loss: 9 %, where: { region: beijing } }]\n`;
const changes = (settings: Settings): readonly string[] =>
  (scenarioOf(read(STORY, settings)).changes ?? []).map(printChange);

describe("the changes of a scenario", () => {
  it("are the values that settings give, each with that of the file", () => {
    expect(changes({ set: ["faults.gateway.loss=1 %", "online=5 M", "scheduler.dwell=10 min"] })).toEqual([
      "faults.gateway.loss: 1 % (file: 9 %)",
      "online: 5 M (file: 180 M)",
      "scheduler.dwell: 10 min (file: not set)",
    ]);
  });

  it("name the last of several settings once, and no setting to the same value", () => {
    expect(changes({ set: ["faults.gateway.loss=1 %", "faults.gateway.loss=2 %"] })).toEqual([
      "faults.gateway.loss: 2 % (file: 9 %)",
    ]);
    expect(changes({ set: ["faults.gateway.loss=9 %"] })).toEqual([]);
    expect(scenarioOf(read(STORY))).not.toHaveProperty("changes");
  });

  it("name lists that are left out, unless they are empty", () => {
    expect(changes({ without: ["faults", "interventions"] })).toEqual(["faults: left out (file: gateway)"]);
  });

  it("are no part of the fingerprint", () => {
    const same = `${STORY.replace("9 %", "1 %")}`;
    expect(scenarioOf(read(STORY, { set: ["faults.gateway.loss=1 %"] })).fingerprint).toBe(
      scenarioOf(read(same)).fingerprint,
    );
  });
});
