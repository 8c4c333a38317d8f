/** Chart lines about services over simulated time: completed tasks, busy cores, queuing time. */
import { bothOf, only } from "../../scenario/figure-parts.ts";
import type { Chart, SeriesSample } from "../replication.ts";
import { sumOf } from "../seconds.ts";
import type { ServicesBook } from "./book.ts";

/** Readers cannot tell more lines than this apart on one pair of axes. */
const LINES_MAX = 8;
/** The most points of a line; chosen. */
const POINTS_MAX = 180;

const COMPLETED: Chart = { name: "tasks-completed", title: "Tasks completed in time" };
const CORES: Chart = { name: "cores-at-work", title: "Cores at work" };
const QUEUING: Chart = { name: "queuing-time", title: "Queuing time of requests, mean" };

/** Returns the lines of entries and tiers. A step without data is null. */
export const linesOf = (book: ServicesBook): readonly SeriesSample[] => {
  const step = Math.max(1, Math.ceil(book.seconds / POINTS_MAX));
  const at = Array.from({ length: Math.floor(book.seconds / step) }, (_, place) => (place + 0.5) * step);
  const ratio = (above: Float64Array, below: Float64Array | number, factor: number): (number | null)[] =>
    at.map((_, place) => {
      const [from, to] = [place * step, (place + 1) * step];
      const whole = typeof below === "number" ? below * step : sumOf(below, from, to);
      return whole === 0 ? null : (factor * sumOf(above, from, to)) / whole;
    });
  const entries = book.entryNames.slice(0, LINES_MAX);
  const tiers = book.tierNames.slice(0, LINES_MAX);
  return [
    ...entries.map((title, entry): SeriesSample => {
      const { done, judged } = book.entries[entry]!;
      const shown = bothOf({ metric: "task.completed", stat: "share", labels: [only("entry", title)] });
      return { chart: COMPLETED, ...shown, title, unit: "%", at, value: ratio(done, judged, 100) };
    }),
    ...tiers.map((title, tier): SeriesSample => {
      const shown = bothOf({ metric: "tier.utilisation", stat: "mean", labels: [only("tier", title)] });
      const value = ratio(book.tiers[tier]!.computed, book.cores[tier]! * 1e6, 100);
      return { chart: CORES, ...shown, title, unit: "%", at, value };
    }),
    ...tiers.map((title, tier): SeriesSample => {
      const { waited, begun } = book.tiers[tier]!;
      const shown = bothOf({ metric: "tier.queue", stat: "mean", labels: [only("tier", title)] });
      return { chart: QUEUING, ...shown, title, unit: "s", at, value: ratio(waited, begun, 1e-6) };
    }),
  ];
};
