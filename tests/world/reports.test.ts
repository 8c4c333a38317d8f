import { expect, it } from "vitest";
import type { QualityReport, SchedulerEffect, SchedulerInput } from "../../src/algorithms/scheduling/messages.ts";
import type { Machine } from "../../src/base/machine.ts";
import { inSeconds, NEVER } from "../../src/base/units.ts";
import { people } from "../../src/simulate/people/system.ts";
import { simulate } from "../../src/simulate/simulation.ts";
import { tiny } from "./support.ts";

/** Returns the reports that reach the scheduler, by second, if clients report their beats every five minutes. */
const reportsOf = (faults: string): readonly (QualityReport & { at: number })[] => {
  const settings = ["telemetry.batch=5 min", "telemetry.late=0 s", "telemetry.lost=0 %"];
  const scenario = tiny(`run: { duration: 30 min, warmup: 5 min }\nfaults: [${faults}]`, settings);
  const reports: (QualityReport & { at: number })[] = [];
  const listener: Machine<SchedulerInput, SchedulerEffect> = {
    wakeAt: NEVER,
    handle: (input, now) => {
      if (input.kind === "quality") reports.push({ ...input, at: inSeconds(now) });
      return [];
    },
  };
  simulate(scenario, { replication: 0, faults: true, interventions: true }, { replacing: [people(() => listener)] });
  return reports;
};

it("a client that logs in reports failed attempts at once; beats are reported once a batch", () => {
  const reports = reportsOf("{ id: block, at: 15 min, block: drop, where: { region: hainan, port: 8080 } }");
  const roundsOf = (gateway: number, count: (report: QualityReport) => number): number =>
    new Set(reports.flatMap((one) => (one.gateway === gateway && one.at > 900 && count(one) > 0 ? [one.at] : []))).size;
  const shut = [...new Set(reports.filter(({ connectFailures }) => connectFailures > 0).map(({ gateway }) => gateway))];
  expect(shut.length).toBeGreaterThan(0);
  for (const gateway of shut) {
    // Thirty rounds, of which at most three end a batch.
    expect(roundsOf(gateway, ({ connectFailures }) => connectFailures)).toBeGreaterThan(10);
    expect(roundsOf(gateway, ({ sessions }) => sessions)).toBeLessThanOrEqual(3);
  }
});
