/** Chart lines about people over simulated time: loss, login time, people online, logins at the servers, server load. */
import { inSeconds } from "../../base/units.ts";
import type { Ledger } from "../../measure/ledger.ts";
import type { Series } from "../../measure/series.ts";
import { bothOf, type LabelMatch, only } from "../../scenario/figure-parts.ts";
import { PEOPLE_METRICS } from "../../scenario/people/figures.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Chart, SeriesSample } from "../replication.ts";

/** Readers cannot tell more lines than this apart on one pair of axes. */
const LINES_MAX = 6;
const CELL_LABELS = ["region", "carrier", "access", "gateway"];

/** The most points of a line; chosen. */
const POINTS_MAX = 180;
/** Minutes over which the mean login time is taken, as few people log in within one; chosen. */
const LOGIN_STEP_MINUTES = 5;

/**
 * A ratio of two ledger series, in steps of whole minutes; without the second series, a rate per second. Counts are placed
 * in the middle of their step, samples at the end of their minute.
 */
interface Measure {
  readonly chart: Chart;
  readonly metric: string;
  readonly stat: string;
  readonly unit: string;
  readonly above: string;
  readonly below?: string;
  readonly factor: number;
  /** The least number of minutes in a step. */
  readonly stepMin?: number;
  /** Sampled at the end of each minute, where other series are counts. */
  readonly isSampled?: true;
}

const LOSS: Measure = {
  chart: { name: "loss", title: "Packets lost" },
  metric: "loss",
  stat: "mean",
  unit: "%",
  above: "packets.lost",
  below: "packets.sent",
  factor: 100,
};

const LOGIN_TIME: Measure = {
  chart: { name: "login-time", title: "Login time, mean" },
  metric: "login.time",
  stat: "mean",
  unit: "s",
  above: "login.sum",
  below: "login.count",
  factor: 1 / 1_000,
  stepMin: LOGIN_STEP_MINUTES,
};

const ONLINE: Measure = {
  chart: { name: "online", title: "People online" },
  metric: "online",
  stat: "share",
  unit: "%",
  above: "online",
  below: "people",
  factor: 100,
  isSampled: true,
};

const SERVER_LOAD: Measure = {
  chart: { name: "server-load", title: "Server load, connections held", ...PEOPLE_METRICS["server.load"].scale },
  metric: "server.load",
  stat: "mean",
  unit: "%",
  above: "server.held",
  below: "server.capacity",
  factor: 100,
  isSampled: true,
};

const LOGINS = {
  chart: { name: "logins", title: "Logins at all servers" },
  stat: "rate",
  unit: "/s",
  factor: 1,
} as const;
/** Measures of the login queues of all servers together. */
const LOGIN_QUEUES: readonly (Measure & { readonly title: string })[] = [
  { ...LOGINS, metric: "login.offered", title: "Asked for", above: "login-queue.asked" },
  { ...LOGINS, metric: "login.goodput", title: "Completed", above: "login-queue.completed" },
  { ...LOGINS, metric: "login.capacity", title: "Possible, all centres", above: "login-queue.capacity" },
];

interface Group {
  readonly labels: readonly LabelMatch[];
  readonly title: string;
}

/** Returns the number of minutes in a step that keep a line within its most points. */
export const fineStep = (minutes: number): number => Math.ceil(minutes / POINTS_MAX);

/** Returns the lines of one run that are about people. A step without data is null. */
export const seriesOf = (scenario: Scenario, ledger: Ledger, gateways: readonly string[]): readonly SeriesSample[] => {
  const minutes = Math.floor(inSeconds(scenario.run.duration) / 60);
  const line = (measure: Measure, { title, labels }: Group): SeriesSample => {
    const { chart, unit, above, below, factor } = measure;
    const step = Math.max(fineStep(minutes), measure.stepMin ?? 0);
    const part = ledger.series.total(above, labels);
    const whole = below === undefined ? undefined : ledger.series.total(below, labels);
    const toStepEnd = measure.isSampled === true ? 30 : 0;
    const at = Array.from({ length: Math.floor(minutes / step) }, (_, place) => 60 * (place + 0.5) * step + toStepEnd);
    const value = at.map((_, place) => {
      const all = whole === undefined ? 60 * step : sumOf(whole, place * step, step);
      return all === 0 ? null : (factor * sumOf(part, place * step, step)) / all;
    });
    return { chart, ...bothOf({ metric: measure.metric, stat: measure.stat, labels }), title, unit, at, value };
  };
  const groups = groupsOf(scenario);
  const centres = Object.entries(scenario.world.centres);
  return [
    ...[...groups, ...gatewayGroups(scenario, gateways)].slice(0, LINES_MAX).map((group) => line(LOSS, group)),
    ...groups.map((group) => line(LOGIN_TIME, group)),
    ...groups.map((group) => line(ONLINE, group)),
    ...(asksAboutLoginQueues(scenario)
      ? LOGIN_QUEUES.map((queue) => line(queue, { labels: [], title: queue.title }))
      : []),
    ...centres.map(([centre, { title }]) => line(SERVER_LOAD, { labels: [only("centre", centre)], title })),
  ];
};

const ABOUT_LOGIN_QUEUES = ["login.offered", "login.goodput", "back.delay", "back.stretch"];

const asksAboutLoginQueues = ({ expect, thresholds }: Scenario): boolean =>
  [...expect, ...thresholds].some(({ figure }) => ABOUT_LOGIN_QUEUES.includes(figure.metric));

const sumOf = (series: Series, from: number, count: number): number => {
  let sum = 0;
  for (let minute = from; minute < from + count; minute++) sum += series.at(minute);
  return sum;
};

/** Returns everybody, and the groups of people that the scenario asks about. */
const groupsOf = (scenario: Scenario): readonly Group[] => {
  const everybody: Group = { labels: [], title: "Everybody" };
  const groups = new Map([[JSON.stringify(everybody.labels), everybody]]);
  for (const { figure } of [...scenario.expect, ...scenario.thresholds]) {
    if (figure.metric !== "loss" && figure.metric !== "login.time") continue;
    const labels = figure.labels.filter(({ label }) => CELL_LABELS.includes(label));
    if (groups.size < LINES_MAX) groups.set(JSON.stringify(labels), { labels, title: titleOf(labels, scenario) });
  }
  return [...groups.values()];
};

/** Returns a group for each gateway, where the scenario asks for loss by gateway in given regions and carriers. */
const gatewayGroups = (scenario: Scenario, gateways: readonly string[]): readonly Group[] => {
  const names = [...scenario.expect, ...scenario.thresholds].flatMap(({ figure }) =>
    figure.metric === "loss" && figure.by === "gateway" ? gatewaysIn(figure.labels, scenario, gateways) : [],
  );
  return [...new Set(names)].map((name) => ({
    labels: [only("gateway", name)],
    title: name,
  }));
};

const gatewaysIn = (
  labels: readonly LabelMatch[],
  { world }: Scenario,
  gateways: readonly string[],
): readonly string[] => {
  const of = (label: string): readonly string[] | undefined =>
    labels.find((match) => match.label === label && !match.negated)?.values;
  const regions = of("region");
  const carriers = of("carrier");
  if (regions === undefined || carriers === undefined) return [];
  const families = (of("access") ?? Object.keys(world.access)).map((access) => world.access[access]!.gateways);
  const prefixes = regions.flatMap((region) =>
    carriers.flatMap((carrier) => families.map((family) => `${world.regions[region]!.code}-${carrier}-${family}-`)),
  );
  return gateways.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
};

const titleOf = (labels: readonly LabelMatch[], { world }: Scenario): string =>
  labels
    .map(({ label, values, negated }) => {
      const names = values.map(
        (value) =>
          (label === "region"
            ? world.regions[value]?.title
            : label === "carrier"
              ? world.carriers[value]?.title
              : undefined) ?? value,
      );
      return `${negated ? "not " : ""}${names.join(", ")}`;
    })
    .join(" · ") || "Everybody";
