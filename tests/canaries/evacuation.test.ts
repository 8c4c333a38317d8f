/**
 * Canaries: a planner that ignores capacity and overload, servers that never refuse a login, clients that all reconnect at
 * once. The thresholds of the stories of the evacuation and of the lost centre must catch each of them.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readScenario } from "../../src/scenario/read.ts";
import { simulate } from "../../src/simulate/simulation.ts";
import type { Golden } from "../../src/study/golden.ts";
import { judge } from "../../src/study/judge.ts";

/** Returns the thresholds that one coarse replication of a story breaks. */
const broken = (story: string, ...set: string[]): readonly string[] => {
  // With ten thousand people in a row, the time until the last row is back depends on chance; with three thousand, hardly.
  const scale = story === "centre-lost-reset" ? "1/3000" : "1/10000";
  const reading = readScenario(`scenarios/${story}.yaml`, { set, overrides: { scale } });
  if ("problems" in reading) throw new Error(JSON.stringify(reading.problems));
  const { scenario } = reading;
  const { figures, invariants } = simulate(scenario, { replication: 0, faults: true, interventions: true });
  expect(invariants.filter(({ held }) => !held)).toEqual([]);
  return scenario.thresholds.flatMap(({ figure, min, max }) => {
    const { value } = figures[figure.text]!;
    return judge(value === null ? null : [value, value], { min, max }) === "held" ? [] : [figure.text];
  });
};

describe("the evacuation of Tianjin", () => {
  it("holds", () => {
    // Run by the test of the goldens, at the same scale.
    const { thresholds } = JSON.parse(readFileSync("reports/golden/tianjin-2015.json", "utf8")) as Golden;
    expect(thresholds.filter(({ verdict }) => verdict !== "held")).toEqual([]);
  });

  it("catches a planner that ignores capacity: survivors fill up, and neither moved people nor others can log in", () => {
    expect(broken("tianjin-2015", "interventions.evacuation.evacuate.heeds-health=false")).toEqual(
      expect.arrayContaining([
        "login.success.share{home=north,window=evacuation}",
        "login.success.share{home!=north,window=evacuation}",
        "online.min{home=north,window=dark}",
      ]),
    );
  });
});

describe("the loss of a centre that closes all sockets", () => {
  const worst = ["back.stretch.max{fault=north,window=lost}", "login.goodput.min{centre!=north,window=lost}"];

  it("holds with overload control and clients that follow directions, for any survivors", () => {
    const uneven = ["centres.shanghai.lines.mobile.logins=15000", "centres.shenzhen.lines.telecom.logins=9000"];
    expect(broken("centre-lost-reset", ...uneven)).toEqual([]);
  });

  it("catches the published ladder at servers that never refuse", () => {
    const ladder = ["clients.reconnect.policy=ladder", "admission.policy=none", "admission.deadlines=ignored"];
    expect(broken("centre-lost-reset", ...ladder)).toEqual(expect.arrayContaining(worst));
  });

  it("catches clients that do not follow directions", () => {
    expect(broken("centre-lost-reset", "clients.reconnect.policy=full-jitter")).toEqual(
      expect.arrayContaining([worst[0]]),
    );
  });
});
