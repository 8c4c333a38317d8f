import { describe, expect, it } from "vitest";
import type { PeopleFault } from "../../../src/scenario/people/faults.ts";
import { ActiveFaults } from "../../../src/world/active.ts";
import { slowServers } from "../../../src/world/weather/servers.ts";
import { faultOf } from "../faults.ts";
import { figure, run } from "./story.ts";

describe("a centre that falls silent and comes back", () => {
  it("loses its people for a while and has them all again: no herd of hints keeps them out", () => {
    const dead = run("  - { id: one, at: 8 min, until: 12 min, down: silent, where: { centre: south } }");
    expect(figure(dead, "online.min{region=hainan}")).toBeLessThan(96);
    expect(figure(dead, "online.share{region=hainan,window=after}")).toBeGreaterThan(95);
  });
});

describe("servers that several faults slow down", () => {
  it("are as slow as all of them together, and as fast as ever when none is left", () => {
    const server = { line: "mobile", ip: "192.0.2.1", connections: 1, loginsASecond: 1 };
    const servers = [
      { ...server, name: "south-mobile-1", centre: "south" },
      { ...server, name: "north-mobile-1", centre: "north" },
    ];
    const slowness: number[] = [];
    const { combine } = slowServers({
      fleet: { servers },
      loginQueues: { setSlowness: (index, times) => void (slowness[index] = times) },
    });
    const active = new ActiveFaults<PeopleFault>();
    active.begin(faultOf("all", { slow: 3 }));
    active.begin(faultOf("south", { slow: 2 }, { centre: ["south"] }));
    combine!(active);
    expect(slowness).toEqual([6, 3]);
    active.end({ id: "all" });
    combine!(active);
    expect(slowness).toEqual([2, 1]);
  });
});
