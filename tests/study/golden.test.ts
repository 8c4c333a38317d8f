import { describe, expect, it } from "vitest";
import { assemble } from "../../src/study/assemble.ts";
import { changesBetween, goldenOf } from "../../src/study/golden.ts";
import { figure, replicate, scenario } from "./fake.ts";

const document = assemble(
  scenario({ assumptions: [{ parameter: "p", value: "1", provenance: "assumed", source: "us" }] }),
  [figure("loss.mean")],
  {
    pairs: [{ run: replicate({ replication: 0, faults: true, interventions: true }), twin: undefined }],
    partial: false,
  },
  { tool: "0.1.0", plan: { least: 1, most: 1, faults: true } },
);
const golden = goldenOf(document, "first");

describe("a golden", () => {
  it("keeps what was found, not what is written elsewhere", () => {
    expect(golden).toMatchObject({ schema: "firedrill.golden/1", reason: "first", digest: document.digest });
    expect(golden).not.toHaveProperty("assumptions");
    expect(golden).not.toHaveProperty("tool");
  });

  it("keeps of what is said twice the texts alone", () => {
    const [event] = golden.timeline;
    expect(event).toEqual({ at: 60, what: "fault dark begins in 0", who: "me" });
    expect(Object.keys(golden.figures["loss.mean"]!)).toEqual(["value", "unit", "ci95", "n"]);
    const decision = {
      at: 1,
      by: "scheduler",
      kind: "move",
      what: "",
      who: "",
      ip: "",
      why: ["a: leaving b"],
    } as const;
    const row = { figure: "loss.mean", value: 3, unit: "%", ci95: [3, 3], verdict: "held" } as const;
    const asked = { kind: "as-it-comes", published: "3 %", source: "talk" } as const;
    const parts = { metric: "loss", stat: "mean", labels: {} };
    const bare = {
      ...document,
      decisions: [decision],
      expect: [{ ...row, ...asked }],
      thresholds: [{ ...row, limit: "≤ 4 %" }],
    };
    const told = {
      ...bare,
      decisions: [{ ...decision, cause: "a" }],
      expect: bare.expect.map((one) => ({ ...one, parts })),
      thresholds: bare.thresholds.map((one) => ({ ...one, parts, max: 4 })),
    };
    expect(JSON.stringify(goldenOf(told, ""))).toBe(JSON.stringify(goldenOf(bare, "")));
  });

  it("is unchanged by another reason alone", () => {
    expect(changesBetween(golden, goldenOf(document, "second"))).toEqual([]);
  });

  it("shows before and after of each figure, behind the digest", () => {
    const figures = { "loss.mean": { value: 4, unit: "%", ci95: [4, 4] as const, n: 1 } };
    expect(changesBetween(golden, { ...golden, digest: "other", figures })).toEqual([
      { what: "digest", before: golden.digest, after: "other" },
      { what: "loss.mean", before: "3 % [3, 3]", after: "4 % [4, 4]" },
    ]);
  });

  it("says when behaviour changed and figures did not", () => {
    expect(changesBetween(golden, { ...golden, digest: "other" })[0]!.what).toContain("figures did not");
  });

  it("sees a change of any other part too", () => {
    const timeline = [...golden.timeline, { at: 1, what: "more", who: "" }];
    expect(changesBetween(golden, { ...golden, timeline })).toEqual([
      { what: "timeline", before: "1 entries", after: "2 entries" },
    ]);
  });

  it("names what differs within a part or a figure that looks the same", () => {
    const scenario = { ...golden.scenario, fingerprint: "other" };
    const figures = { "loss.mean": { ...golden.figures["loss.mean"]!, n: 7 } };
    expect(changesBetween(golden, { ...golden, scenario, figures })).toEqual([
      { what: "scenario.fingerprint", before: golden.scenario.fingerprint, after: "other" },
      { what: "loss.mean.n", before: String(golden.figures["loss.mean"]!.n), after: "7" },
    ]);
  });

  it("keeps the first decisions and says how many there were", () => {
    const decision = { at: 1, by: "scheduler", kind: "move", what: "", who: "", ip: "", why: [] } as const;
    const many = goldenOf({ ...document, decisions: Array.from({ length: 500 }, () => decision) }, "");
    expect([many.decisions.length, many.decisionsInAll]).toEqual([40, 500]);
  });
});
