import { expect, it } from "vitest";
import { carrierShare, gatewayNames, serverNames } from "../../../src/scenario/people/names.ts";
import { HEAD, read, scenarioOf } from "../reading.ts";

const { world } = scenarioOf(read(HEAD));
const gateways = gatewayNames(world);

it("a gateway is named after region code, carrier, family and number", () => {
  expect(
    gateways.filter(({ region, carrier }) => region === "chongqing" && carrier === "unicom").map(({ name }) => name),
  ).toEqual([
    "cq-unicom-3g-1",
    "cq-unicom-3g-2",
    "cq-unicom-3g-3",
    "cq-unicom-3g-4",
    "cq-unicom-4g-1",
    "cq-unicom-wifi-1",
    "cq-unicom-wifi-2",
  ]);
});

it("there is a gateway wherever a carrier has users, and nowhere else", () => {
  // 31 regions of the mainland with three carriers, two abroad with one; seven gateways each.
  expect(gateways).toHaveLength((31 * 3 + 2) * 7);
  expect(new Set(gateways.map(({ name }) => name)).size).toBe(gateways.length);
  expect(gateways.some(({ region, carrier }) => region === "hong-kong" && carrier === "mobile")).toBe(false);
  expect(gateways.some(({ region, carrier }) => region === "beijing" && carrier === "overseas")).toBe(false);
});

it("a family that serves no used access has no gateways", () => {
  const without4g = scenarioOf(
    read(HEAD, { set: ["carriers.unicom.access.4g=0 %", "carriers.unicom.access.wifi=58 %"] }),
  ).world;
  const families = gatewayNames(without4g)
    .filter(({ carrier }) => carrier === "unicom")
    .map(({ family }) => family);
  expect([...new Set(families)]).toEqual(["3g", "wifi"]);
});

it("a region's own shares replace the carriers'", () => {
  expect(carrierShare(world, world.regions["beijing"]!, "mobile")).toBe(0.625);
  expect(carrierShare(world, world.regions["hong-kong"]!, "mobile")).toBe(0);
  expect(carrierShare(world, world.regions["hong-kong"]!, "overseas")).toBe(1);
});

it("a server is named after centre, line and number", () => {
  const names = serverNames(world).map(({ name }) => name);
  expect(names.slice(0, 6)).toEqual([
    "north-mobile-1",
    "north-mobile-2",
    "north-mobile-3",
    "north-telecom-1",
    "north-unicom-1",
    "north-unicom-2",
  ]);
  expect(names).toHaveLength(20);
});
