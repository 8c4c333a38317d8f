/** How much of the centres' resources is used, and whether the others could do without any one of them. */
import type { Ledger, Match } from "../measure/ledger.ts";
import type { Series } from "../measure/series.ts";
import type { Figure } from "../scenario/scenario.ts";
import { type Book, minutesIn } from "./book.ts";

interface Resource {
  readonly centre: string;
  readonly name: string;
  readonly used: Series;
  readonly able: Series;
}

/** How full the others would be of each resource, were the largest centre lost, minute by minute, percent; null for nothing left. */
export const loadsWithoutOne = (
  { series }: Ledger,
  minutes: number,
): readonly { readonly name: string; readonly values: Values }[] => {
  const resources = resourcesIn(series, []);
  return [...new Set(resources.map(({ name }) => name))].map((name) => {
    const own = resources.filter((resource) => resource.name === name);
    return { name, values: Array.from({ length: minutes }, (_, minute) => withoutOne(own, minute)) };
  });
};

/** The figure of the matching resources; of several the worst. */
export const ofTiers = ({ metric, stat, window }: Figure, labels: readonly Match[], book: Book): number | null => {
  const resources = resourcesIn(book.ledger.series, labels);
  const minutes = minutesIn(book, window);
  const names = [...new Set(resources.map(({ name }) => name))];
  const values = names.flatMap((name) => {
    const own = resources.filter((resource) => resource.name === name);
    if (metric === "centre.bought") return mean(minutes.map((minute) => boughtOf(own, minute)));
    if (metric === "centre.margin") return least(minutes.map((minute) => marginOf(own, minute)));
    const loads = own.map((one) => minutes.map((minute) => share(one.used.at(minute), one.able.at(minute))));
    if (metric === "centre.headroom") return least(loads.flat().map((load) => (load === null ? null : 100 - load)));
    return stat === "mean" ? most(loads.map(mean)) : most(loads.flat());
  });
  return metric === "centre.load" || metric === "centre.bought" ? most(values) : least(values);
};

const resourcesIn = (series: Ledger["series"], labels: readonly Match[]): readonly Resource[] => {
  const able = series.find("resource.able", labels);
  return series.find("resource.used", labels).map(({ labels: own, instrument }, place): Resource => {
    return { centre: own["centre"]!, name: own["resource"]!, used: instrument, able: able[place]!.instrument };
  });
};

/** All that is used, of what the centres that are up have without the largest of them. */
const withoutOne = (own: readonly Resource[], minute: number): number | null => {
  const used = own.reduce((sum, one) => sum + one.used.at(minute), 0);
  const able = own.map((one) => one.able.at(minute));
  return share(used, able.reduce((sum, one) => sum + one, 0) - Math.max(...able));
};

const boughtOf = (own: readonly Resource[], minute: number): number | null =>
  share(
    own.reduce((sum, one) => sum + one.able.at(minute), 0),
    own.reduce((sum, one) => sum + one.used.at(minute), 0),
  );

/** What they have more than is used, in percent of what is used. */
const marginOf = (own: readonly Resource[], minute: number): number | null => {
  const load = withoutOne(own, minute);
  return load === 0 ? null : load === null ? -100 : 100 * (100 / load - 1);
};

const share = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

type Values = readonly (number | null)[];
const known = (values: Values): readonly number[] => values.filter((value) => value !== null);
const least = (values: Values): number | null => (known(values).length === 0 ? null : Math.min(...known(values)));
const most = (values: Values): number | null => (known(values).length === 0 ? null : Math.max(...known(values)));
const mean = (values: Values): number | null =>
  known(values).length === 0 ? null : known(values).reduce((sum, value) => sum + value, 0) / known(values).length;
