/** How much of the centres' resources is used, and whether the others could do without any one of them. */
import type { Ledger, Match } from "../measure/ledger.ts";
import type { Series } from "../measure/series.ts";
import type { Figure } from "../scenario/scenario.ts";
import { type Book, minutesIn } from "./book.ts";
import { overSamples, shareOf } from "./samples.ts";

interface Resource {
  readonly centre: string;
  readonly name: string;
  readonly used: Series;
  readonly able: Series;
}

/** People go to doors as far as these have connections. */
const DOORS = "connections";

const finite = (value: number | null): number | null => (value === Infinity ? null : value);

/** How full the fullest of the others would be of each resource, were the worst centre lost, minute by minute, percent; null where nothing is left. */
export const loadsWithoutOne = (
  { series }: Ledger,
  minutes: number,
): readonly { readonly name: string; readonly values: readonly (number | null)[] }[] => {
  const resources = resourcesIn(series, []);
  const doors = resources.filter(({ name }) => name === DOORS);
  return [...new Set(resources.map(({ name }) => name))].map((name) => {
    const own = resources.filter((resource) => resource.name === name);
    return { name, values: Array.from({ length: minutes }, (_, minute) => finite(withoutOne(own, doors, minute))) };
  });
};

/** The figure of the matching resources; of several the worst. */
export const ofTiers = ({ metric, stat, window }: Figure, labels: readonly Match[], book: Book): number | null => {
  const resources = resourcesIn(book.ledger.series, labels);
  const doors = resourcesIn(book.ledger.series, []).filter(({ name }) => name === DOORS);
  const minutes = minutesIn(book, window);
  const names = [...new Set(resources.map(({ name }) => name))];
  const values = names.flatMap((name) => {
    const own = resources.filter((resource) => resource.name === name);
    if (metric === "centre.bought")
      return overSamples(
        minutes.map((minute) => boughtOf(own, minute)),
        stat,
      );
    if (metric === "centre.margin") return minutes.map((minute) => marginOf(own, doors, minute));
    const loads = own.map((one) => minutes.map((minute) => shareOf(one.used.at(minute), one.able.at(minute))));
    if (metric === "centre.headroom") return loads.flat().map((load) => (load === null ? null : 100 - load));
    return loads.map((load) => overSamples(load, stat));
  });
  return overSamples(values, metric === "centre.load" || metric === "centre.bought" ? "max" : "min");
};

const resourcesIn = (series: Ledger["series"], labels: readonly Match[]): readonly Resource[] => {
  const able = series.find("resource.able", labels);
  return series.find("resource.used", labels).map(({ labels: own, instrument }, place): Resource => {
    return { centre: own["centre"]!, name: own["resource"]!, used: instrument, able: able[place]!.instrument };
  });
};

/**
 * Were one centre lost, its people would go to the others' doors, to each by the connections it has: how full the fullest
 * of them would then be, after the worst such loss. Infinite for a load without a place.
 */
const withoutOne = (own: readonly Resource[], doors: readonly Resource[], minute: number): number | null => {
  const up = own.filter(({ centre }) => doorOf(doors, centre).able.at(minute) > 0);
  if (up.length === 0 || up.every(({ used }) => used.at(minute) === 0)) return null;
  let worst = 0;
  for (const lost of up) {
    const others = up.filter((one) => one !== lost);
    if (others.length === 0 && lost.used.at(minute) > 0) return Infinity;
    const room = others.reduce((sum, { centre }) => sum + doorOf(doors, centre).able.at(minute), 0);
    for (const { centre, used, able } of others) {
      const load = used.at(minute) + (lost.used.at(minute) * doorOf(doors, centre).able.at(minute)) / room;
      worst = Math.max(worst, (100 * load) / able.at(minute));
    }
  }
  return worst;
};

const doorOf = (doors: readonly Resource[], centre: string): Resource => doors.find((door) => door.centre === centre)!;

const boughtOf = (own: readonly Resource[], minute: number): number | null =>
  shareOf(
    own.reduce((sum, one) => sum + one.able.at(minute), 0),
    own.reduce((sum, one) => sum + one.used.at(minute), 0),
  );

/** What the fullest would have more than it would need, in percent of that. */
const marginOf = (own: readonly Resource[], doors: readonly Resource[], minute: number): number | null => {
  const load = withoutOne(own, doors, minute);
  return load === null || load === 0 ? null : 100 * (100 / load - 1);
};
