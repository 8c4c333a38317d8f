/**
 * Derives the names of gateways and servers: `cq-unicom-3g-2` is the second gateway of China Unicom's 2G and 3G users in
 * Chongqing, `shenzhen-mobile-1` the first server on the China Mobile line into Shenzhen. The reader and the world use the
 * same names.
 */
import type { PeopleModel, RegionModel } from "./shape.ts";

/** A gateway. */
export interface GatewayName {
  /** E.g. `cq-unicom-3g-2`. */
  readonly name: string;
  /** Region of its users. */
  readonly region: string;
  /** Carrier that it belongs to. */
  readonly carrier: string;
  /** Gateway family. */
  readonly family: string;
}

/** An access server. */
export interface ServerName {
  /** E.g. `shenzhen-mobile-1`. */
  readonly name: string;
  /** Centre where it stands. */
  readonly centre: string;
  /** Carrier of its line. */
  readonly line: string;
}

/** Returns the share of the region's users that the carrier serves. */
export const carrierShare = (world: Pick<PeopleModel, "carriers">, region: RegionModel, carrier: string): number =>
  region.carriers === undefined ? (world.carriers[carrier]?.share ?? 0) : (region.carriers[carrier] ?? 0);

/** Returns every gateway with users, by region, carrier, family and number, in the world's order. */
export const gatewayNames = (
  world: Pick<PeopleModel, "regions" | "carriers" | "access" | "gateways">,
): readonly GatewayName[] =>
  Object.entries(world.regions).flatMap(([region, model]) =>
    Object.entries(world.carriers).flatMap(([carrier, { access }]) => {
      if (!(carrierShare(world, model, carrier) > 0)) return [];
      const used = new Set(
        Object.entries(access).flatMap(([name, share]) => (share > 0 ? [world.access[name]?.gateways] : [])),
      );
      return Object.entries(world.gateways.families)
        .filter(([family]) => used.has(family))
        .flatMap(([family, { count }]) =>
          Array.from({ length: count }, (_, i) => ({
            name: `${model.code}-${carrier}-${family}-${String(i + 1)}`,
            region,
            carrier,
            family,
          })),
        );
    }),
  );

/** Returns every access server, by centre, line and number, in the world's order. */
export const serverNames = (world: Pick<PeopleModel, "centres">): readonly ServerName[] =>
  Object.entries(world.centres).flatMap(([centre, { lines }]) =>
    Object.entries(lines).flatMap(([line, { servers }]) =>
      Array.from({ length: servers }, (_, i) => ({ name: `${centre}-${line}-${String(i + 1)}`, centre, line })),
    ),
  );
