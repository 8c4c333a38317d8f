import { describe, expect, it } from "vitest";
import { simulate } from "../../src/simulate/simulation.ts";
import type { Decision } from "../../src/simulate/findings.ts";
import { tiny } from "./support.ts";

const live = (faults: string, rest = "") => {
  const scenario = tiny(`
run: { duration: 60 min, warmup: 10 min }
faults: [${faults}]
${rest}
thresholds:
  - { figure: "alarm.named.share{fault=f}", min: 0 % }
  - { figure: "alarm.delay.max{fault=f}", min: 0 s }
  - { figure: "alarm.false.count", min: 0 }
  - { figure: "move.hourly.max", min: 0 /h }
`);
  const { figures, decisions } = simulate(scenario, { replication: 0, faults: true, interventions: true });
  const of = (kind: Decision["kind"]): readonly Decision[] => decisions.filter((one) => one.kind === kind);
  return { of, value: (text: string): number => figures[text]!.value! };
};

describe("whose fault it is", () => {
  it("is the access of the carrier's users when they are worse to every centre, and nobody is moved", () => {
    const { of, value } = live("{ id: f, at: 15 min, until: 40 min, loss: 8 %, where: { carrier: mobile } }");
    expect(of("alert").length).toBeGreaterThan(0);
    for (const { what, who } of of("alert")) expect(`${what} ${who}`).toMatch(/access fault .*mobile/);
    expect(of("move")).toEqual([]);
    expect(of("all-clear")).toHaveLength(of("alert").length);
    expect(value("alarm.named.share{fault=f}")).toBe(100);
    expect(value("alarm.false.count")).toBe(0);
  });

  it("is the gateway's that reports nothing, and an all-clear follows when it reports again", () => {
    const { of, value } = live(
      "{ id: f, at: 20 min, until: 40 min, down: silent, where: { gateway: sc-mobile-wifi-1 } }",
    );
    expect(of("alert").map(({ what, who }) => [what, who])).toEqual([["access fault", "sc-mobile-wifi-1"]]);
    expect(value("alarm.delay.max{fault=f}")).toBeLessThanOrEqual(420);
    expect(of("all-clear").map(({ at }) => at > 40 * 60)).toEqual([true]);
    expect(of("move")).toEqual([]);
  });

  it.each(["bj-mobile", "bj-unicom", "sc-mobile", "sc-unicom"])(
    "is the access of both Wi-Fi gateways of %s that fail together, not the port that they happen to use",
    (of) => {
      const both = `{ gateway: [${of}-wifi-1, ${of}-wifi-2] }`;
      for (const seed of ["1", "2", "3"]) {
        const found = live(
          `{ id: f, at: 15 min, until: 30 min, loss: 10 %, where: ${both} }`,
          `seed: ${seed}\ngateways: { families: { 3g: { count: 2 }, wifi: { count: 2 } } }`,
        );
        expect(found.of("move")).toEqual([]);
        expect(new Set(found.of("alert").map(({ what }) => what))).toEqual(new Set(["access fault"]));
        expect(found.value("alarm.named.share{fault=f}")).toBe(100);
      }
    },
  );

  it("is the server's by its health check, though no client reports", () => {
    const { of, value } = live(
      "{ id: t, at: 12 min, until: 50 min, telemetry: { lost: 100 % }, where: {} }, { id: f, at: 20 min, until: 40 min, down: silent, where: { server: south-unicom-1 } }",
    );
    expect(of("fail-open")).toHaveLength(1);
    expect(of("alert").map(({ what, who }) => [what, who])).toEqual([["server fault", "south-unicom-1"]]);
    expect(value("alarm.delay.max{fault=f}")).toBeLessThanOrEqual(90);
    expect(of("move").length).toBeGreaterThan(0);
    expect(of("move").every(({ what }) => !what.includes("south-unicom-1"))).toBe(true);
  });

  it("is not the scheduler's to hold back what an operator orders while it is paused", () => {
    const { of } = live(
      "{ id: f, at: 50 min, loss: 1 %, where: { region: hainan } }",
      "interventions: [{ id: p, at: 15 min, pause-scheduler: 30 min }, { id: w, at: 20 min, withdraw: { server: south-unicom-1 } }]",
    );
    expect(of("move").length).toBeGreaterThan(0);
    expect(of("move").every(({ at }) => at < 22 * 60)).toBe(true);
  });

  it("counts a way out and the way back as two moves, whatever the steps", () => {
    const { of, value } = live("{ id: f, at: 12 min, until: 20 min, down: silent, where: { server: south-unicom-1 } }");
    expect(of("step").length).toBeGreaterThan(0);
    expect(value("move.hourly.max")).toBeLessThanOrEqual(2);
  });
});
