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

const PUSH = `
push:
  workers: { hosts: 2, slots: 1 }
  limiter: { limit: 1000 }
  service: { capacity: 2000 }
  tasks: { evening: { at: 10 min, subscribers: 1 k } }
provenance: { services: { is: assumed, source: firedrill }, push: { is: assumed, source: firedrill } }
`;

describe("one mistake in where is one error, and blames no correct line", () => {
  const errorsOf = (fault: string): readonly string[] => {
    const story = SERVICES.replace(/provenance:.*\n/, "");
    const reading = read(`${HEAD}${story}${PUSH}\nfaults: [{ id: one, at: 5 min, ${fault} }]\n`);
    return "problems" in reading ? reading.problems.map(({ path, hint }) => `${path} | ${hint}`) : [];
  };

  it.each([
    ["crash: 1 /h", [/^faults\[0\]\.where \|/]],
    ["crash: 1 /h, where: worker-1", [/^faults\[0\]\.where \|/]],
    ["crash: 1 /h, where: { xyzzy: worker-1 }", [/^faults\[0\]\.where\.xyzzy \| known: host/]],
    ["crash: 1 /h, where: { hostt: worker-1 }", [/^faults\[0\]\.where\.hostt \| did you mean "host"/]],
    ["slow: 2, where: { hosts: worker-1 }", [/^faults\[0\]\.where\.hosts \| did you mean "host"/]],
    ["crash: 1 /h, where: { host: worker-1, tier: logic }", [/^faults\[0\]\.where\.tier \|/]],
    ["crash: 1 /h, where: {}", [/^faults\[0\]\.crash \| in where, select hosts/]],
    ["failover: false, until: 6 min, where: { shard: shard-2 }", []],
    ["failover: true, until: 6 min, where: { shard: shard-2 }", [/^faults\[0\]\.until \| remove until/]],
  ])("%s", (fault, expected) => {
    const errors = errorsOf(fault);
    expect(errors).toHaveLength(expected.length);
    expected.forEach((pattern, at) => expect(errors[at]).toMatch(pattern));
  });
});
