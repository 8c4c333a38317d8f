import { describe, expect, it } from "vitest";
import { simulate } from "../../src/simulate/simulation.ts";
import { tiny } from "./support.ts";

const END = 30 * 60;

const blocked = (where: string, how: string, port = 8080, replication = 0) => {
  const scenario = tiny(`
run: { duration: 60 min, warmup: 10 min }
faults: [{ id: block, at: 10 min, until: ${String(END / 60)} min, block: ${how}, where: ${where} }]
thresholds:
  - { figure: "alarm.named.share{fault=block}", min: 100 % }
  - { figure: "alarm.delay.max{fault=block}", max: 2 min }
  - { figure: "alarm.false.count", max: 0.5 }
`);
  const { figures, decisions } = simulate(scenario, { replication, faults: true, interventions: true });
  const to = (what: string): number[] => [...what.matchAll(/:(\d+)\) 100 %/g)].map(([, number]) => Number(number));
  const alerts = decisions.filter(({ kind }) => kind === "alert");
  return {
    value: (text: string): number => figures[text]!.value!,
    alerts: [...new Set(alerts.map(({ what }) => what))],
    leave: decisions.filter(({ kind }) => kind === "move"),
    ontoIt: decisions.filter(({ kind, what }) => kind === "move" && to(what).includes(port)),
    backTooSoon: decisions.filter(({ kind, at }) => kind === "restore" && at <= END),
  };
};

describe("a blocked port is named as such, and its users go to another port and not back too soon", () => {
  it.each([
    ["{ region: hainan, port: 8080 }", "drop", 8080],
    ["{ region: hainan, port: 8080 }", "reset", 8080],
    ["{ region: sichuan, port: 443 }", "drop", 443],
    ["{ port: 8080 }", "drop", 8080],
  ])("%s, %s", (where, how, port) => {
    const found = blocked(where, how, port);
    expect(found.alerts).toEqual(["port fault"]);
    expect(found.value("alarm.named.share{fault=block}")).toBe(100);
    expect(found.value("alarm.delay.max{fault=block}")).toBeLessThanOrEqual(120);
    expect(found.value("alarm.false.count")).toBe(0);
    expect(found.leave.length).toBeGreaterThan(0);
    expect(found.ontoIt).toEqual([]);
    expect(found.backTooSoon).toEqual([]);
  });

  it.each([7, 9, 34, 37])("though only a few connects to another port speak for it: replication %i", (replication) => {
    expect(blocked("{ region: sichuan, port: 443 }", "drop", 443, replication).alerts).toEqual(["port fault"]);
  });
});
