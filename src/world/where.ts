/** Whether a scenario's `where` touches a cell, server or endpoint: absent selectors match all, lists are alternatives. */
import type { PathWhere } from "../scenario/people/faults.ts";
import type { Endpoint, Server } from "./fleet/centre.ts";
import type { Gateway } from "./network/gateway.ts";
import type { Cell } from "./population/population.ts";

const allows = <T>(values: readonly T[] | undefined, value: T): boolean =>
  values === undefined || values.includes(value);

/** True if the place covers a cell. */
export const touchesCell = (where: PathWhere, cell: Cell, gateway: Gateway): boolean =>
  allows(where.region, cell.region) &&
  allows(where.carrier, cell.carrier) &&
  allows(where.access, cell.access) &&
  allows(where.gateway, gateway.name);

/** True if the place covers a server. */
export const touchesServer = (where: PathWhere, server: Server): boolean =>
  allows(where.centre, server.centre) && allows(where.line, server.line) && allows(where.server, server.name);

/** True if the place covers an endpoint. */
export const touchesEndpoint = (where: PathWhere, endpoint: Endpoint, server: Server): boolean =>
  touchesServer(where, server) && allows(where.port, endpoint.port);

/** True if the place leaves `crossing` out, or its value is whether the path changes carrier. */
export const touchesPair = (where: PathWhere, cell: Cell, endpoint: Endpoint): boolean =>
  where.crossing === undefined || where.crossing === (cell.carrier !== endpoint.line);

/** True if the place covers some destinations only, and not all that its users reach. */
export const namesDestination = (where: PathWhere): boolean =>
  where.centre !== undefined || where.line !== undefined || where.server !== undefined || where.port !== undefined;
