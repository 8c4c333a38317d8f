import { describe, expect, it } from "vitest";
import { simulate } from "../../src/simulate/simulation.ts";
import type { Replication } from "../../src/simulate/replication.ts";
import { tiny } from "./support.ts";

const figure = (run: Replication, text: string): number => run.figures[text]!.value!;

const story = (faults: string, rest = ""): string => `
faults:
${faults}
windows: { during: 12 min..18 min, after: 24 min..30 min }
${rest}
thresholds:
  - { figure: "loss.mean{region=hainan,window=during}", max: 100 % }
  - { figure: "loss.mean{region=hainan,window=after}", max: 100 % }
  - { figure: "loss.mean{region=beijing,window=during}", max: 100 % }
  - { figure: "online.min{region=hainan}", min: 0 % }
  - { figure: "online.share{region=hainan,window=after}", min: 0 % }
  - { figure: "link.broken.count{region=hainan}", min: 0 }
  - { figure: "login.count{region=hainan,window=during}", min: 0 }
  - { figure: "login.success.share{region=hainan,window=during}", min: 0 % }
  - { figure: "login.time.p50{region=hainan,window=during}", min: 0 s }
  - { figure: "alarm.false.count", max: 100 }
`;

const run = (faults: string, rest = "", set: readonly string[] = []): Replication =>
  simulate(tiny(story(faults, rest), set), { replication: 0, faults: true, interventions: true });

const KINDS = [
  "loss: 10 %, where: { region: hainan }",
  "loss: { share: 30 %, direction: up }, where: { region: hainan, access: 3g }",
  "delay: 300 ms, where: { region: hainan }",
  "block: drop, where: { region: hainan, port: 8080 }",
  "block: reset, where: { region: hainan, port: 8080 }",
  "block: drop, where: { region: hainan }",
  "cut-over: true, where: { region: hainan }",
  "nat-timeout: 60 s, where: { region: hainan }",
  "down: silent, where: { gateway: hi-mobile-3g-1 }",
  "down: reset, where: { gateway: hi-mobile-3g-1 }",
  "down: drained, where: { gateway: [hi-mobile-3g-1, hi-mobile-3g-2, hi-mobile-3g-3] }",
  "down: silent, where: { centre: south }",
  "down: reset, where: { centre: south }",
  "down: drained, where: { server: south-mobile-1 }",
  "slow: 1000, where: { centre: south }",
  "surge: 20, where: { region: hainan }",
  "telemetry: { lost: 90 %, late: 5 min }, where: {}",
];

it("counts those who were still trying to log in when the run ended", () => {
  const cut = simulate(
    tiny(`
faults: [{ id: cut, at: 15 min, block: drop, where: { region: hainan } }]
windows: { end: 20 min..30 min }
thresholds: [{ figure: "login.success.share{region=hainan,window=end}", min: 0 % }]
`),
    { replication: 0, faults: true, interventions: true },
  );
  expect(figure(cut, "login.success.share{region=hainan,window=end}")).toBe(0);
});

describe("whatever the weather, nobody and no packet is lost from the books", () => {
  it.each(KINDS)("%s", (kind) => {
    const broken = run(`  - { id: one, at: 10 min, until: 20 min, ${kind} }`).invariants.filter(({ held }) => !held);
    expect(broken).toEqual([]);
  });

  it("all of it at once", () => {
    const all = KINDS.map((kind, n) => `  - { id: f${String(n)}, at: ${String(6 + n)} min, ${kind} }`).join("\n");
    expect(run(all).invariants.filter(({ held }) => !held)).toEqual([]);
  });
});

describe("loss", () => {
  it("is what the path loses and what the fault adds, composed, there and nowhere else", () => {
    const peace = run("  - { id: one, at: 29 min, loss: 0 %, where: {} }");
    const fault = run(
      "  - { id: one, at: 10 min, until: 20 min, loss: 10 %, where: { region: hainan, port: [8080, 443] } }",
    );
    const before = figure(peace, "loss.mean{region=hainan,window=during}");
    const expected = 100 * (1 - (1 - before / 100) * 0.9);
    expect(Math.abs(figure(fault, "loss.mean{region=hainan,window=during}") - expected)).toBeLessThan(0.3);
    expect(
      Math.abs(
        figure(fault, "loss.mean{region=beijing,window=during}") -
          figure(peace, "loss.mean{region=beijing,window=during}"),
      ),
    ).toBeLessThan(0.05);
    expect(Math.abs(figure(fault, "loss.mean{region=hainan,window=after}") - before)).toBeLessThan(0.1);
  });
});

describe("links", () => {
  it("that a cut-over forgets are found dead at the next heartbeat, and people come back", () => {
    const cut = run("  - { id: one, at: 10 min, cut-over: true, where: { region: hainan } }");
    const people = 100_000;
    expect(figure(cut, "link.broken.count{region=hainan}")).toBeGreaterThan(0.9 * people * 0.96);
    expect(figure(cut, "online.share{region=hainan,window=after}")).toBeGreaterThan(94);
  });

  it("behind a NAT that forgets sooner than the shortest interval break again and again", () => {
    const nat = run("  - { id: one, at: 6 min, nat-timeout: 60 s, where: { region: hainan } }");
    expect(figure(nat, "link.broken.count{region=hainan}")).toBeGreaterThan(2 * 100_000);
  });
});

describe("a dead region", () => {
  it("is offline while nothing passes, and its logins are counted as failed, not forgotten", () => {
    const dead = run("  - { id: one, at: 10 min, until: 20 min, block: drop, where: { region: hainan } }");
    expect(figure(dead, "online.min{region=hainan}")).toBeLessThan(10);
    expect(figure(dead, "login.success.share{region=hainan,window=during}")).toBeLessThan(5);
    expect(figure(dead, "online.share{region=hainan,window=after}")).toBeGreaterThan(85);
  });
});

describe("gateways out of service for more than one reason", () => {
  it("stay out until the last is over, and where no sibling is left nothing passes", () => {
    const all = "[hi-mobile-3g-1, hi-mobile-3g-2, hi-mobile-3g-3]";
    const gone = run(
      `  - { id: one, at: 8 min, until: 13 min, down: reset, where: { gateway: ${all} } }
  - { id: two, at: 10 min, until: 19 min, down: reset, where: { gateway: ${all} } }`,
      "",
    );
    expect(gone.invariants.filter(({ held }) => !held)).toEqual([]);
    // Mobile 3G is three tenths of Hainan.
    expect(figure(gone, "online.min{region=hainan}")).toBeLessThan(72);
    expect(figure(gone, "online.share{region=hainan,window=after}")).toBeGreaterThan(94);
  });
});

describe("a centre that falls silent and comes back", () => {
  it("loses its people for a while and has them all again: no herd of hints keeps them out", () => {
    const dead = run("  - { id: one, at: 8 min, until: 12 min, down: silent, where: { centre: south } }");
    expect(figure(dead, "online.min{region=hainan}")).toBeLessThan(96);
    expect(figure(dead, "online.share{region=hainan,window=after}")).toBeGreaterThan(95);
  });
});

describe("delay", () => {
  it("lengthens a login by four round trips", () => {
    const peace = run("  - { id: one, at: 29 min, loss: 0 %, where: {} }");
    const slow = run("  - { id: one, at: 10 min, until: 20 min, delay: 300 ms, where: { region: hainan } }");
    const text = "login.time.p50{region=hainan,window=during}";
    expect(figure(slow, text) - figure(peace, text)).toBeGreaterThan(1.1);
    expect(figure(slow, text) - figure(peace, text)).toBeLessThan(1.5);
  });
});

describe("a gateway withdrawn", () => {
  it("sends its users through its siblings within a minute or two", () => {
    const gone = run(
      "  - { id: one, at: 29 min, loss: 0 %, where: {} }",
      "interventions:\n  - { id: out, at: 10 min, withdraw: { gateway: hi-mobile-3g-1 } }",
    );
    expect(figure(gone, "online.share{region=hainan,window=after}")).toBeGreaterThan(94);
    expect(gone.decisions.filter(({ kind }) => kind === "move")).toEqual([]);
  });
});
