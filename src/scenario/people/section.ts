/** The section of people: clients online, their carriers, gateways and centres, and the scheduler. Every world has it. */
import { inSeconds } from "../../base/units.ts";
import type { Figure, LabelMatch } from "../figure-parts.ts";
import { allows } from "../metric.ts";
import type { Cost, KnownNames, Names, RunSize, Section } from "../section.ts";
import { isTooLarge, type PeopleWorld } from "./checks.ts";
import { ALERT_KINDS, PEOPLE_METRICS, RESOURCES } from "./figures.ts";
import type { InterventionAction } from "./interventions.ts";
import { ROWS_MOST } from "./limits.ts";
import { carrierShare, gatewayNames } from "./names.ts";
import { pathsOf, type PathsWorld } from "./paths.ts";
import type { PeopleModel, RegionModel } from "./shape.ts";

/** Memory per row, all included: measured with 180 million rows, rounded up. */
const BYTES_A_ROW = 18;
/** Mean time between events of a row, mostly heartbeats: measured on the world of 2014. */
const SECONDS_AN_EVENT = 370;
/** Events per second of one thread in a large run: measured with 180 million rows, start-up included. */
const EVENTS_A_SECOND = 7_000_000;

const ACTIONS: readonly InterventionAction["kind"][] = [
  ...(["withdraw", "restore", "restore-route", "change", "add-capacity", "move"] as const),
  ...(["evacuate", "evacuation", "pause-scheduler"] as const),
];

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
  const seconds = events / EVENTS_A_SECOND;
  return { count: rows, most: ROWS_MOST, noun: "rows", bytes: rows * BYTES_A_ROW, seconds };
};

/** Returns the people of the places that a figure names; of figures of logins, those who log in: each once in a stay. */
const concernedOf = (world: PeopleModel, { metric, labels }: Figure, seconds: number): number => {
  const people = labels.some(({ label }) => PLACES.includes(label)) ? peopleAt(world, labels) : world.online;
  return metric.startsWith("login") ? people * Math.min(1, seconds / inSeconds(world.clients.stay)) : people;
};

const PLACES = ["region", "carrier", "access", "gateway"];

const peopleAt = (world: PeopleModel, labels: readonly LabelMatch[]): number => {
  const weightOf = ({ people, penetration }: RegionModel): number => people * penetration;
  const all = Object.values(world.regions).reduce((sum, region) => sum + weightOf(region), 0);
  return gatewayNames(world).reduce((sum, { name, region, carrier, family }) => {
    const isIn =
      allows(labels, "gateway", name) && allows(labels, "region", region) && allows(labels, "carrier", carrier);
    if (!isIn) return sum;
    const users = (weightOf(world.regions[region]!) / all) * carrierShare(world, world.regions[region]!, carrier);
    const behind = Object.entries(world.carriers[carrier]!.access)
      .filter(([access]) => world.access[access]!.gateways === family && allows(labels, "access", access))
      .reduce((total, [, share]) => total + share, 0);
    return sum + (world.online * users * behind) / world.gateways.families[family]!.count;
  }, 0);
};

/** The section of people. */
export const PEOPLE = {
  name: "people",
  isIn: () => true,
  names: namesOf,
  selectors: ["region", "carrier", "access", "gateway", "centre", "line", "server", "port", "crossing"],
  actions: ACTIONS,
  metrics: PEOPLE_METRICS,
  decides: true,
  runsOnThreads: true,
  concerned: concernedOf,
  cost: costOf,
} as const satisfies Section;
