/** The section of services: servers behind the access servers, simulated request by request at full size. It is optional. */
import { type Duration, inSeconds } from "../../base/units.ts";
import type { Figure } from "../figure-parts.ts";
import { allows } from "../metric.ts";
import type { Cost, KnownNames, Names, RunSize, Section } from "../section.ts";
import { routeOf, type TaskRoute, tiersReached } from "./routes.ts";
import { SERVICES_METRICS } from "./figures.ts";
import { machineNames } from "./names.ts";
import type { ServicesModel } from "./shape.ts";

interface World {
  readonly services?: ServicesModel;
}

const namesOf = ({ services }: World, { has }: KnownNames): Names => {
  const of = (names: (model: ServicesModel) => readonly string[]): readonly string[] | undefined =>
    has("services") ? services && names(services) : [];
  return {
    tier: of(({ tiers }) => Object.keys(tiers)),
    machine: of(machineNames),
    entry: of(({ entries }) => Object.keys(entries)),
  };
};

/** Requests per second of one thread: measured with one tier (700,000), rounded down. */
const REQUESTS_A_SECOND = 250_000;
/** Memory per request under way, with its call. Chosen. */
const BYTES_A_REQUEST = 500;

/** Estimates the cost: every task makes the requests of its route, which are under way up to its deadline. Retries come on top. */
const costOf = ({ services }: World, { duration }: RunSize): Cost => {
  const flows = Object.values(services?.entries ?? {}).map((entry) => {
    const read = routeOf(services!, entry);
    return { perSecond: entry.feed * ("route" in read ? sizeOf(read.route) : 1), deadline: entry.deadline };
  });
  const count = flows.reduce((sum, { perSecond }) => sum + perSecond * inSeconds(duration), 0);
  const underWay = flows.reduce(
    (sum, { perSecond, deadline }) => sum + perSecond * inSeconds(Math.min(deadline, duration) as Duration),
    0,
  );
  return { count, noun: "requests", bytes: underWay * BYTES_A_REQUEST, seconds: count / REQUESTS_A_SECOND };
};

const sizeOf = ({ calls }: TaskRoute): number => calls.reduce((sum, call) => sum + sizeOf(call), 1);

/** Returns the tasks of the entries and tiers that a figure names. */
const concernedOf = ({ services }: World, { labels }: Figure, seconds: number): number =>
  Object.entries(services?.entries ?? {})
    .filter(
      ([name, entry]) =>
        allows(labels, "entry", name) &&
        [...tiersReached(services!, entry)].some((tier) => allows(labels, "tier", tier)),
    )
    .reduce((sum, [, { feed }]) => sum + feed * seconds, 0);

/** The section of services. */
export const SERVICES = {
  name: "services",
  isIn: ({ services }: World) => services !== undefined,
  names: namesOf,
  selectors: ["tier", "machine", "entry"],
  actions: [],
  metrics: SERVICES_METRICS,
  decides: false,
  runsOnThreads: false,
  concerned: concernedOf,
  cost: costOf,
} as const satisfies Section;
