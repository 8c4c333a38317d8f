/**
 * A carrier's gateways: exits through which many users reach the network. Each has its IPs, its own delay and loss around the family's
 * average, and serves one or two radio families of one region and carrier.
 */
import { fractionOf } from "../../base/chance.ts";
import { identity } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import { gatewayNames } from "../../scenario/people/names.ts";
import type { WorldModel } from "../../scenario/scenario.ts";

/** A carrier's exit. */
export interface Gateway {
  /** Unique name. */
  readonly name: string;
  /** Name of its region. */
  readonly region: string;
  /** Name of its carrier. */
  readonly carrier: string;
  /** Name of its family of radio accesses. */
  readonly family: string;
  /** Its exit addresses. */
  readonly ips: readonly string[];
  /** Round-trip time that it adds, us. */
  readonly delay: number;
  /** Share of packets that it loses each way. */
  readonly loss: number;
  /** Set if the scenario names this gateway; else the access decides. */
  readonly natTimeout: Duration | undefined;
  /** Other gateways of the same region, carrier and family, by index. */
  readonly siblings: number[];
}

/** Builds all gateways that serve users, in the order of `gatewayNames`. */
export const buildGateways = (world: WorldModel): Gateway[] => {
  let exit = 0;
  const gateways: Gateway[] = gatewayNames(world).map(({ name, region, carrier, family }) => {
    const named = world.gateways.named[name];
    const factor = 1 + world.gateways.spread * (2 * nameUniform(name) - 1);
    const ips = Array.from({ length: world.gateways.families[family]!.exitIps }, () => exitIp(exit++));
    return {
      name,
      region,
      carrier,
      family,
      ips,
      delay: named?.delay ?? world.gateways.delay * factor,
      loss: named?.loss ?? world.gateways.loss * factor,
      natTimeout: named?.natTimeout,
      siblings: [],
    };
  });
  const families = new Map<string, number[]>();
  gateways.forEach(({ region, carrier, family, siblings }, index) => {
    const key = `${region}/${carrier}/${family}`;
    for (const other of families.get(key) ?? []) {
      siblings.push(other);
      gateways[other]!.siblings.push(index);
    }
    families.set(key, [...(families.get(key) ?? []), index]);
  });
  return gateways;
};

/** Returns where a gateway lies between the best and the worst of its kind: by name, so no seed and no neighbour changes it. */
const nameUniform = (name: string): number => fractionOf(identity(name) >>> 0);

/** Returns the nth address of the shared address space (RFC 6598), from 100.64.0.1. */
const exitIp = (n: number): string => {
  const place = n + 1;
  return `100.${String(64 + (Math.floor(place / 65_536) % 64))}.${String(Math.floor(place / 256) % 256)}.${String(place % 256)}`;
};
