/** How much of the centres' resources is used, and whether the others could do without any one of them. */
import type { Ledger, Match } from "../../measure/ledger.ts";
import type { Series } from "../../measure/series.ts";
import type { Figure } from "../../scenario/figure-parts.ts";
import { type Book, minutesIn } from "./book.ts";
import { type Extreme, extremeOf, overSamples, shareOf } from "../samples.ts";

interface Resource {
  readonly centre: string;
  readonly name: string;
  readonly used: Series;
  readonly able: Series;
}

/** How full a centre would be, percent, were another one lost; without another there is nobody left to bear the load. */
interface Squeeze {
  readonly centre: string;
  readonly lost: string | undefined;
  readonly load: number;
}

/** One resource of one centre, minute by minute, percent; null where there is none of it, or nothing to bear. */
export interface Course {
  readonly centre: string;
  readonly resource: string;
  readonly load: readonly (number | null)[];
  readonly margin: readonly (number | null)[];
}

/** People go to doors as far as these have connections. */
const DOORS = "connections";

export const coursesOf = ({ series }: Ledger, minutes: number): readonly Course[] => {
  const resources = resourcesIn(series, []);
  const every = Array.from({ length: minutes }, (_, minute) => minute);
  const squeezes = new Map(namesIn(resources).map((name) => [name, squeezesOf(resources, name, every)]));
  return resources.map(({ centre, name, used, able }) => ({
    centre,
    resource: name,
    load: every.map((minute) => shareOf(used.at(minute), able.at(minute))),
    margin: squeezes.get(name)!.map((those) => marginOf(those.find((one) => one.centre === centre)?.load ?? null)),
  }));
};

/** The figure of the matching resources: of several the worst, and which that is. */
export const ofTiers = ({ metric, stat, window }: Figure, labels: readonly Match[], book: Book): Extreme => {
  const { series } = book.ledger;
  const resources = resourcesIn(series, labels);
  const minutes = minutesIn(book, window);
  if (metric === "centre.margin") return extremeOf(marginsIn(resources, resourcesIn(series, []), minutes), "min");
  if (metric === "centre.bought")
    return extremeOf(
      namesIn(resources).map((name) => {
        const own = resources.filter((resource) => resource.name === name);
        const bought = minutes.map((minute) => boughtOf(own, minute));
        return { name, value: overSamples(bought, stat) };
      }),
      "max",
    );
  const isSpare = metric === "centre.headroom";
  return extremeOf(
    resources.map(({ centre, name, used, able }) => {
      const loads = minutes.map((minute) => shareOf(used.at(minute), able.at(minute)));
      const spare = loads.map((load) => (load === null ? null : 100 - load));
      return { name: `${centre} ${name}`, value: overSamples(isSpare ? spare : loads, isSpare ? "min" : stat) };
    }),
    isSpare ? "min" : "max",
  );
};

/** How full servers are; of one that is fullest, which. */
export const ofServers = ({ stat, window }: Figure, labels: readonly Match[], book: Book): Extreme => {
  const { series } = book.ledger;
  const held = series.find(stat === "peak" ? "server.peak" : "server.held", labels);
  const capacity = series.find("server.capacity", labels);
  const minutes = minutesIn(book, window);
  const load = (servers: readonly number[], minute: number): number | null =>
    shareOf(
      servers.reduce((sum, server) => sum + held[server]!.instrument.at(minute), 0),
      servers.reduce((sum, server) => sum + capacity[server]!.instrument.at(minute), 0),
    );
  const all = [...held.keys()];
  if (stat === "mean") {
    const value = overSamples(
      minutes.map((minute) => load(all, minute)),
      stat,
    );
    return { name: undefined, value };
  }
  return extremeOf(
    all.map((server) => {
      const loads = minutes.map((minute) => load([server], minute));
      return { name: held[server]!.labels["server"]!, value: overSamples(loads, "max") };
    }),
    "max",
  );
};

const resourcesIn = (series: Ledger["series"], labels: readonly Match[]): readonly Resource[] => {
  const able = series.find("resource.able", labels);
  return series.find("resource.used", labels).map(({ labels: own, instrument }, place): Resource => {
    return { centre: own["centre"]!, name: own["resource"]!, used: instrument, able: able[place]!.instrument };
  });
};

const namesIn = (resources: readonly Resource[]): readonly string[] => [...new Set(resources.map(({ name }) => name))];

/** Of each minute, how full each centre that is up would be of a resource, were the worst other one lost. */
const squeezesOf = (
  all: readonly Resource[],
  name: string,
  minutes: readonly number[],
): readonly (readonly Squeeze[])[] => {
  const own = all.filter((resource) => resource.name === name);
  const doors = all.filter((resource) => resource.name === DOORS);
  return minutes.map((minute) => withoutOne(own, doors, minute));
};

/** Were one centre lost, its people would go to the others' doors, to each by the connections it has. */
const withoutOne = (own: readonly Resource[], doors: readonly Resource[], minute: number): readonly Squeeze[] => {
  const door = ({ centre }: Resource): number => doors.find((one) => one.centre === centre)!.able.at(minute);
  const up = own.filter((one) => door(one) > 0);
  if (up.every(({ used }) => used.at(minute) === 0)) return [];
  if (up.length === 1) return [{ centre: up[0]!.centre, lost: undefined, load: Infinity }];
  const rooms = up.reduce((sum, one) => sum + door(one), 0);
  return up.map((one): Squeeze => {
    let worst: Squeeze = { centre: one.centre, lost: undefined, load: 0 };
    for (const lost of up) {
      if (lost === one) continue;
      const load = one.used.at(minute) + (lost.used.at(minute) * door(one)) / (rooms - door(lost));
      const percent = load === 0 ? 0 : (100 * load) / one.able.at(minute);
      if (percent > worst.load) worst = { centre: one.centre, lost: lost.centre, load: percent };
    }
    return worst;
  });
};

const boughtOf = (own: readonly Resource[], minute: number): number | null =>
  shareOf(
    own.reduce((sum, one) => sum + one.able.at(minute), 0),
    own.reduce((sum, one) => sum + one.used.at(minute), 0),
  );

/** What there would be more than is needed, in percent of that. */
const marginOf = (load: number | null): number | null => (load === null || load === 0 ? null : 100 * (100 / load - 1));

/** The margins of the resources asked about, minute by minute, in a world of all of them. */
const marginsIn = (asked: readonly Resource[], all: readonly Resource[], minutes: readonly number[]) =>
  namesIn(asked).flatMap((name) => {
    const centres = asked.filter((one) => one.name === name).map(({ centre }) => centre);
    return squeezesOf(all, name, minutes)
      .flat()
      .filter(({ centre }) => centres.includes(centre))
      .map(({ centre, lost, load }) => ({
        name: `${centre} ${name}, ${lost === undefined ? "with no other centre" : `were ${lost} lost`}`,
        value: marginOf(load),
      }));
  });
