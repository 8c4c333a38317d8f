/** Lines over simulated time about people, for pictures: loss, login time, people online, how full their servers are. */
import { inSeconds } from "../../base/units.ts";
import type { Ledger } from "../../measure/ledger.ts";
import type { Series } from "../../measure/series.ts";
import { bothOf, type LabelMatch, only } from "../../scenario/figure-parts.ts";
import { PEOPLE_METRICS } from "../../scenario/people/figures.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Chart, SeriesSample } from "../replication.ts";

/** More lines than this on one pair of axes cannot be told apart. */
const LINES_MAX = 6;
const CELL_LABELS = ["region", "carrier", "access", "gateway"];

/** A line of more points than this is no clearer. */
const POINTS_MAX = 180;
/** Few people log in in a minute: their mean is taken over this many. */
const LOGIN_STEP = 5;

/**
 * A ratio of two series, in steps of whole minutes; against nothing, it is a rate a second. What was counted during a
 * minute stands in its middle, what was looked at when it ended stands there.
 */
interface Measure {
  readonly chart: Chart;
  readonly metric: string;
  readonly stat: string;
  readonly unit: string;
  readonly above: string;
  readonly below?: string;
  readonly factor: number;
  /** Minutes to a point, at least. */
  readonly stepLeast?: number;
  readonly isLookedAt?: true;
}

const LOSS: Measure = {
  chart: { name: "loss", title: "Loss" },
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
  stepLeast: LOGIN_STEP,
};

const ONLINE: Measure = {
  chart: { name: "online", title: "Online" },
  metric: "online",
  stat: "share",
  unit: "%",
  above: "online",
  below: "people",
  factor: 100,
  isLookedAt: true,
};

const SERVER_LOAD: Measure = {
  chart: { name: "server-load", title: "Server load", ...PEOPLE_METRICS["server.load"].scale },
  metric: "server.load",
  stat: "mean",
  unit: "%",
  above: "server.held",
  below: "server.capacity",
  factor: 100,
  isLookedAt: true,
};

const LOGINS = { chart: { name: "logins", title: "Logins" }, stat: "rate", unit: "/s", factor: 1 } as const;
/** At the desks of all servers together. */
const DESKS: readonly (Measure & { readonly title: string })[] = [
  { ...LOGINS, metric: "login.offered", title: "Asked for", above: "desk.asked" },
  { ...LOGINS, metric: "login.goodput", title: "Completed", above: "desk.completed" },
  { ...LOGINS, metric: "login.capacity", title: "Possible, all centres", above: "desk.able" },
];

interface Group {
  readonly labels: readonly LabelMatch[];
  readonly title: string;
}

/** Minutes to a point. */
export const fineStep = (minutes: number): number => Math.ceil(minutes / POINTS_MAX);

/** The charts of one run that are about people. A step without data is null. */
export const seriesOf = (scenario: Scenario, ledger: Ledger, gateways: readonly string[]): readonly SeriesSample[] => {
  const minutes = Math.floor(inSeconds(scenario.run.duration) / 60);
  const line = (measure: Measure, { title, labels }: Group): SeriesSample => {
    const { chart, unit, above, below, factor } = measure;
    const step = Math.max(fineStep(minutes), measure.stepLeast ?? 0);
    const part = ledger.series.total(above, labels);
    const whole = below === undefined ? undefined : ledger.series.total(below, labels);
    const late = measure.isLookedAt === true ? 30 : 0;
    const at = Array.from({ length: Math.floor(minutes / step) }, (_, place) => 60 * (place + 0.5) * step + late);
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
    ...(asksAboutDesks(scenario) ? DESKS.map((desk) => line(desk, { labels: [], title: desk.title })) : []),
    ...centres.map(([centre, { title }]) => line(SERVER_LOAD, { labels: [only("centre", centre)], title })),
  ];
};

const ABOUT_LOGIN_QUEUES = ["login.offered", "login.goodput", "back.delay", "back.stretch"];

const asksAboutDesks = ({ expect, thresholds }: Scenario): boolean =>
  [...expect, ...thresholds].some(({ figure }) => ABOUT_LOGIN_QUEUES.includes(figure.metric));

const sumOf = (series: Series, from: number, count: number): number => {
  let sum = 0;
  for (let minute = from; minute < from + count; minute++) sum += series.at(minute);
  return sum;
};

/** Everybody, and the groups of people that the scenario asks about. */
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

/** A group a gateway, where the scenario asks for loss by gateway among few. */
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
