import { describe, expect, it } from "vitest";
import { HEAD, problemsOf, read, scenarioOf } from "../reading.ts";

const world = (tiers: string, entries = "send: { tier: logic, feed: 10 }"): string => `${HEAD}
provenance: { services: { is: assumed, source: firedrill } }
services:
  hop: 500 us
  tiers:
    ${tiers}
  entries:
    ${entries}
`;
const LOGIC = "logic: { machines: 2, cores: 4, work: { law: fixed, mean: 1 ms }";

describe("services in a scenario", () => {
  it("are read with every default filled in", () => {
    const storage = "storage: { machines: 1, cores: 1, work: { law: fixed, mean: 1 ms } }";
    const tiers = `${LOGIC}, admission: priority, retries: budget, calls: [storage] }\n    ${storage}`;
    const { services } = scenarioOf(read(world(tiers))).world;
    expect(services!.tiers["logic"]).toMatchObject({
      machines: 2,
      admission: { kind: "priority", threshold: 20_000, alpha: 0.05, beta: 0.01 },
      retries: { kind: "budget", most: 3, share: 0.1 },
      balance: { kind: "random" },
      timeout: 500_000,
      earlyAbort: true,
    });
    expect(services!.entries["send"]).toMatchObject({ feed: 10, deadline: 500_000, priority: 0, connections: 0 });
  });

  it("can be changed by settings", () => {
    const set = [
      "services.tiers.logic.machines=5",
      "services.entries.send.feed=2 k",
      "services.tiers.logic.admission=codel",
    ];
    const { services } = scenarioOf(read(world(`${LOGIC} }`), { set })).world;
    expect(services!.tiers["logic"]).toMatchObject({ machines: 5, admission: { kind: "codel", target: 5_000 } });
    expect(services!.entries["send"]!.feed).toBe(2_000);
  });

  it("need a provenance for every number", () => {
    const text = world(`${LOGIC} }`).replace("services: { is", "services.hop: { is");
    expect(problemsOf(read(text)).map(({ path }) => path)).toContain("services.tiers.logic.cores");
  });

  it.each([
    [
      "a tier that is not there",
      world(`${LOGIC} }`, "send: { tier: logik, feed: 10 }"),
      'services.entries.send.tier: "logik" is not a tier of this world',
      'did you mean "logic"?',
    ],
    [
      "a call of an unknown tier",
      world(`${LOGIC}, calls: [storage] }`),
      'services.tiers.logic.calls[0]: "storage" is not a tier',
      "",
    ],
    [
      "calls that form a cycle",
      world(`${LOGIC}, calls: [logic] }`),
      "services.entries.send.tier: its calls form a cycle",
      "without a cycle",
    ],
    [
      "a mistyped key",
      world(`${LOGIC}, admision: none }`),
      'services.tiers.logic.admision: unknown key "admision"',
      'did you mean "admission"?',
    ],
    ["an unknown kind of admission", world(`${LOGIC}, admission: dagor }`), "services.tiers.logic.admission", ""],
    ["memory without unit", world(`${LOGIC}, memory: 16 }`), "services.tiers.logic.memory: 16 has no unit", "16 KiB"],
    [
      "no machine",
      world("logic: { machines: 0, cores: 4, work: { law: fixed, mean: 1 ms } }"),
      "services.tiers.logic.machines: 0 is out of range",
      "from 1 to 1000",
    ],
    [
      "work without computing time",
      world("logic: { machines: 1, cores: 4, work: { law: fixed, mean: 0 s } }"),
      "services.tiers.logic.work.mean",
      "above 0 s",
    ],
    ["a setting of another tier", world(`${LOGIC} }`), 'services.tiers has no "logik"', ""],
  ])("report position and hint: %s", (claim, text, message, hint) => {
    const set = claim.startsWith("a setting") ? ["services.tiers.logik.machines=3"] : [];
    const problems = problemsOf(read(text, { set }));
    const found = problems.find((one) => `${one.path}: ${one.message}`.includes(message));
    expect(found, JSON.stringify(problems)).toBeDefined();
    expect(found!.hint).toContain(hint);
    expect(found!.line).toBeGreaterThan(0);
  });
});
