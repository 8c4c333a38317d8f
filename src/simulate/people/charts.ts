/** Lines over simulated time about people, for pictures: loss, login time, people online, how full their servers are. */
import { inSeconds } from "../../base/units.ts";
import type { Ledger, Match } from "../../measure/ledger.ts";
import type { Series } from "../../measure/series.ts";
import type { LabelMatch } from "../../scenario/figure-parts.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { SeriesSample } from "../replication.ts";

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
interface Line {
  readonly isLookedAt?: true;
  readonly chart: string;
  readonly figure: string;
  readonly title: string;
  readonly unit: string;
  readonly step: number;
  readonly above: string;
  readonly below: string | undefined;
  readonly factor: number;
  readonly matches: readonly Match[];
}

interface Group {
  readonly labels: readonly LabelMatch[];
  readonly title: string;
}

/** Minutes to a point. */
export const fineStep = (minutes: number): number => Math.ceil(minutes / POINTS_MAX);

/** The charts of one run that are about people. A step without data is null. */
export const seriesOf = (scenario: Scenario, ledger: Ledger, gateways: readonly string[]): readonly SeriesSample[] => {
  const minutes = Math.floor(inSeconds(scenario.run.duration) / 60);
  const fine = fineStep(minutes);
  const line = (one: Line): SeriesSample => {
    const { chart, figure, title, unit, step, above, below, factor, matches } = one;
    const part = ledger.series.total(above, matches);
    const whole = below === undefined ? undefined : ledger.series.total(below, matches);
    const late = one.isLookedAt === true ? 30 : 0;
    const at = Array.from({ length: Math.floor(minutes / step) }, (_, place) => 60 * (place + 0.5) * step + late);
    const value = at.map((_, place) => {
      const all = whole === undefined ? 60 * step : sumOf(whole, place * step, step);
      return all === 0 ? null : (factor * sumOf(part, place * step, step)) / all;
    });
    return { chart, figure, title, unit, at, value };
  };
  const groups = groupsOf(scenario);
  const text = ({ labels }: Group): string => textOf(labels);
  const lossLines = [...groups, ...gatewayGroups(scenario, gateways)].slice(0, LINES_MAX).map((group) =>
    line({
      chart: "loss",
      figure: `loss.mean${text(group)}`,
      title: group.title,
      unit: "%",
      step: fine,
      above: "packets.lost",
      below: "packets.sent",
      factor: 100,
      matches: group.labels,
    }),
  );
  const loginLines = groups.map((group) =>
    line({
      chart: "login-time",
      figure: `login.time.mean${text(group)}`,
      title: group.title,
      unit: "s",
      step: Math.max(LOGIN_STEP, fine),
      above: "login.sum",
      below: "login.count",
      factor: 1 / 1_000,
      matches: group.labels,
    }),
  );
  const onlineLines = groups.map((group) =>
    line({
      chart: "online",
      figure: `online.share${text(group)}`,
      title: group.title,
      unit: "%",
      step: fine,
      above: "online",
      below: "people",
      isLookedAt: true,
      factor: 100,
      matches: group.labels,
    }),
  );
  const loadLines = Object.entries(scenario.world.centres).map(([centre, { title }]) =>
    line({
      chart: "server-load",
      figure: `server.load.mean{centre=${centre}}`,
      title,
      unit: "%",
      step: fine,
      above: "server.held",
      below: "server.capacity",
      isLookedAt: true,
      factor: 100,
      matches: [{ label: "centre", values: [centre], negated: false }],
    }),
  );
  const deskLines = asksAboutDesks(scenario)
    ? DESKS.map(({ figure, title, series }) =>
        line({
          chart: "logins",
          figure,
          title,
          unit: "/s",
          step: fine,
          above: series,
          below: undefined,
          factor: 1,
          matches: [],
        }),
      )
    : [];
  return [...lossLines, ...loginLines, ...onlineLines, ...deskLines, ...loadLines];
};

const DESKS = [
  { figure: "login.offered.rate", title: "Asked for", series: "desk.asked" },
  { figure: "login.goodput.rate", title: "Completed", series: "desk.completed" },
  { figure: "login.capacity.rate", title: "Possible, all centres", series: "desk.able" },
] as const;

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
  const groups = new Map<string, Group>([["", { labels: [], title: "Everybody" }]]);
  for (const { figure } of [...scenario.expect, ...scenario.thresholds]) {
    if (figure.metric !== "loss" && figure.metric !== "login.time") continue;
    const labels = figure.labels.filter(({ label }) => CELL_LABELS.includes(label));
    if (groups.size < LINES_MAX) groups.set(textOf(labels), { labels, title: titleOf(labels, scenario) });
  }
  return [...groups.values()];
};

/** A group a gateway, where the scenario asks for loss by gateway among few. */
const gatewayGroups = (scenario: Scenario, gateways: readonly string[]): readonly Group[] => {
  const names = [...scenario.expect, ...scenario.thresholds].flatMap(({ figure }) =>
    figure.metric === "loss" && figure.by === "gateway" ? gatewaysIn(figure.labels, scenario, gateways) : [],
  );
  return [...new Set(names)].map((name) => ({
    labels: [{ label: "gateway", values: [name], negated: false }],
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

const textOf = (labels: readonly LabelMatch[]): string =>
  labels.length === 0
    ? ""
    : `{${labels.map(({ label, values, negated }) => `${label}${negated ? "!=" : "="}${values.length === 1 ? values[0]! : `[${values.join(",")}]`}`).join(",")}}`;

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
