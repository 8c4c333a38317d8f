/** Load of the centres' resources, and the N−1 margin: the spare capacity after the loss of any one centre. */
import type { Ledger, Match } from "../../measure/ledger.ts";
import type { Series } from "../../measure/series.ts";
import type { Figure } from "../../scenario/figure-parts.ts";
import { type Book, minutesIn } from "./book.ts";
import { type Extreme, extremeOf, overSamples, shareOf, sum } from "../samples.ts";

interface Resource {
  readonly centre: string;
  readonly name: string;
  /** What of a tier: `cpu` or `connections`; empty for the others. */
  readonly part: string;
  readonly used: Series;
  readonly capacity: Series;
}

/** Load of a centre, in percent, after the loss of another one; infinite without another centre that could take the load. */
interface LossCase {
  readonly centre: string;
  readonly lost: string | undefined;
  readonly load: number;
}

/** Load and margin of one resource of one centre by minute, percent; null without capacity or without load. */
export interface Course {
  readonly centre: string;
  readonly resource: string;
  readonly load: readonly (number | null)[];
  readonly margin: readonly (number | null)[];
}

/** The resource by which the people of a lost centre are shared out among the others. */
const CONNECTIONS = "connections";
/** The resource of which there is some in every minute in which a server of the centre ran. */
const LOGINS = "logins";

/** Returns the course of every resource of every centre over the first `minutes` of the run. */
export const coursesOf = ({ series }: Ledger, minutes: number): readonly Course[] => {
  const resources = resourcesIn(series, []);
  const every = Array.from({ length: minutes }, (_, minute) => minute);
  const lossCases = new Map(kindsIn(resources).map((kind) => [kindOf(kind), lossCasesOf(resources, kind, every)]));
  const courses = resources.map((one): Course => ({
    centre: one.centre,
    resource: one.name,
    load: every.map((minute) => shareOf(one.used.at(minute), one.capacity.at(minute))),
    margin: lossCases
      .get(kindOf(one))!
      .map((those) => marginOf(those.find(({ centre }) => centre === one.centre)?.load ?? null)),
  }));
  return fullestParts(courses);
};

/** Joins the courses of all parts of a tier into that of the fullest part of each minute. */
const fullestParts = (courses: readonly Course[]): readonly Course[] => {
  const joined = new Map<string, Course>();
  for (const course of courses) {
    const key = `${course.centre} ${course.resource}`;
    const before = joined.get(key);
    joined.set(
      key,
      before === undefined
        ? course
        : {
            ...course,
            load: course.load.map((load, minute) => overSamples([load, before.load[minute]!], "max")),
            margin: course.margin.map((margin, minute) => overSamples([margin, before.margin[minute]!], "min")),
          },
    );
  }
  return [...joined.values()];
};

/** Returns a figure of the resources that the labels allow: the worst of them, with its name. */
export const readResources = ({ metric, stat, window }: Figure, labels: readonly Match[], book: Book): Extreme => {
  const { series } = book.ledger;
  const resources = resourcesIn(series, labels);
  const minutes = minutesIn(book, window);
  if (metric === "centre.margin") return extremeOf(marginsIn(resources, resourcesIn(series, []), minutes), "min");
  if (metric === "centre.bought")
    return extremeOf(
      kindsIn(resources).map((kind) => {
        const own = resources.filter((resource) => kindOf(resource) === kindOf(kind));
        const bought = minutes.map((minute) => boughtOf(own, minute));
        return { name: kindOf(kind), value: overSamples(bought, stat) };
      }),
      "max",
    );
  const isSpare = metric === "centre.headroom";
  const all = resourcesIn(series, []);
  return extremeOf(
    resources.map((one): Extreme => {
      const { centre, used, capacity } = one;
      const logins = resourceIn(all, centre, LOGINS).capacity;
      const loads = minutes.map((minute) => shareOf(used.at(minute), capacity.at(minute)));
      // What no server offers has no room, and no use.
      const spare = loads.map((load, place) => {
        if (load !== null) return 100 - load;
        return logins.at(minutes[place]!) === 0 ? 0 : null;
      });
      const isDark = minutes.length > 0 && minutes.every((minute) => logins.at(minute) === 0);
      const value = overSamples(isSpare ? spare : loads, isSpare ? "min" : stat);
      return {
        name: `${centre} ${kindOf(one)}`,
        value,
        ...(value === null && isDark ? { why: `no server of centre ${centre} runs in the window` } : {}),
      };
    }),
    isSpare ? "min" : "max",
  );
};

/** Returns the load of the servers that the labels allow: the mean over all, else that of the fullest one with its name. */
export const readServers = ({ stat, window }: Figure, labels: readonly Match[], book: Book): Extreme => {
  const { series } = book.ledger;
  const held = series.find(stat === "peak" ? "server.peak" : "server.held", labels);
  const capacity = series.find("server.capacity", labels);
  // A server could serve logins in every minute in which it ran.
  const able = series.find("login-queue.capacity", labels);
  const minutes = minutesIn(book, window);
  const load = (servers: readonly number[], minute: number): number | null => {
    const running = servers.filter((server) => able[server]!.instrument.at(minute) > 0);
    return shareOf(
      sum(running.map((server) => held[server]!.instrument.at(minute))),
      sum(running.map((server) => capacity[server]!.instrument.at(minute))),
    );
  };
  const why = minutes.length > 0 ? { why: "no server there runs in the window" } : {};
  const all = [...held.keys()];
  if (stat === "mean") {
    const value = overSamples(
      minutes.map((minute) => load(all, minute)),
      stat,
    );
    return { name: undefined, value, ...(value === null ? why : {}) };
  }
  const worst = extremeOf(
    all.map((server) => {
      const loads = minutes.map((minute) => load([server], minute));
      return { name: held[server]!.labels["server"]!, value: overSamples(loads, "max") };
    }),
    "max",
  );
  return worst.value === null ? { ...worst, ...why } : worst;
};

const resourceIn = (all: readonly Resource[], centre: string, name: string): Resource =>
  all.find((one) => one.name === name && one.centre === centre)!;

const resourcesIn = (series: Ledger["series"], labels: readonly Match[]): readonly Resource[] => {
  const capacity = series.find("resource.capacity", labels);
  return series.find("resource.used", labels).map(({ labels: own, instrument }, place): Resource => {
    const [centre, name, part] = [own["centre"]!, own["resource"]!, own["part"]!];
    return { centre, name, part, used: instrument, capacity: capacity[place]!.instrument };
  });
};

/** A kind of resource, which every centre may have. */
type Kind = Pick<Resource, "name" | "part">;

/** Prints a kind of resource, e.g. `logins` or `storage, cpu`. */
const kindOf = ({ name, part }: Kind): string => (part === "" ? name : `${name}, ${part}`);

const kindsIn = (resources: readonly Resource[]): readonly Kind[] => [
  ...new Map(resources.map((one) => [kindOf(one), one])).values(),
];

/** Returns by minute the load of a resource in each centre that is up after the loss of the worst other centre. */
const lossCasesOf = (
  all: readonly Resource[],
  kind: Kind,
  minutes: readonly number[],
): readonly (readonly LossCase[])[] => {
  const own = all.filter((resource) => kindOf(resource) === kindOf(kind));
  const connections = all.filter((resource) => resource.name === CONNECTIONS);
  return minutes.map((minute) => withoutOne(own, connections, minute));
};

/** Shares out the load of each lost centre among the others by their connections, and keeps the worst loss for each centre. */
const withoutOne = (
  own: readonly Resource[],
  connections: readonly Resource[],
  minute: number,
): readonly LossCase[] => {
  const connectionsOf = ({ centre }: Resource): number =>
    resourceIn(connections, centre, CONNECTIONS).capacity.at(minute);
  const up = own.filter((one) => connectionsOf(one) > 0);
  if (up.every(({ used }) => used.at(minute) === 0)) return [];
  if (up.length === 1) return [{ centre: up[0]!.centre, lost: undefined, load: Infinity }];
  const allConnections = up.reduce((sum, one) => sum + connectionsOf(one), 0);
  return up.map((one): LossCase => {
    let worst: LossCase = { centre: one.centre, lost: undefined, load: 0 };
    for (const lost of up) {
      if (lost === one) continue;
      const load =
        one.used.at(minute) + (lost.used.at(minute) * connectionsOf(one)) / (allConnections - connectionsOf(lost));
      const percent = load === 0 ? 0 : (100 * load) / one.capacity.at(minute);
      if (percent > worst.load) worst = { centre: one.centre, lost: lost.centre, load: percent };
    }
    return worst;
  });
};

const boughtOf = (own: readonly Resource[], minute: number): number | null =>
  shareOf(
    own.reduce((sum, one) => sum + one.capacity.at(minute), 0),
    own.reduce((sum, one) => sum + one.used.at(minute), 0),
  );

/** Returns the spare capacity in percent of what is needed, for a load in percent. */
const marginOf = (load: number | null): number | null => (load === null || load === 0 ? null : 100 * (100 / load - 1));

/** Returns the margins of the resources in `asked` by minute; `all` are the resources that can take over load. */
const marginsIn = (asked: readonly Resource[], all: readonly Resource[], minutes: readonly number[]) =>
  kindsIn(asked).flatMap((kind) => {
    const centres = asked.filter((one) => kindOf(one) === kindOf(kind)).map(({ centre }) => centre);
    return lossCasesOf(all, kind, minutes)
      .flat()
      .filter(({ centre }) => centres.includes(centre))
      .map(({ centre, lost, load }) => ({
        name: `${centre} ${kindOf(kind)}, ${lost === undefined ? "with no other centre" : `were ${lost} lost`}`,
        value: marginOf(load),
      }));
  });
