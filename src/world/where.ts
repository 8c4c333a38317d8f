/** Which cells and endpoints a scenario's `where` touches: absent selectors match all, lists are alternatives. */
import type { Where } from "../scenario/scenario.ts";
import type { Endpoint, Server } from "./fleet/centre.ts";
import type { Gateway } from "./network/gateway.ts";
import type { Cell } from "./population/population.ts";

const allows = <T>(values: readonly T[] | undefined, value: T): boolean =>
  values === undefined || values.includes(value);

export const touchesCell = (where: Where, cell: Cell, gateway: Gateway): boolean =>
  allows(where.region, cell.region) &&
  allows(where.carrier, cell.carrier) &&
  allows(where.access, cell.access) &&
  allows(where.gateway, gateway.name);

export const touchesServer = (where: Where, server: Server): boolean =>
  allows(where.centre, server.centre) && allows(where.line, server.line) && allows(where.server, server.name);

export const touchesEndpoint = (where: Where, endpoint: Endpoint, server: Server): boolean =>
  touchesServer(where, server) && allows(where.port, endpoint.port);

export const touchesPair = (where: Where, cell: Cell, endpoint: Endpoint): boolean =>
  where.crossing === undefined || where.crossing === (cell.carrier !== endpoint.line);

/** True when it is about some destinations only, not about everything its users reach. */
export const namesDestination = (where: Where): boolean =>
  where.centre !== undefined || where.line !== undefined || where.server !== undefined || where.port !== undefined;
