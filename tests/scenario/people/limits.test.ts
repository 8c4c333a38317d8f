import { describe, expect, it } from "vitest";
import { HEAD, read } from "../reading.ts";

/** Returns the paths of all problems with these settings. */
const problemPaths = (...set: string[]): readonly string[] => {
  const reading = read(HEAD, { set });
  return "problems" in reading ? reading.problems.map(({ path }) => path) : [];
};

describe("a world that exceeds a client's record is rejected", () => {
  it.each([
    ["clients.heartbeat.shortest=215 s", "clients.heartbeat.shortest"],
    ["clients.heartbeat.longest=700 s", "clients.heartbeat.longest"],
    ["clients.heartbeat.step=61 s", "clients.heartbeat.step"],
    ["clients.heartbeat.climb-after=8", "clients.heartbeat.climb-after"],
    ["clients.heartbeat.fail-after=8", "clients.heartbeat.fail-after"],
    ["clients.heartbeat.stable-test=7", "clients.heartbeat.stable-test"],
    ["centres.north.lines.mobile.servers=200", "ports"],
    ["gateways.families.3g.count=100", "gateways.families"],
  ])("%s", (setting, path) => {
    expect(problemPaths(setting)).toEqual([path]);
  });

  it.each([
    "clients.racing.start-every",
    "clients.racing.timeout",
    "clients.login-timeout",
    "clients.reconnect.first",
    "clients.reconnect.salt",
    "clients.heartbeat.timeout",
    "scheduler.hint-spread",
  ])("%s of 13 to 30 days", (path) => {
    for (const days of [13, 20, 30]) expect(problemPaths(`${path}=${String(days)} d`)).toEqual([path]);
  });

  it("a rung, and the bounds of jitter", () => {
    expect(problemPaths("clients.reconnect.ladder=[15 s, 13 d]")).toEqual(["clients.reconnect.ladder[1]"]);
    expect(problemPaths("clients.reconnect.policy=full-jitter", "clients.reconnect.cap=13 d")).toEqual([
      "clients.reconnect.cap",
    ]);
  });

  it("and one at the limits is not", () => {
    expect(problemPaths("clients.heartbeat.longest=630 s", "clients.heartbeat.stable-test=6")).toEqual([]);
  });
});
