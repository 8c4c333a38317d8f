/** People: who is online, over which carriers and gateways, at which centres, and the scheduler that routes them. Every world has them. */
import { SCHEDULER_DEFAULTS } from "../../algorithms/scheduling/policy.ts";
import { inSeconds } from "../../base/units.ts";
import type { CheckContext, Cost, KnownNames, Names, RunSize, Section } from "../section.ts";
import { checkPeople, isTooLarge, type PeopleWorld } from "./checks.ts";
import { PEOPLE_TARGETS } from "./faults.ts";
import { ALERT_KINDS, PEOPLE_METRICS, RESOURCES } from "./figures.ts";
import { PEOPLE_INTERVENTIONS } from "./interventions.ts";
import { gatewayNames } from "./names.ts";
import { pathsOf, type PathsWorld } from "./paths.ts";
import { type PeopleModel, peopleShape, schedulerShape } from "./shape.ts";

/** Memory of one row with all that goes with it: measured with 180 million at 1:1, rounded up. */
const BYTES_A_ROW = 18;
/** One event of a row, mostly a heartbeat, comes about as often as this: measured on the world of 2014. */
const SECONDS_AN_EVENT = 370;
/** Events that one thread handles in a second in a large run: measured with 180 million rows, building included. */
const EVENTS_A_SECOND = 7_000_000;

/** True if every gateway and server of the world can be named. */
const canBeNamed = (world: PeopleWorld): world is PeopleWorld & PathsWorld =>
  (world.regions && world.carriers && world.access && world.gateways && world.centres) !== undefined &&
  !isTooLarge(world);

/** Gateways and servers are known once their world is. */
const namesOf = (world: PeopleWorld, { keysOf }: KnownNames): Names => {
  const paths = canBeNamed(world) ? pathsOf(world) : undefined;
  return {
    region: keysOf("regions"),
    carrier: keysOf("carriers"),
    line: keysOf("carriers"),
    access: keysOf("access"),
    centre: keysOf("centres"),
    home: keysOf("centres"),
    resource: [...RESOURCES, ...keysOf("tiers")],
    gateway: paths?.gateways.map(({ name }) => name),
    server: paths?.servers.map(({ name }) => name),
    port: world.ports?.map(String),
    kind: ALERT_KINDS,
  };
};

/** Rows are people online over people a row, and every gateway has its least. */
const costOf = (world: PeopleModel, { duration, peopleARow }: RunSize): Cost => {
  const least = Math.min(world.online, gatewayNames(world).length * world.rowsAGatewayMin);
  const rows = Math.max(least, Math.ceil(world.online / peopleARow));
  const events = (rows * inSeconds(duration)) / SECONDS_AN_EVENT;
  return { count: rows, noun: "rows", bytes: rows * BYTES_A_ROW, seconds: events / EVENTS_A_SECOND };
};

export const PEOPLE = {
  name: "people",
  shape: peopleShape,
  isIn: () => true,
  check: (world: PeopleWorld, { report }: CheckContext) => {
    checkPeople(world, report);
  },
  names: namesOf,
  targets: PEOPLE_TARGETS,
  interventions: PEOPLE_INTERVENTIONS,
  metrics: PEOPLE_METRICS,
  notParameters: [/^access\.[^.]+\.gateways$/, /\.title$/, /^regions\.[^.]+\.(code|tile)$/],
  defaults: { key: "scheduler", shape: schedulerShape, values: { ...SCHEDULER_DEFAULTS } },
  decides: true,
  runsOnThreads: true,
  cost: costOf,
} as const satisfies Section;
