/**
 * The catalogue of metrics: all that can be asked of a run. A figure that is not in here is refused
 * before the run starts, so that no threshold ever passes because nobody measured it.
 */

import { PUSH_METRICS } from "./push/figures.ts";
import { type Label, type Metric, type Stat, stats } from "./metric.ts";
import { SERVICE_METRICS } from "./services/figures.ts";

const PEOPLE: readonly Label[] = ["region", "carrier", "access", "gateway", "home"];
const FLEET: readonly Label[] = ["centre", "line", "server"];

export const METRICS: readonly Metric[] = [
  {
    name: "loss",
    dimension: "share",
    labels: [...PEOPLE, ...FLEET, "port"],
    meaning: "Share of packets lost, both directions, world truth, weighted by packets",
    stats: stats("%", ["mean"]),
  },
  {
    name: "login.time",
    dimension: "time",
    labels: PEOPLE,
    meaning: "From the first candidate to logged in, retries included, censored at 60 s",
    stats: [...stats("s", ["mean", "p50", "p95", "p99"]), ...stats("s", ["max"], true)],
  },
  {
    name: "login.success",
    dimension: "share",
    labels: PEOPLE,
    meaning: "Logged in within 30 s of the first candidate",
    stats: stats("%", ["share"]),
  },
  {
    name: "login",
    dimension: "count",
    labels: PEOPLE,
    meaning: "Logins; the rate is the mean of a second",
    stats: [...stats("", ["count"]), ...stats("/s", ["rate"])],
  },
  {
    name: "login.queue",
    dimension: "time",
    labels: FLEET,
    meaning: "Wait of a login at its server",
    stats: stats("s", ["max", "p99"], true),
  },
  {
    name: "login.offered",
    dimension: "rate",
    labels: FLEET,
    meaning: "Logins that people asked for at a server, retries included; the maximum is of minute means",
    stats: stats("/s", ["rate", "max"]),
  },
  {
    name: "login.goodput",
    dimension: "share",
    labels: FLEET,
    meaning: "Logins completed against what was offered and what was possible, whichever is less; the least minute",
    stats: [...stats("%", ["min"]), ...stats("/s", ["rate"])],
  },
  {
    name: "back.delay",
    dimension: "time",
    labels: ["fault"],
    meaning: "Until 99.9 % of the people whom a fault threw off line are back, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
  },
  {
    name: "back.stretch",
    dimension: "share",
    labels: ["fault"],
    meaning:
      "That time, less the longest a phone takes to notice silence, against what the servers left would take at their full rate; no data while they are not back and less than twice that time has passed",
    stats: stats("%", ["mean", "max"]),
  },
  {
    name: "link.broken",
    dimension: "count",
    labels: PEOPLE,
    meaning: "Links found dead by their clients; the rate is the mean of a second",
    stats: [...stats("", ["count"]), ...stats("/s", ["rate"])],
  },
  {
    name: "online",
    dimension: "share",
    labels: PEOPLE,
    meaning: "Share of people online: mean over the window, or its lowest sample",
    stats: stats("%", ["share", "min"]),
  },
  {
    name: "crossing",
    dimension: "share",
    labels: PEOPLE,
    meaning:
      "Share of people online whose connection changes carrier on its way: their own carrier's line ends elsewhere",
    stats: stats("%", ["share"]),
  },
  {
    name: "moved",
    dimension: "share",
    labels: PEOPLE,
    meaning: "People led to another best entry by the scheduler",
    stats: [...stats("%", ["share"]), ...stats("", ["count"])],
  },
  {
    name: "move",
    dimension: "count",
    labels: ["region", "carrier", "gateway"],
    meaning: "Moves: changes of a gateway's best entry",
    stats: stats("", ["count"]),
  },
  {
    name: "move.hourly",
    dimension: "rate",
    labels: ["region", "carrier", "gateway"],
    meaning: "Most moves of one gateway within any hour",
    stats: stats("/h", ["max"]),
  },
  {
    name: "alarm",
    dimension: "count",
    labels: ["kind", "region", "carrier", "gateway"],
    meaning: "Alerts raised",
    stats: stats("", ["count"]),
  },
  {
    name: "alarm.delay",
    dimension: "time",
    labels: ["fault"],
    meaning: "From a fault's begin to the first alert that names it, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
  },
  {
    name: "alarm.named",
    dimension: "share",
    labels: ["fault"],
    meaning: "Of each replication 0 or 100: an alert named the fault's place",
    stats: stats("%", ["share"]),
  },
  {
    name: "alarm.false",
    dimension: "count",
    labels: [],
    meaning: "Alerts that fit no fault, and nothing that operators did",
    stats: stats("", ["count"]),
  },
  {
    name: "reroute.delay",
    dimension: "time",
    labels: ["fault"],
    meaning: "Until 90 % of the people on the paths a fault hit have left them, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
  },
  {
    name: "centre.load",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning:
      "Of a centre's connections, logins a second, and cores of each tier: how much is asked for; the maximum is of minutes",
    stats: stats("%", ["mean", "max"]),
  },
  {
    name: "centre.headroom",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning: "What is left of it, in the busiest minute of the busiest centre",
    stats: stats("%", ["min"]),
  },
  {
    name: "centre.bought",
    dimension: "share",
    labels: ["resource"],
    meaning: "All that there is, in percent of what is used; 150 % is what three centres need to do without one",
    stats: stats("%", ["mean"]),
  },
  {
    name: "centre.margin",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning:
      "N−1: were the worst centre lost and its people gone to the others' doors, what the fullest of these has more than it needs; below 0 it has less",
    stats: stats("%", ["min"]),
  },
  {
    name: "evacuation.delay",
    dimension: "time",
    labels: ["centre"],
    meaning: "From the order until 99.9 % of a centre's connections have left it, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
  },
  {
    name: "homeless",
    dimension: "count",
    labels: [],
    meaning:
      "People whose state's home is gone and who have no other yet; the most at any minute's end, and at the last",
    stats: stats("", ["max", "last"]),
  },
  {
    name: "message.lost",
    dimension: "count",
    labels: [],
    meaning: "Messages accepted by a centre that was lost before it had copied them, expected",
    stats: stats("", ["count"]),
  },
  {
    name: "server.load",
    dimension: "share",
    labels: FLEET,
    meaning: "Connections held against capacity; the maximum is of minutes' ends, the peak of all instants",
    stats: stats("%", ["mean", "max", "peak"]),
  },
  ...SERVICE_METRICS,
  ...PUSH_METRICS,
];

/** Every figure's name, `login.time.p95` and so on. */
export const METRIC_NAMES: readonly string[] = METRICS.flatMap(({ name, stats: own }) =>
  own.map((stat) => `${name}.${stat.name}`),
);

/** The metric and stat of a dotted name whose last part is the stat. */
export const findMetric = (name: string): { readonly metric: Metric; readonly stat: Stat } | undefined => {
  for (const metric of METRICS)
    for (const stat of metric.stats) if (`${metric.name}.${stat.name}` === name) return { metric, stat };
  return undefined;
};

/** Values of the label `resource` in every world; its tiers come on top. */
export const RESOURCES = ["connections", "logins"] as const;

/** Values of the label `kind`: what the scheduler calls its alerts, with hyphens for blanks. */
export const ALERT_KINDS = [
  "access-fault",
  "regional-access-fault",
  "carrier-access-fault",
  "route-fault",
  "port-fault",
  "server-fault",
  "line-fault",
  "centre-fault",
  "capacity",
] as const;
