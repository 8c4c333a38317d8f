/** Figures of one run, read from its book. */
import { inSeconds } from "../base/units.ts";
import type { Histogram } from "../measure/histogram.ts";
import type { Series } from "../measure/series.ts";
import { ALERT_KINDS, RESOURCES } from "../scenario/metrics.ts";
import { CAUSES } from "../scenario/push/section.ts";
import type { Figure, LabelMatch, Scenario } from "../scenario/scenario.ts";
import { hasBehind, isBehind } from "../scenario/where.ts";
import type { SchedulerDecision } from "../world/seams/scheduling.ts";
import { windowEnd } from "./people/incidents.ts";
import { type Book, minutesIn } from "./book.ts";
import { ofServers, ofTiers } from "./people/capacity.ts";
import { inWindow, lengthOf } from "./people/observer.ts";
import type { FigureSample } from "./replication.ts";
import { type Extreme, overSamples, shareOf, timeOf } from "./samples.ts";

/** What every run tells of people, asked or not. */
const STANDARD: readonly (readonly [metric: string, stat: string, unit: string])[] = [
  ["loss", "mean", "%"],
  ["login.time", "p50", "s"],
  ["login.time", "p95", "s"],
  ["login.success", "share", "%"],
  ["online", "share", "%"],
  ["move", "count", ""],
  ["alarm", "count", ""],
  ["alarm.false", "count", ""],
  ["server.load", "max", "%"],
];

/** What every run tells of services, where there are any. */
const STANDARD_OF_SERVICES: typeof STANDARD = [
  ["task", "rate", "/s"],
  ["task.completed", "share", "%"],
  ["task.time", "p99", "s"],
  ["tier.utilisation", "max", "%"],
  ["tier.headroom", "min", "%"],
];

/** … and of push. */
const STANDARD_OF_PUSH: typeof STANDARD = [
  ["push.delivered", "share", "%"],
  ["push.duplicate", "count", ""],
  ["push.lateness", "p95", "s"],
  ["push.rate", "peak", "/s"],
  ["push.over", "count", ""],
  ["push.busy", "mean", "%"],
];

const isOfServices = ({ metric }: Figure): boolean => /^(task|tier)\b/.test(metric);
const isOfPush = ({ metric }: Figure): boolean => /^(push|prefetch)\b/.test(metric);

/** Whether a story tells of people: all do but those of services or push where nothing happens to people and nothing is asked of them. */
export const isAboutPeople = ({ world, faults, interventions, expect, thresholds }: Scenario): boolean =>
  !hasBehind(world) ||
  interventions.length > 0 ||
  faults.some(({ where }) => !isBehind(where)) ||
  [...expect, ...thresholds].some(({ figure }) => !isOfServices(figure) && !isOfPush(figure));

/** Every figure a run of this scenario computes: expectations' and thresholds', then the standard ones; each once. */
export const figuresOf = (scenario: Scenario): readonly Figure[] => {
  const asked = [...scenario.expect, ...scenario.thresholds].map(({ figure }) => figure);
  const told = [
    ...(isAboutPeople(scenario) ? STANDARD : []),
    ...(scenario.world.services === undefined ? [] : STANDARD_OF_SERVICES),
    ...(scenario.world.push === undefined ? [] : STANDARD_OF_PUSH),
  ];
  const standard = told.map(([metric, stat, unit]): Figure => ({
    text: `${metric}.${stat}`,
    metric,
    stat,
    labels: [],
    window: "run",
    by: undefined,
    unit,
  }));
  return [...new Map([...asked, ...standard].map((figure) => [figure.text, figure])).values()];
};

/** One figure of one run; null where there are no data. */
export const figureSample = (figure: Figure, book: Book): FigureSample => {
  if (figure.by === undefined) {
    const { name, value } = extremeIn(figure, figure.labels, book);
    return { value, ...(name === undefined ? {} : { binds: name }) };
  }
  const groups: Record<string, number | null> = {};
  for (const group of groupsOf(figure, figure.by, book)) {
    const { value } = extremeIn(
      figure,
      [...figure.labels, { label: figure.by, values: [group], negated: false }],
      book,
    );
    if (value !== null) groups[group] = value;
  }
  const known = Object.values(groups).filter((value) => value !== null);
  return { value: known.length === 0 ? null : Math.max(...known), groups };
};

/** All values that a label takes among what the figure is about, in the world's order. */
const groupsOf = ({ labels }: Figure, label: string, { world, scenario }: Book): readonly string[] => {
  const { regions, carriers, access, centres, ports } = scenario.world;
  switch (label) {
    case "region":
      return Object.keys(regions);
    case "carrier":
      return Object.keys(carriers);
    case "access":
      return Object.keys(access);
    case "gateway":
      return world.gateways
        .filter(({ region, carrier }) =>
          labels.every((match) => {
            const own = match.label === "region" ? region : match.label === "carrier" ? carrier : undefined;
            return own === undefined || match.values.includes(own) !== match.negated;
          }),
        )
        .map(({ name }) => name);
    case "centre":
    case "home":
      return Object.keys(centres);
    case "line":
      return [...new Set(world.fleet.servers.map(({ line }) => line))];
    case "server":
      return world.fleet.servers.map(({ name }) => name);
    case "resource":
      return [...RESOURCES, ...Object.keys(scenario.world.tiers)];
    case "port":
      return ports.map(String);
    case "fault":
      return scenario.faults.map(({ id }) => id);
    case "tier":
      return Object.keys(scenario.world.services?.tiers ?? {});
    case "entry":
      return Object.keys(scenario.world.services?.entries ?? {});
    case "task":
      return Object.keys(scenario.world.push?.tasks ?? {});
    case "cause":
      return CAUSES;
    default:
      return ALERT_KINDS;
  }
};

const kindLabel = (what: string): string => what.replaceAll(" ", "-");

const PEOPLE = ["region", "carrier", "access", "gateway", "home"];

/** Labels that contradict one another are about nobody, and of nobody there are no data. */
const isAboutSomebody = (labels: readonly LabelMatch[], { ledger }: Book): boolean => {
  const people = labels.filter(({ label }) => PEOPLE.includes(label));
  return people.length === 0 || ledger.counters.total("people", people).value > 0;
};

/** Of figures about how full things are: the fullest, and which it is. Undefined for all others. */
const tightestOf = (figure: Figure, labels: readonly LabelMatch[], book: Book): Extreme | undefined => {
  switch (figure.metric) {
    case "centre.load":
    case "centre.headroom":
    case "centre.margin":
      return ofTiers(figure, labels, book);
    case "server.load":
      return ofServers(figure, labels, book);
    default:
      return isOfServices(figure) ? book.load.tightest(figure, labels) : undefined;
  }
};

/** The value of a figure, and whose it is where it is about how full things are. */
const extremeIn = (figure: Figure, labels: readonly LabelMatch[], book: Book): Extreme =>
  tightestOf(figure, labels, book) ?? { name: undefined, value: valueOf(figure, labels, book) };

/** Of figures about anything else. */
const valueOf = (figure: Figure, labels: readonly LabelMatch[], book: Book): number | null => {
  if (isOfServices(figure)) return book.load.value(figure, labels);
  if (isOfPush(figure)) return book.deliveries.value(figure, labels);
  if (!isAboutSomebody(labels, book)) return null;
  const { ledger, scenario } = book;
  const { metric, stat, window } = figure;
  const count = (name: string): number => ledger.counters.total(inWindow(name, window), labels).value;
  const times = (name: string): Histogram => ledger.histograms.total(inWindow(name, window), labels);
  const people = (): number => ledger.counters.total("people", labels).value;
  switch (metric) {
    case "loss": {
      const sent = count("packets.sent");
      return sent === 0 ? null : (100 * count("packets.lost")) / sent;
    }
    case "login.time":
      return timeOf([times("login.time")], stat);
    case "login.queue":
      return timeOf([times("login.queue")], stat);
    case "login.success": {
      const all = times("login.time").count;
      return all === 0 ? null : (100 * (all - count("login.late"))) / all;
    }
    case "login": {
      const all = times("login.time").count;
      return stat === "rate" ? all / lengthOf(scenario, window) : all;
    }
    case "login.offered":
    case "login.goodput":
      return ofDesks(figure, labels, book);
    case "centre.bought":
      return ofTiers(figure, labels, book).value;
    case "link.broken":
      return stat === "rate" ? count(metric) / lengthOf(scenario, window) : count(metric);
    case "moved":
      return stat === "share" ? shareOf(count(metric), people()) : count(metric);
    case "crossing": {
      const [crossing, online] = [ledger.series.total("crossing", labels), ledger.series.total("online", labels)];
      return overSamples(
        minutesIn(book, window).map((minute) => shareOf(crossing.at(minute), online.at(minute))),
        stat,
      );
    }
    case "online": {
      const online = ledger.series.total("online", labels);
      const all = people();
      const samples = minutesIn(book, window).map((minute) => shareOf(online.at(minute), all));
      return overSamples(samples, stat);
    }
    case "homeless": {
      const homeless = ledger.series.total("homeless");
      const samples = minutesIn(book, window).map((minute) => homeless.at(minute));
      return stat === "last" ? (samples.at(-1) ?? null) : overSamples(samples, stat);
    }
    case "message.lost":
      return ledger.counters.total(inWindow(metric, window)).value;
    default:
      return ofDecisions(figure, labels, book);
  }
};

/** Logins at servers, minute by minute. */
const ofDesks = ({ metric, stat, window }: Figure, labels: readonly LabelMatch[], book: Book): number | null => {
  const { series } = book.ledger;
  const [asked, completed, possible] = ["desk.asked", "desk.completed", "desk.possible"].map((name) =>
    series.total(name, labels),
  ) as [Series, Series, Series];
  const samples = minutesIn(book, window).map((minute) => {
    if (metric === "login.offered") return asked.at(minute) / 60;
    if (stat === "rate") return completed.at(minute) / 60;
    return shareOf(completed.at(minute), possible.at(minute));
  });
  return overSamples(samples, stat);
};

/** Figures about what the scheduler said. */
const ofDecisions = ({ metric, window }: Figure, labels: readonly LabelMatch[], book: Book): number | null => {
  const { scenario, incidents } = book;
  const { from, to } = scenario.windows[window]!;
  const decisions = book.decisions.filter(({ at }) => at >= inSeconds(from) && at < inSeconds(to));
  const about = decisions.filter((decision) => labels.every((match) => fits(decision, match, book)));
  const limit = windowEnd(scenario, window);
  const faults = scenario.faults
    .map(({ id }) => id)
    .filter((id) => labels.every((match) => match.label !== "fault" || match.values.includes(id) !== match.negated));
  const worst = (values: readonly (number | null)[]): number | null => overSamples(values, "max");
  switch (metric) {
    case "move":
      return about.filter(isMove).length;
    case "move.hourly":
      return busiestHour(about.filter(isMove));
    case "alarm":
      return about.filter(({ kind }) => kind === "alert").length;
    case "alarm.false":
      return about.filter((decision) => decision.kind === "alert" && incidents.isFalse(decision)).length;
    case "alarm.delay":
      return worst(faults.map((id) => incidents.alarmDelay(id, book.decisions, limit)));
    case "alarm.named": {
      const named = faults.map((id) => incidents.named(id, book.decisions, limit)).filter((one) => one !== null);
      return named.length === 0 ? null : (100 * named.filter(Boolean).length) / named.length;
    }
    case "reroute.delay":
      return worst(faults.map((id) => incidents.rerouteDelay(id, limit)));
    case "evacuation.delay":
      return worst(
        Object.keys(scenario.world.centres)
          .filter((centre) => labels.every(({ values, negated }) => values.includes(centre) !== negated))
          .map((centre) => incidents.evacuationDelay(centre, limit)),
      );
    case "back.delay":
      return worst(faults.map((id) => incidents.backDelay(id, limit)));
    case "back.stretch":
      return worst(faults.map((id) => incidents.backStretch(id, limit)));
    default:
      return null;
  }
};

const isMove = ({ kind }: SchedulerDecision): boolean => kind === "move" || kind === "restore";

const fits = (decision: SchedulerDecision, { label, values, negated }: LabelMatch, { world }: Book): boolean => {
  if (label === "fault") return true;
  if (label === "kind") return values.includes(kindLabel(decision.what)) !== negated;
  const about = decision.gateway === undefined ? decision.claim?.gateways : [decision.gateway];
  const isAbout = [...(about ?? [])].some((index) => {
    const { region, carrier, name } = world.gateways[index]!;
    return values.includes(label === "region" ? region : label === "carrier" ? carrier : name);
  });
  return isAbout !== negated;
};

/** Most moves of one gateway within any hour. */
const busiestHour = (moves: readonly SchedulerDecision[]): number => {
  let most = 0;
  for (const { at, who } of moves)
    most = Math.max(most, moves.filter((other) => other.who === who && other.at > at - 3_600 && other.at <= at).length);
  return most;
};
