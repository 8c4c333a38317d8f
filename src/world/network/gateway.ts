/**
 * A carrier's gateways: the exits behind which users share one fate. Each has its IPs, its own delay and
 * loss around the family's average, and serves one or two radio families of one region and carrier.
 */
import { fractionOf } from "../../base/chance.ts";
import { identity } from "../../base/random.ts";
import type { Duration } from "../../base/units.ts";
import { gatewayNames } from "../../scenario/people/names.ts";
import type { WorldModel } from "../../scenario/scenario.ts";

export interface Gateway {
  readonly name: string;
  readonly region: string;
  readonly carrier: string;
  readonly family: string;
  readonly ips: readonly string[];
  readonly delay: number;
  readonly loss: number;
  /** Set where the scenario names this gateway; else the carrier's own by access. */
  readonly natTimeout: Duration | undefined;
  /** Other gateways of the same region, carrier and family, by index. */
  readonly siblings: number[];
}

/** All gateways that serve somebody, in the order of their names' making. */
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

/** Where a gateway lies between the best and the worst of its kind: by name, so that no seed and no neighbour changes it. */
const nameUniform = (name: string): number => fractionOf(identity(name) >>> 0);

/** Shared address space (RFC 6598), where carriers put their own: 100.64.0.1 onward. */
const exitIp = (n: number): string => {
  const place = n + 1;
  return `100.${String(64 + (Math.floor(place / 65_536) % 64))}.${String(Math.floor(place / 256) % 256)}.${String(place % 256)}`;
};
