/** Logins are counted when they are complete: those that fail, or are still under way, are not among them. */
import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/simulate/simulation.ts";
import { tiny } from "../../world/support.ts";

const counts = (more: string, windows: string): ((figure: string) => number) => {
  const names = [...windows.matchAll(/(\w+):/g)].map(([, name]) => name!);
  const scenario = tiny(
    `
run: { duration: 40 min, warmup: 5 min }
${more}
windows: { ${windows} }
thresholds:
${names
  .flatMap((name) => [
    `  - { figure: "login.count{window=${name}}", min: 0 }`,
    `  - { figure: "login.rate{window=${name}}", min: 0 /s }`,
    `  - { figure: "login.success.share{window=${name}}", min: 0 % }`,
    `  - { figure: "login.goodput.rate{window=${name}}", min: 0 /s }`,
  ])
  .join("\n")}
`,
    ["run.scale=1/1000"],
  );
  const { figures } = simulate(scenario, { replication: 0, faults: true, interventions: true });
  return (figure) => figures[figure]!.value!;
};

describe("the count and rate of logins", () => {
  const dark = "faults: [{ id: f, at: 10 min, until: 30 min, block: drop, where: {} }]";

  it("are of completed logins: none while nobody reaches a server", () => {
    const of = counts(dark, "before: 6 min..10 min, during: 11 min..29 min");
    expect(of("login.count{window=before}")).toBeGreaterThan(0);
    expect(of("login.success.share{window=during}")).toBe(0);
    expect(of("login.count{window=during}")).toBe(0);
    expect(of("login.rate{window=during}")).toBe(0);
  });

  it("agree with what the servers completed, also of logins that took longer than a minute", () => {
    const of = counts(dark, "all: 5 min..40 min, after: 31 min..40 min");
    for (const window of ["all", "after"]) {
      const rate = of(`login.rate{window=${window}}`);
      expect(rate).toBeGreaterThan(0);
      expect(Math.abs(rate / of(`login.goodput.rate{window=${window}}`) - 1)).toBeLessThan(0.01);
    }
  });
});

describe("the wait of logins at their servers", () => {
  it("has no data while no login reaches a server, and is 0 s where they come and need not wait", () => {
    const { figures } = simulate(
      tiny(
        `
run: { duration: 20 min, warmup: 5 min }
faults: [{ id: out, at: 10 min, down: reset, where: { centre: [north, south] } }]
windows: { before: 6 min..10 min, out: 11 min..20 min }
thresholds:
  - { figure: "login.queue.p99{window=before}", max: 1 s }
  - { figure: "login.queue.p99{window=out}", max: 1 s }
  - { figure: "login.queue.max{window=out}", max: 1 s }
`,
        ["run.scale=1/100"],
      ),
      { replication: 0, faults: true, interventions: true },
    );
    expect(figures["login.queue.p99{window=before}"]!.value).toBe(0);
    const none = { value: null, why: "no login reached a server in the window" };
    expect(figures["login.queue.p99{window=out}"]).toEqual(none);
    expect(figures["login.queue.max{window=out}"]).toEqual(none);
  });
});
