import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { readScenario } from "../../src/scenario/read.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import type { Replication } from "../../src/simulate/replication.ts";
import { simulate } from "../../src/simulate/simulation.ts";
import { tiny } from "../world/support.ts";

const STORY = `
faults:
  - { id: gateway, at: 10 min, loss: 20 %, where: { gateway: sc-mobile-3g-2 }, until: 20 min }
  - { id: cut, at: 12 min, cut-over: true, delay: 9 ms, where: { region: hainan, carrier: unicom }, until: fixed }
interventions:
  - { id: fixed, at: 18 min, withdraw: { gateway: hi-unicom-3g-1 } }
windows: { during: 10 min..20 min }
thresholds:
  - { figure: "loss.mean{region=sichuan,window=during,by=gateway}", max: 100 % }
`;

const run = (scenario: Scenario, faults = true, replication = 0): Replication =>
  simulate(scenario, { replication, faults, interventions: faults });

const without = ({ timeline: _, ...rest }: Replication): Omit<Replication, "timeline"> => rest;

describe("one seed gives one result", () => {
  it("twice in one process, to the last byte", () => {
    expect(JSON.stringify(run(tiny(STORY)))).toBe(JSON.stringify(run(tiny(STORY))));
  });

  it("and another seed or replication gives another one", () => {
    const digests = [run(tiny(STORY)), run(tiny(STORY), true, 1), run({ ...tiny(STORY), seed: "other" })];
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(3);
  });
});

/** Returns the value with the keys of all its maps in reverse. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, below]) => [key, reversed(below)]));
};

it("names of regions, carriers, centres and all else may come in any order", () => {
  const text = readFileSync("tests/fixtures/tiny.yaml", "utf8");
  const whole = { ...(parse(text) as object), ...(parse(STORY) as object), seed: "tiny" };
  const runOf = (world: unknown): Replication => {
    const file = join(mkdtempSync(join(tmpdir(), "tiny-")), "story.yaml");
    writeFileSync(file, stringify(world, { aliasDuplicateObjects: false }));
    const reading = readScenario(file);
    if (!("scenario" in reading)) throw new Error(JSON.stringify(reading.problems));
    return run(reading.scenario);
  };
  expect(JSON.stringify(runOf(reversed(whole)))).toBe(JSON.stringify(runOf(whole)));
});

describe("a fault of strength nothing", () => {
  it("leaves digest, figures and decisions unchanged", () => {
    const nothing = `
faults:
  - { id: a, at: 7 min 100 ms, loss: 0 %, delay: 0 ms, surge: 1, where: { region: hainan }, until: 22 min }
  - { id: c, at: 8 min, slow: 1, where: { centre: south } }
  - { id: b, at: 9 min, telemetry: { lost: 0 %, late: 0 s }, where: {} }
windows: { during: 10 min..20 min }
thresholds:
  - { figure: "loss.mean{region=sichuan,window=during,by=gateway}", max: 100 % }
`;
    const scenario = tiny(nothing);
    expect(without(run(scenario))).toEqual(without(run(scenario, false)));
  });
});

describe("a twin", () => {
  it("equals the run until the first fault, and differs after it", () => {
    const scenario = tiny(STORY);
    const [real, twin] = [run(scenario), run(scenario, false)];
    expect(real.digest).not.toBe(twin.digest);
    const lossOf = ({ series }: Replication): readonly (number | null)[] =>
      series.find(({ figure }) => figure === "loss.mean")!.value;
    expect(lossOf(real).slice(0, 10)).toEqual(lossOf(twin).slice(0, 10));
    expect(lossOf(real)).not.toEqual(lossOf(twin));
  });
});

describe("a user's events", () => {
  const watch = [
    { cell: "bj-mobile-3g-1/3g", index: 5 },
    { cell: "hi-unicom-wifi-2/wifi", index: 0 },
    { cell: "sc-mobile-3g-2/3g", index: 77 },
  ];
  const lives = (scenario: Scenario): Replication["traces"] =>
    simulate(scenario, { replication: 0, faults: true, interventions: true, watch }).traces;

  it("do not change when other users are added", () => {
    const few = lives(tiny(STORY, ["run.scale=1", "online=60 k"]));
    const more = lives(tiny(STORY, ["run.scale=1", "online=60030"]));
    expect(few.length).toBeGreaterThan(10);
    expect(more).toEqual(few);
  });

  it("do not change because they are traced", () => {
    const scenario = tiny(STORY);
    const looked = simulate(scenario, { replication: 0, faults: true, interventions: true, watch });
    expect(looked.digest).toBe(run(scenario).digest);
  });
});
