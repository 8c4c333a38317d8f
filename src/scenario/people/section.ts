/** The section of people: clients online, their carriers, gateways and centres, and the scheduler. Every world has it. */
import { SCHEDULER_DEFAULTS } from "../../algorithms/scheduling/policy.ts";
import { inSeconds } from "../../base/units.ts";
import type { CheckContext, Cost, KnownNames, Names, RunSize, Section } from "../section.ts";
import { checkPeople, isTooLarge, type PeopleWorld } from "./checks.ts";
import { checkEffects } from "./effects.ts";
import { PEOPLE_TARGETS } from "./faults.ts";
import { ALERT_KINDS, PEOPLE_METRICS, RESOURCES } from "./figures.ts";
import { PEOPLE_INTERVENTIONS } from "./interventions.ts";
import { gatewayNames } from "./names.ts";
import { pathsOf, type PathsWorld } from "./paths.ts";
import { type PeopleModel, peopleShape, schedulerShape } from "./shape.ts";

/** Memory per row, all included: measured with 180 million rows, rounded up. */
const BYTES_A_ROW = 18;
/** Mean time between events of a row, mostly heartbeats: measured on the world of 2014. */
const SECONDS_AN_EVENT = 370;
/** Events per second of one thread in a large run: measured with 180 million rows, start-up included. */
const EVENTS_A_SECOND = 7_000_000;

/** True if every gateway and server of the world can be named. */
const canBeNamed = (world: PeopleWorld): world is PeopleWorld & PathsWorld =>
  (world.regions && world.carriers && world.access && world.gateways && world.centres) !== undefined &&
  !isTooLarge(world);

/** Returns the names of a world; those of gateways and servers need all the parts that they are derived from. */
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

/** Estimates the cost: people online over people per row give the rows, and every gateway has a minimum. */
const costOf = (world: PeopleModel, { duration, peopleARow }: RunSize): Cost => {
  const least = Math.min(world.online, gatewayNames(world).length * world.rowsAGatewayMin);
  const rows = Math.max(least, Math.ceil(world.online / peopleARow));
  const events = (rows * inSeconds(duration)) / SECONDS_AN_EVENT;
  return { count: rows, noun: "rows", bytes: rows * BYTES_A_ROW, seconds: events / EVENTS_A_SECOND };
};

/** The section of people. */
export const PEOPLE = {
  name: "people",
  shape: peopleShape,
  isIn: () => true,
  check: (world: PeopleWorld, context: CheckContext) => {
    checkPeople(world, context.report);
    checkEffects(world, context);
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
