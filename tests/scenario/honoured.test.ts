import { describe, expect, it } from "vitest";
import { HEAD, read } from "./door.ts";

const problemsOf = (fault: string): readonly string[] => {
  const reading = read(`${HEAD}\nfaults: [{ id: one, at: 30 min, ${fault} }]\n`);
  return "problems" in reading ? reading.problems.map(({ path }) => path) : [];
};

describe("a selector that an effect would not honour is refused", () => {
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
