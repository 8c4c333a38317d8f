import { describe, expect, it } from "vitest";
import { readScenario } from "../../../src/scenario/read.ts";
import type { WorldModel } from "../../../src/scenario/scenario.ts";
import { buildFleet } from "../../../src/world/fleet/centre.ts";
import { Resources } from "../../../src/world/fleet/resources.ts";
import { LoginQueues } from "../../../src/world/fleet/login-queues.ts";

const worldOf = (...set: string[]): WorldModel => {
  const reading = readScenario("scenarios/centre-lost-reset.yaml", { set });
  if ("problems" in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.scenario.world;
};
const make = (world: WorldModel) => {
  const fleet = buildFleet(world);
  const loginQueues = new LoginQueues(fleet.servers, 250);
  return { fleet, desks: loginQueues, resources: new Resources(world, fleet, loginQueues) };
};
const QUIET = () => ({ logins: 0, messages: 0, heartbeats: 0, loginCapacity: 0 });
const rates = ({ fleet, desks: loginQueues }: ReturnType<typeof make>, centre: string): number =>
  fleet.servers.reduce((sum, server, index) => sum + (server.centre === centre ? loginQueues.rate(index) : 0), 0);

describe("a centre's login queues", () => {
  it("serve all that they can while the tiers behind them have cores for it", () => {
    const made = make(worldOf());
    made.resources.limitLogins(QUIET);
    expect(rates(made, "north")).toBeCloseTo(145_000, 6);
  });

  it("serve no more logins than the tightest tier has cores for, after messages and heartbeats", () => {
    const made = make(worldOf("centres.north.machines.logic=100"));
    // 800 cores, 500 of them for 100,000 messages of 5 ms: 300 for logins of 10 ms.
    made.resources.limitLogins(() => ({ logins: 0, messages: 100_000, heartbeats: 0, loginCapacity: 0 }));
    expect(rates(made, "north")).toBeCloseTo(30_000, 6);
    expect(rates(made, "shanghai")).toBeCloseTo(153_000, 6);
  });

  it("hold no more connections than descriptors and memory of the machines allow", () => {
    const connections = (...set: string[]): number =>
      buildFleet(worldOf(...set))
        .servers.filter(({ centre }) => centre === "north")
        .reduce((sum, server) => sum + server.connections, 0);
    expect(connections()).toBe(96e6);
    expect(connections("centres.north.machines.access=300") / 60e6).toBeCloseTo(1, 6);
    expect(connections("tiers.access.memory=9.6 G") / (520 * 50_000)).toBeCloseTo(1, 6);
  });
});

describe("the use of resources", () => {
  it("is reported for each resource, and a centre that is down has nothing available", () => {
    const made = make(worldOf());
    made.desks.hold(0, 5_000_000);
    made.fleet.servers.forEach(({ centre }, server) => {
      if (centre === "shanghai") made.desks.setDown(server, true);
    });
    const all = made.resources.usage((centre) =>
      centre === 0 ? { logins: 1_000, messages: 2_000, heartbeats: 10_000, loginCapacity: 145_000 } : QUIET(),
    );
    const of = (centre: string, resource: string) =>
      all.find((one) => one.centre === centre && one.resource === resource)!;
    expect(of("north", "connections")).toMatchObject({ used: 5e6, available: 96e6 });
    expect(of("north", "logins")).toMatchObject({ used: 1_000, available: 145_000 });
    // 1,000 × 10 ms + 2,000 × 5 ms of 480 machines with 8 cores.
    expect(of("north", "logic").used).toBeCloseTo(20, 9);
    expect(of("north", "logic").available).toBe(3_840);
    expect(of("north", "access").used).toBeCloseTo(0.2 + 0.2 + 0.2, 9);
    // A machine that holds connections is as full as the fuller of processors and connections: here 5 M of 520 × 200,000.
    const held = all.find((one) => one.centre === "north" && one.resource === "access" && one.part === "connections");
    expect(held).toMatchObject({ used: 5e6, available: 104e6 });
    expect(all.filter((one) => one.resource === "logic" && one.part === "connections")).toEqual([]);
    for (const resource of ["connections", "access", "logic", "storage"])
      expect(of("shanghai", resource).available).toBe(0);
  });
});
