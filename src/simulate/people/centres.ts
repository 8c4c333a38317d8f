/**
 * Chart lines about centres over simulated time: load, headroom and N−1 margin of every resource, and the people still in
 * an evacuated centre, beside the ordered pace.
 */
import { inSeconds } from "../../base/units.ts";
import type { Ledger } from "../../measure/ledger.ts";
import { PEOPLE_METRICS, RESOURCES } from "../../scenario/people/figures.ts";
import type { InterventionAction } from "../../scenario/people/interventions.ts";
import type { Intervention, Scenario } from "../../scenario/scenario.ts";
import { type Course, coursesOf } from "./capacity.ts";
import { fineStep } from "./charts.ts";
import { bothOf, only } from "../../scenario/figure-parts.ts";
import type { Chart, SeriesSample } from "../replication.ts";
import { overSamples } from "../samples.ts";

/** Readers cannot tell more lines than this apart on one pair of axes. */
const LINES_MAX = 8;

/** The most batches that the line of the ordered pace follows; chosen. */
const BATCHES_MAX = 1_000;

const ABOUT_CENTRES = Object.entries<{ readonly labels: readonly string[] }>(PEOPLE_METRICS)
  .filter(([, { labels }]) => labels.includes("resource"))
  .map(([name]) => name);

/** True if a figure about centres is asked for, or a centre is lost or evacuated. */
const isAboutCentres = ({ expect, thresholds, faults, interventions }: Scenario): boolean =>
  [...expect, ...thresholds].some(({ figure }) => ABOUT_CENTRES.includes(figure.metric)) ||
  faults.some(({ effects, where }) => "down" in effects && "centre" in where) ||
  interventions.some(({ action }) => action.kind === "evacuate");

const minutesOf = ({ run }: Scenario): number => Math.floor(inSeconds(run.duration) / 60);

/** Returns the lines of each resource of each centre: in one chart while they are few, else in one chart for each centre. */
export const centreLines = (scenario: Scenario, ledger: Ledger): readonly SeriesSample[] => {
  if (!isAboutCentres(scenario)) return [];
  const { centres, tiers } = scenario.world;
  const minutes = minutesOf(scenario);
  const courses = coursesOf(ledger, minutes);
  const resources = [...RESOURCES, ...Object.keys(tiers)].slice(0, LINES_MAX);
  const isOneChart = Object.keys(centres).length * resources.length <= LINES_MAX;
  return MEASURES.flatMap(({ chart, stat, of }) =>
    Object.entries(centres).flatMap(([centre, { title }]) =>
      resources.flatMap((resource) => {
        const course = courses.find((one) => one.centre === centre && one.resource === resource);
        if (course === undefined) return [];
        const labels = [only("centre", centre), only("resource", resource)];
        return {
          chart: isOneChart
            ? { ...chart, title: `${chart.title}, by centre and tier` }
            : { ...chart, name: `${chart.name}-${centre}`, title: `${chart.title} · ${title}` },
          ...bothOf({ metric: `centre.${chart.name}`, stat, labels }),
          title: isOneChart ? `${title}, ${resource}` : resource,
          unit: "%",
          ...sampled(of(course), stat),
        };
      }),
    ),
  );
};

const LOAD: Chart = { name: "load", title: "Load, capacity used", ...PEOPLE_METRICS["centre.load"].scale };
const HEADROOM: Chart = {
  name: "headroom",
  title: "Headroom, capacity unused",
  ...PEOPLE_METRICS["centre.headroom"].scale,
};
const MARGIN: Chart = {
  name: "margin",
  title: "N−1 margin, spare without one centre",
  ...PEOPLE_METRICS["centre.margin"].scale,
};

const MEASURES = [
  { chart: LOAD, stat: "max", of: ({ load }: Course) => load },
  {
    chart: HEADROOM,
    stat: "min",
    of: ({ load }: Course) => load.map((percent) => (percent === null ? null : 100 - percent)),
  },
  { chart: MARGIN, stat: "min", of: ({ margin }: Course) => margin },
] as const;

/** Returns the worst minute of each step, placed at the step's end. */
const sampled = (values: readonly (number | null)[], stat: "max" | "min"): Pick<SeriesSample, "at" | "value"> => {
  const step = fineStep(values.length);
  const places = Array.from({ length: Math.floor(values.length / step) }, (_, place) => place * step);
  return {
    at: places.map((from) => 60 * (from + step)),
    value: places.map((from) => overSamples(values.slice(from, from + step), stat)),
  };
};

interface EvacuationOrder {
  readonly plan: (InterventionAction & { readonly kind: "evacuate" })["plan"];
  /** Seconds of simulated time. */
  readonly from: number;
  /** When an operator pauses or rolls it back, in seconds; infinite if none does. */
  readonly until: number;
}

/** Returns the first evacuation order of each centre. */
const ordersIn = (interventions: readonly Intervention[]): readonly EvacuationOrder[] => {
  const orders = new Map<string, EvacuationOrder>();
  for (const { at, action } of interventions) {
    if (action.kind !== "evacuate" || orders.has(action.plan.centre)) continue;
    const held = interventions.filter(
      (later) => later.at >= at && later.action.kind === "evacuation" && later.action.order !== "resume",
    );
    const until = Math.min(Infinity, ...held.map((later) => inSeconds(later.at)));
    orders.set(action.plan.centre, { plan: action.plan, from: inSeconds(at), until });
  }
  return [...orders.values()].slice(0, LINES_MAX / 2);
};

const STILL_THERE: Chart = { name: "still-there", title: "People still in the evacuated centre" };

/** Returns the lines of people still in each evacuated centre, and of the ordered pace. */
export const leavingLines = (scenario: Scenario, ledger: Ledger): readonly SeriesSample[] =>
  ordersIn(scenario.interventions).flatMap((order, _, orders) => {
    const { centre } = order.plan;
    const labels = [only("centre", centre)];
    const held = ledger.series.total("server.held", labels);
    const minutes = minutesOf(scenario);
    const step = fineStep(minutes);
    const places = Array.from({ length: Math.floor(minutes / step) }, (_, place) => (place + 1) * step);
    const at = places.map((minute) => 60 * minute);
    const then = held.at(Math.max(0, Math.floor(order.from / 60) - 1));
    const ordered = paceOf(order, then, inSeconds(scenario.run.duration));
    const where = orders.length === 1 ? "" : `, ${scenario.world.centres[centre]!.title}`;
    const line = { chart: STILL_THERE, unit: "people", at };
    return [
      {
        ...line,
        ...bothOf({ metric: "evacuation.left", stat: "count", labels }),
        title: `Still there${where}`,
        value: places.map((minute) => held.at(minute - 1)),
      },
      {
        ...line,
        ...bothOf({ metric: "evacuation.ordered", stat: "count", labels }),
        title: `Ordered pace${where}`,
        value: at.map((second) => (second < order.from || second > order.until ? null : ordered(second))),
      },
    ];
  });

/** Returns the people that the plan leaves at a given second: linear within a batch, constant between batches and in the times to avoid. */
const paceOf = ({ plan, from }: EvacuationOrder, people: number, end: number): ((second: number) => number) => {
  const within = inSeconds(plan.within);
  const corners: { at: number; left: number }[] = [{ at: from, left: people }];
  for (let now = from, left = people; left > 0 && now < end && corners.length < 3 * BATCHES_MAX;) {
    const begins = clearOf(plan.avoid, now, within);
    const after = Math.max(0, left - (plan.batch ?? Infinity));
    corners.push({ at: begins, left }, { at: begins + within, left: after });
    now = begins + within + inSeconds(plan.rest);
    left = after;
  }
  return (second) => {
    const next = corners.findIndex(({ at }) => at >= second);
    if (next <= 0) return corners.at(next)!.left;
    const [before, after] = [corners[next - 1]!, corners[next]!];
    return before.left + ((after.left - before.left) * (second - before.at)) / (after.at - before.at);
  };
};

/** Returns when a batch that takes `within` seconds can begin without touching a time to avoid. */
const clearOf = (avoid: EvacuationOrder["plan"]["avoid"], now: number, within: number): number => {
  const touched = avoid.find(({ from, to }) => inSeconds(from) < now + within && inSeconds(to) > now);
  return touched === undefined ? now : clearOf(avoid, inSeconds(touched.to), within);
};
