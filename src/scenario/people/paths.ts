/**
 * The paths of a world, from a gateway to a server, and the check that a selection matches any. A fault without users on
 * its paths would let every threshold pass.
 */
import { gatewayNames, serverNames, type GatewayName, type ServerName } from "./names.ts";
import type { PeopleModel } from "./shape.ts";

/** Both ends of all paths. */
export interface PathNames {
  /** Gateways, each with the kinds of access that it serves. */
  readonly gateways: readonly (GatewayName & { readonly access: readonly string[] })[];
  /** Access servers. */
  readonly servers: readonly ServerName[];
}

/** The parts of a world that determine its paths. */
export type PathsWorld = Pick<PeopleModel, "regions" | "carriers" | "access" | "gateways" | "centres">;

/** Cached, as worlds do not change and every fault and intervention is checked. */
const known = new WeakMap<PathsWorld, PathNames>();

/** Returns both ends of all paths of a world. */
export const pathsOf = (world: PathsWorld): PathNames => {
  const paths = known.get(world) ?? pathsIn(world);
  known.set(world, paths);
  return paths;
};

const pathsIn = (world: PathsWorld): PathNames => ({
  gateways: gatewayNames(world).map((gateway) => {
    const shares = Object.entries(world.carriers[gateway.carrier]?.access ?? {});
    const access = shares.flatMap(([name, share]) =>
      share > 0 && world.access[name]?.gateways === gateway.family ? [name] : [],
    );
    return { ...gateway, access };
  }),
  servers: serverNames(world),
});

const fits = (wanted: readonly string[] | undefined, ...has: readonly string[]): boolean =>
  wanted === undefined || has.some((name) => wanted.includes(name));

/** Selectors by name, except ports, which are open on every server. */
interface Selected {
  readonly region?: readonly string[];
  readonly carrier?: readonly string[];
  readonly access?: readonly string[];
  readonly gateway?: readonly string[];
  readonly centre?: readonly string[];
  readonly line?: readonly string[];
  readonly server?: readonly string[];
  readonly crossing?: boolean;
}

/** True if at least one path matches every selector given. */
export const picksSomething = (where: Selected, { gateways, servers }: PathNames): boolean => {
  const carriers = new Set(
    gateways
      .filter(
        ({ name, region, carrier, access }) =>
          fits(where.gateway, name) &&
          fits(where.region, region) &&
          fits(where.carrier, carrier) &&
          fits(where.access, ...access),
      )
      .map(({ carrier }) => carrier),
  );
  const lines = new Set(
    servers
      .filter(
        ({ name, centre, line }) => fits(where.server, name) && fits(where.centre, centre) && fits(where.line, line),
      )
      .map(({ line }) => line),
  );
  if (carriers.size === 0 || lines.size === 0) return false;
  if (where.crossing === undefined) return true;
  return [...carriers].some((carrier) => [...lines].some((line) => (carrier !== line) === where.crossing));
};
