import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/simulate/simulation.ts";
import { tiny } from "../support.ts";
import { figure, run } from "./story.ts";

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

describe("delay", () => {
  it("lengthens a login by four round trips", () => {
    // With one kind of access: between two, a median may be either's.
    const set = ["mobile", "unicom"].flatMap((carrier) => [
      `carriers.${carrier}.access.3g=100 %`,
      `carriers.${carrier}.access.wifi=0 %`,
    ]);
    const peace = run("  - { id: one, at: 29 min, loss: 0 %, where: {} }", "", set);
    const slow = run("  - { id: one, at: 10 min, until: 20 min, delay: 300 ms, where: { region: hainan } }", "", set);
    const text = "login.time.p50{region=hainan,window=during}";
    expect(figure(slow, text) - figure(peace, text)).toBeGreaterThan(1.1);
    expect(figure(slow, text) - figure(peace, text)).toBeLessThan(1.5);
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

describe("links", () => {
  it("that a cut-over forgets are found dead at the next heartbeat, and people come back", () => {
    const cut = run("  - { id: one, at: 10 min, cut-over: true, where: { region: hainan } }");
    const people = 100_000;
    expect(figure(cut, "link.broken.count{region=hainan}")).toBeGreaterThan(0.9 * people * 0.96);
    expect(figure(cut, "online.share{region=hainan,window=after}")).toBeGreaterThan(94);
  });
});
