import { describe, expect, it } from "vitest";
import { SCHEDULER_DEFAULTS } from "../../src/algorithms/scheduling/policy.ts";
import { readScenario } from "../../src/scenario/read.ts";
import { shippedScenarios } from "../../src/scenario/shipped.ts";
import { HEAD, problemsOf, read, scenarioOf } from "./reading.ts";

const STORY = `${HEAD}
faults:
  - { id: gateway, at: 40 min, loss: 9 %, where: { gateway: cq-unicom-3g-2 }, until: adjustment-1 }
  - id: cut-over
    at: 45 min
    loss: { share: 2 %, direction: up }
    delay: 18 ms
    cut-over: true
    where: { carrier: unicom, region: [chongqing, sichuan], crossing: true, port: 443 }
    until: 2 h
interventions:
  - { id: adjustment-1, at: 95 min, withdraw: { gateway: cq-unicom-3g-2 } }
  - { id: cheaper, at: 100 min, change: { where: { region: hainan }, loss: -1 %, delay: -5 ms } }
  - { id: more, at: 101 min, add-capacity: { where: { centre: north }, connections: 1 M } }
  - { id: away, at: 102 min, move: { where: { region: hainan }, to: north } }
  - { id: hold, at: 103 min, pause-scheduler: 10 min }
  - { id: repair, at: 104 min, restore-route: { carrier: unicom } }
windows: { before: 20 min..40 min, fault: { from: 50 min, to: 95 min } }
`;

describe("a valid scenario", () => {
  it("becomes instants, fractions and lists", () => {
    const { faults, interventions, windows, run, seed, title } = scenarioOf(read(STORY));
    expect(faults).toEqual([
      {
        id: "gateway",
        at: 2_400_000_000,
        until: { intervention: "adjustment-1" },
        where: { gateway: ["cq-unicom-3g-2"] },
        effects: { loss: { share: 0.09, direction: "both" } },
      },
      {
        id: "cut-over",
        at: 2_700_000_000,
        until: { at: 7_200_000_000 },
        where: { carrier: ["unicom"], region: ["chongqing", "sichuan"], crossing: true, port: [443] },
        effects: { loss: { share: 0.02, direction: "up" }, delay: 18_000, cutOver: true },
      },
    ]);
    expect(interventions.map(({ action }) => action)).toEqual([
      { kind: "withdraw", where: { gateway: ["cq-unicom-3g-2"] } },
      { kind: "change", where: { region: ["hainan"] }, loss: -0.01, delay: -5_000 },
      { kind: "add-capacity", where: { centre: ["north"] }, connections: 1_000_000, logins: 0 },
      { kind: "move", where: { region: ["hainan"] }, to: "north" },
      { kind: "pause-scheduler", lasting: 600_000_000 },
      { kind: "restore-route", where: { carrier: ["unicom"] } },
    ]);
    expect(windows).toEqual({
      before: { from: 1_200_000_000, to: 2_400_000_000 },
      fault: { from: 3_000_000_000, to: 5_700_000_000 },
      run: { from: 1_200_000_000, to: 10_800_000_000 },
    });
    expect(run).toEqual({
      duration: 10_800_000_000,
      warmup: 1_200_000_000,
      peopleARow: 1_000,
      replications: 10,
      heartbeats: "foretold",
    });
    expect([seed, title]).toEqual(["story", "story"]);
  });

  it("has the world of its base with every default filled in", () => {
    const { world } = scenarioOf(read(HEAD));
    expect(world.online).toBe(180_000_000);
    expect(world.rowsAGatewayMin).toBe(60);
    expect(world.access["2g"]).toEqual({ delay: 500_000, loss: 0.012, gateways: "3g" });
    expect(world.regions["chongqing"]).toEqual({
      title: "Chongqing",
      code: "cq",
      at: [29.6, 106.5],
      people: 29_910_000,
      penetration: 1,
      carriers: undefined,
      delay: 0,
      loss: 0,
      tile: [5, 5],
    });
    expect(world.regions["hong-kong"]?.carriers).toEqual({ overseas: 1 });
    expect(world.route).toEqual({ delay: 4_000, delayPer1000Km: 16_000, loss: 0.001, lossPer1000Km: 0.0015 });
    expect(world.clients.reconnect.ladder).toEqual([15e6, 30e6, 120e6, 300e6]);
    expect(world.clients.heartbeat.backOff).toBe(20_000_000);
    expect(Object.keys(world.scheduler)).toEqual(Object.keys(SCHEDULER_DEFAULTS).toSorted());
    expect(world.scheduler.staleAfter).toBe(SCHEDULER_DEFAULTS.staleAfter);
    expect(world.gateways.named).toEqual({});
  });

  it("keeps the seed as it was written", () => {
    for (const seed of ["012", "1.50", "0x1f", "true", "2014-12-01", '"a b"'])
      expect(scenarioOf(read(`${HEAD}seed: ${seed}\n`)).seed).toBe(seed.replaceAll('"', ""));
  });

  it("may have a fault of strength 0", () => {
    const text = `${HEAD}faults: [{ id: f, at: 1 h, loss: 0 %, delay: 0 ms, where: {} }]\n`;
    expect(scenarioOf(read(text)).faults[0]?.effects).toEqual({ loss: { share: 0, direction: "both" }, delay: 0 });
  });

  it("may be saved with a byte order mark and with Windows line ends", () => {
    const plain = scenarioOf(read(STORY)).fingerprint;
    expect(scenarioOf(read(`\ufeff${STORY}`)).fingerprint).toBe(plain);
    expect(scenarioOf(read(STORY.replaceAll("\n", "\r\n"))).fingerprint).toBe(plain);
  });

  it("takes scheduler settings by their own names, over the defaults", () => {
    const text = `${HEAD}scheduler: { stale-after: 5 min, moves-an-hour: 2, step-of-headroom: 10 % }\n`;
    const { scheduler } = scenarioOf(read(text)).world;
    expect(scheduler).toEqual({
      ...scenarioOf(read(HEAD)).world.scheduler,
      staleAfter: 300e6,
      movesAnHour: 2,
      stepOfHeadroom: 0.1,
    });
  });
});

describe("extends", () => {
  it("merges maps by key and lists by id, and replaces lists without ids", () => {
    const base = `${STORY}ports: [8080, 443]\n`;
    const own = `version: 1
name: child
extends: base.yaml
run: { replications: 3 }
ports: [443]
faults:
  - { id: gateway, loss: 0 % }
  - { id: new, at: 1 h, delay: 1 ms, where: {} }
regions: { chongqing: { people: 30 M } }
`;
    const scenario = scenarioOf(read(own, {}, { "base.yaml": base }));
    expect(scenario.run).toMatchObject({ duration: 10_800_000_000, replications: 3 });
    expect(scenario.world.ports).toEqual([443]);
    expect(scenario.faults.map(({ id }) => id)).toEqual(["gateway", "cut-over", "new"]);
    expect(scenario.faults[0]).toMatchObject({ at: 2_400_000_000, effects: { loss: { share: 0 } } });
    expect(scenario.world.regions["chongqing"]).toMatchObject({ people: 30_000_000, code: "cq" });
    expect(scenario.world.regions["beijing"]?.people).toBe(21_520_000);
    expect([scenario.name, scenario.title]).toEqual(["child", "child"]);
  });

  it("reports every problem in the file of the value", () => {
    const base = HEAD.replace("20 min", "20") + "titel: x\n";
    const problems = problemsOf(
      read("version: 1\nname: child\nextends: base.yaml\nsed: a\n", {}, { "base.yaml": base }),
    );
    expect(problems.map(({ file, line, path }) => [file.replace(/.*\//, ""), line, path])).toEqual([
      ["story.yaml", 4, "sed"],
      ["base.yaml", 4, "run.warmup"],
      ["base.yaml", 5, "titel"],
    ]);
  });

  it("finds a loop over several files and reports the line that closes it", () => {
    const problems = problemsOf(
      read(
        "version: 1\nname: a\nextends: b.yaml\n",
        {},
        {
          "b.yaml": "version: 1\nname: b\nextends: c.yaml\n",
          "c.yaml": "version: 1\nextends: story.yaml\n",
        },
      ),
    );
    expect(problems).toMatchObject([{ line: 2, column: 10, message: '"story.yaml" makes a loop of extends' }]);
    expect(problems[0]?.file).toMatch(/c\.yaml$/);
  });
});

describe("--set", () => {
  it("addresses maps by key and lists by id", () => {
    const set = [
      "faults.gateway.loss=0%",
      "regions.beijing.people=22 M",
      "ports=[443]",
      "clients.stay=2 h 30 min",
      "scheduler.dwell=20 min",
    ];
    const { faults, world } = scenarioOf(read(STORY, { set }));
    expect(faults[0]?.effects).toEqual({ loss: { share: 0, direction: "both" } });
    expect(world.regions["beijing"]?.people).toBe(22_000_000);
    expect(world.ports).toEqual([443]);
    expect(world.clients.stay).toBe(9_000_000_000);
    expect(world.scheduler.dwell).toBe(1_200_000_000);
  });

  it("names the option in its problems, with the column of the value", () => {
    const cases: readonly (readonly [string, number, string, string])[] = [
      ["faults.gateway.loss=12", 21, "12 has no unit", "write 12 % (a share)"],
      ["faults.gatewy.loss=1 %", 1, 'faults has no "gatewy"', 'did you mean "gateway"?'],
      ["regions.bejing.people=1 M", 1, 'regions has no "bejing"', 'did you mean "beijing"?'],
      ["clints.stay=1 h", 1, 'unknown key "clints"', 'did you mean "clients"?'],
      ["clients.say=1 h", 1, 'unknown key "say"', 'did you mean "stay"?'],
      ["clients.stay.mean=1 h", 1, "clients.stay is a value and has no keys", "write clients.stay=…"],
      ["clients.stay=", 13, "has no value", "write --set clients.stay=value"],
      ["clients.stay", 1, "is not a setting", "write --set path=value"],
      ["extends=x.yaml", 1, "cannot be changed by a setting", "change it in the file"],
      ["ports=[443", 7, "this [ is not closed", "write ] where it ends"],
      ["title=*a", 7, "an alias (*a)", "aliases are not allowed: write the value out"],
    ];
    for (const [setting, column, message, hint] of cases)
      expect(problemsOf(read(STORY, { set: [setting] })), setting).toMatchObject([
        { file: `--set ${setting}`, line: 1, column, message, hint },
      ]);
  });

  it("adds a key where its value is complete, as in the exceptions of gateways", () => {
    const { world } = scenarioOf(read(STORY, { set: ["gateways.named.cq-unicom-3g-1.delay=9 ms"] }));
    expect(world.gateways.named).toEqual({ "cq-unicom-3g-1": { delay: 9_000 } });
  });

  it("has short forms for seed, scale and replications, with the same rules", () => {
    const overrides = { seed: "007", scale: "1/100", replications: 3 };
    expect(scenarioOf(read(STORY, { overrides }))).toMatchObject({
      seed: "007",
      run: { peopleARow: 100, replications: 3 },
    });
    expect(problemsOf(read(STORY, { overrides: { scale: "100", replications: 0 } }))).toMatchObject([
      { file: "--scale 100", column: 1, message: '"100" is not a scale' },
      { file: "--reps 0", column: 1, message: "0 is out of range" },
    ]);
  });
});

describe("the number of replications", () => {
  const runOf = (replications: string) => scenarioOf(read(STORY, { set: [`run.replications=${replications}`] })).run;

  it("is a number, or the least and the most of them", () => {
    expect(runOf("7")).toMatchObject({ replications: 7 });
    expect(runOf("7")).not.toHaveProperty("replicationsMost");
    expect(runOf("7..7")).toEqual(runOf("7"));
    expect(runOf("4..10")).toMatchObject({ replications: 4, replicationsMost: 10 });
  });

  it.each([
    ["10..4", '"10..4" is the wrong way round', "write the lower number first"],
    ["0..4", '"0" is out of range', "write a whole number from 1 to 10000"],
    ["4..20000", '"20000" is out of range', "write a whole number from 1 to 10000"],
    ["4..", '"4.." is not a count', "write a whole number, such as 100"],
  ])("is not %s", (text, message, hint) => {
    expect(problemsOf(read(STORY, { set: [`run.replications=${text}`] }))).toMatchObject([{ message, hint }]);
  });
});

describe("the fingerprint", () => {
  it("depends on the content, not on the notation or the file", () => {
    const plain = scenarioOf(read(STORY));
    expect(plain.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(scenarioOf(read(`# a comment\n${STORY}`)).fingerprint).toBe(plain.fingerprint);
    expect(scenarioOf(read(STORY)).file).not.toBe(plain.file);
  });

  it("changes with every parameter", () => {
    const settings = [
      [],
      ["faults.gateway.loss=9.1 %"],
      ["seed=x"],
      ["run.scale=1"],
      ["clients.stay=3 h"],
      ["telemetry.late=1 s"],
    ];
    const prints = settings.map((set) => scenarioOf(read(STORY, { set })).fingerprint);
    expect(new Set(prints).size).toBe(settings.length);
  });
});

it("every shipped scenario can be read by its bare name", () => {
  const names = shippedScenarios().map(({ name }) => name);
  expect(names).toContain("quiet-day");
  for (const name of [...names, "china-2014"]) expect(scenarioOf(readScenario(name)).name).toBe(name);
});
