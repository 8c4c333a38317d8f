import { describe, expect, it } from "vitest";
import { simulate } from "../../../src/simulate/simulation.ts";
import type { PeopleFault } from "../../../src/scenario/people/faults.ts";
import { ActiveFaults } from "../../../src/world/active.ts";
import { slowServers } from "../../../src/world/weather/servers.ts";
import { faultOf } from "../faults.ts";
import { tiny } from "../support.ts";
import { figure, run } from "./story.ts";

describe("a centre that falls silent and comes back", () => {
  it("loses its people for a while and has them all again: no herd of hints keeps them out", () => {
    const dead = run("  - { id: one, at: 8 min, until: 12 min, down: silent, where: { centre: south } }");
    expect(figure(dead, "online.min{region=hainan}")).toBeLessThan(96);
    expect(figure(dead, "online.share{region=hainan,window=after}")).toBeGreaterThan(95);
  });
});

const DRAIN_FIGURES = {
  drainingOnline: "online.share{region=hainan,window=draining}",
  drainingLogins: "login.success.share{region=hainan,window=draining}",
  offOnline: "online.share{region=hainan,window=off}",
  offLogins: "login.success.share{region=hainan,window=off}",
  backOnline: "online.share{region=hainan,window=back}",
  southLoad: "server.load.max{centre=south,window=off}",
  lost: "message.lost.count",
};

/** Returns figures of a world in which a place is drained from 6 to 14 minutes: while it is led away, when it is off, and at the end. */
const drained = (where: string): Readonly<Record<keyof typeof DRAIN_FIGURES, number>> => {
  const figures = Object.values(DRAIN_FIGURES).map((text) => `  - { figure: "${text}", max: ${limitOf(text)} }`);
  const story = `
faults: [{ id: one, at: 6 min, until: 14 min, down: drained, where: ${where} }]
windows: { draining: 7 min..10 min, off: 12 min..14 min, back: 21 min..24 min }
thresholds:
${figures.join("\n")}
`;
  const set = ["run.duration=24 min", "clients.pause=1 min", "clients.stay=20 min"];
  const found = simulate(tiny(story, set), { replication: 0, faults: true, interventions: true });
  return Object.fromEntries(Object.entries(DRAIN_FIGURES).map(([name, text]) => [name, figure(found, text)])) as Record<
    keyof typeof DRAIN_FIGURES,
    number
  >;
};

const limitOf = (text: string): string => (text.endsWith("count") ? "1 G" : "99 %");

describe("what is drained", () => {
  const servers = ["north", "south"].flatMap((centre) =>
    ["mobile-1", "mobile-2", "unicom-1"].map((server) => `${centre}-${server}`),
  );

  it.each([
    ["both centres", "{ centre: [north, south] }"],
    ["all lines", "{ line: [mobile, unicom] }"],
    ["all servers", `{ server: [${servers.join(", ")}] }`],
  ])("takes nobody new and is off at its deadline, then comes back: %s", (_, where) => {
    const { drainingOnline, drainingLogins, offOnline, offLogins, backOnline, southLoad, lost } = drained(where);
    expect(drainingOnline).toBeGreaterThan(65);
    expect(drainingLogins).toBeLessThan(1);
    expect(offOnline).toBeLessThan(1);
    expect(offLogins).toBeLessThan(1);
    // None of its servers runs, so that there is no load to measure.
    expect(southLoad).toBeNull();
    expect(backOnline).toBeGreaterThan(60);
    expect(lost).toBe(0);
  });

  it("hands its people on if there is another place: nobody is on it at its deadline, and no message is lost", () => {
    const { drainingOnline, drainingLogins, offOnline, offLogins, southLoad, lost } = drained("{ centre: south }");
    expect(drainingOnline).toBeGreaterThan(90);
    expect(drainingLogins).toBeGreaterThan(95);
    expect(offOnline).toBeGreaterThan(90);
    expect(offLogins).toBeGreaterThan(95);
    expect(southLoad).toBeNull();
    expect(lost).toBe(0);
  });

  it("cuts a region off if it is all of the region's gateways", () => {
    const gateways = ["mobile", "unicom"].flatMap((carrier) =>
      ["3g-1", "3g-2", "3g-3", "wifi-1", "wifi-2"].map((gateway) => `hi-${carrier}-${gateway}`),
    );
    expect(drained(`{ gateway: [${gateways.join(", ")}] }`).offOnline).toBeLessThan(1);
  });

  it("stays in service if the fault ends before its deadline", () => {
    const early = run("  - { id: one, at: 12 min, until: 14 min, down: drained, where: { centre: [north, south] } }");
    expect(figure(early, "online.min{region=hainan}")).toBeGreaterThan(90);
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
