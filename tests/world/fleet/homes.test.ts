import { describe, expect, it } from "vitest";
import { Homes } from "../../../src/world/fleet/homes.ts";

const make = () =>
  new Homes({
    centres: ["north", "south"],
    gateways: [
      { people: 1_000, centre: "north" },
      { people: 500, centre: "south" },
    ],
    messagesASecond: 0.01,
    lagS: 2,
  });

describe("homes", () => {
  it("are one for everybody, whatever is handed over", () => {
    const homes = make();
    expect(homes.handOver(0, "north", "south", 300.4)).toBe(300);
    expect([homes.at("north"), homes.at("south"), homes.all()]).toEqual([700, 800, 1_500]);
    expect(homes.handOver(0, "north", "south", Infinity)).toBe(700);
    expect(homes.handOver(0, "north", "south", 10)).toBe(0);
    expect(homes.all()).toBe(1_500);
  });

  it("that are lost lose what was not yet copied, once, and leave people homeless until the copies take over", () => {
    const homes = make();
    homes.lose("north");
    homes.lose("north");
    expect(homes.lostMessages).toBeCloseTo(1_000 * 0.01 * 2, 9);
    expect(homes.homeless()).toBe(1_000);
    homes.failOver("north", () => "south");
    expect([homes.homeless(), homes.at("south")]).toEqual([0, 1_500]);
  });

  it("that were handed over before the loss lose nothing", () => {
    const homes = make();
    homes.handOver(0, "north", "south", Infinity);
    homes.lose("north");
    expect([homes.lostMessages, homes.homeless()]).toEqual([0, 0]);
  });

  it("are there again when the centre is", () => {
    const homes = make();
    homes.lose("north");
    homes.regain("north");
    expect([homes.homeless(), homes.at("north")]).toEqual([0, 1_000]);
  });
});
