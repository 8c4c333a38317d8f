import { expect, it } from "vitest";
import { assign } from "../../src/world/assignment.ts";
import { buildFleet } from "../../src/world/fleet/centre.ts";
import { buildGateways } from "../../src/world/network/gateway.ts";
import { tiny } from "./support.ts";

const listOf = (ports: number, listLength: number) => {
  const { world } = tiny("", [`ports=[${Array.from({ length: ports }, (_, port) => 1001 + port).join(", ")}]`]);
  const { mobile } = world.centres["north"]!.lines;
  const model = {
    ...world,
    centres: { north: { ...world.centres["north"]!, lines: { mobile: { ...mobile!, servers: 1 } } } },
  };
  const gateways = buildGateways(model);
  const fleet = buildFleet(model);
  const parts = { gateways, fleet, people: gateways.map(() => 1), rttMs: () => 1, shares: {}, namesAll: false };
  return assign({ ...parts, listLength });
};

it.each([
  [5, 5, 5],
  [8, 5, 5],
  [3, 5, 3],
  [5, 2, 2],
])("with one line and %i ports a list of %i has %i addresses, all different", (ports, listLength, length) => {
  for (const list of listOf(ports, listLength)) {
    expect(list).toHaveLength(length);
    expect(new Set(list).size).toBe(length);
  }
});
