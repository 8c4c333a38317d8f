import { describe, expect, it } from "vitest";
import { HEAD, read } from "./reading.ts";

const problemsOf = (fault: string): readonly string[] => {
  const reading = read(`${HEAD}\nfaults: [{ id: one, at: 30 min, ${fault} }]\n`);
  return "problems" in reading ? reading.problems.map(({ path }) => path) : [];
};

const SERVICES = `
services:
  hop: 500 us
  tiers: { logic: { machines: 2, cores: 1, work: { law: fixed, mean: 1 ms } } }
  entries: { send: { tier: logic, feed: 10 } }
provenance: { services: { is: assumed, source: firedrill } }
`;

describe("a fault of services", () => {
  it.each([
    ["slow: 3, where: { tier: logic }", []],
    ["down: silent, where: { machine: logic-2 }", []],
    ["surge: 3, where: { entry: send }", []],
    ["loss: 3 %, where: { tier: logic }", ["faults[0].loss"]],
    ["surge: 3, where: { tier: logic }", ["faults[0].surge"]],
    ["slow: 3, where: { entry: send }", ["faults[0].slow"]],
    ["down: drained, where: { tier: logic }", ["faults[0].down"]],
    ["slow: 3, where: { tier: logic, region: hainan }", ["faults[0].where.region"]],
    ["slow: 3, where: { tier: logik }", ["faults[0].where.tier"]],
    ["down: reset, where: { machine: logic-3 }", ["faults[0].where.machine"]],
  ])("%s", (fault, paths) => {
    const reading = read(`${HEAD}${SERVICES}\nfaults: [{ id: one, at: 30 min, ${fault} }]\n`);
    expect("problems" in reading ? reading.problems.map(({ path }) => path) : []).toEqual(paths);
  });
});

describe("a selector that an effect does not honour is rejected", () => {
  it.each([
    ["slow: 3, where: { region: hainan }", ["faults[0].where.region"]],
    ["down: silent, where: { centre: north, carrier: unicom }", ["faults[0].where.carrier"]],
    ["surge: 3, where: { centre: north }", ["faults[0].where.centre"]],
    ["nat-timeout: 60 s, where: { region: hainan, port: 443 }", ["faults[0].where.port"]],
    ["telemetry: { lost: 50 %, late: 0 s }, where: { region: hainan }", ["faults[0].where.region"]],
    ["slow: 3, where: { centre: north }", []],
    ["down: silent, where: { gateway: cq-unicom-3g-2 }", []],
    ["down: reset, where: { line: mobile }", []],
    ["surge: 3, where: { region: hainan }", []],
    ["telemetry: { lost: 50 %, late: 0 s }, where: {}", []],
  ])("%s", (fault, paths) => {
    expect(problemsOf(fault)).toEqual(paths);
  });
});
