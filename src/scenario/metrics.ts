/**
 * The catalogue of metrics: all that can be asked of a run. A figure that is not in here is refused
 * before the run starts, so that no threshold ever passes because nobody measured it.
 */

export interface Metric {
  readonly name: string;
  /** What kind of quantity: share, time, count or rate. */
  readonly dimension: "share" | "time" | "count" | "rate";
  readonly labels: readonly Label[];
  readonly meaning: string;
  readonly stats: readonly Stat[];
}

export type Label =
  | "region"
  | "carrier"
  | "access"
  | "gateway"
  | "home"
  | "resource"
  | "centre"
  | "line"
  | "server"
  | "port"
  | "kind"
  | "fault"
  | "tier"
  | "entry";

export interface Stat {
  readonly name: string;
  readonly unit: "%" | "s" | "" | "/s" | "/h";
  /** Per-second peaks, queue waits and maxima do not survive scaling: judged at 1:1 only. */
  readonly onlyFullScale: boolean;
}

const PEOPLE: readonly Label[] = ["region", "carrier", "access", "gateway", "home"];
const FLEET: readonly Label[] = ["centre", "line", "server"];

const stats = (unit: Stat["unit"], names: readonly string[], onlyFullScale = false): readonly Stat[] =>
  names.map((name) => ({ name, unit, onlyFullScale }));

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
      "That time, less the longest a phone takes to notice silence, against what the servers left would take at their full rate",
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
      "Of a centre's connections, logins a second, and cores of each tier: how much is used; the maximum is of minutes",
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
    name: "centre.margin",
    dimension: "share",
    labels: ["resource"],
    meaning:
      "N−1: were any one centre lost that is up, what the others have more than all use together; below 0 they have less",
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
  {
    name: "task",
    dimension: "count",
    labels: ["entry"],
    meaning: "Tasks offered to services; the rate is the mean of a second",
    stats: [...stats("", ["count"]), ...stats("/s", ["rate"])],
  },
  {
    name: "task.completed",
    dimension: "share",
    labels: ["entry"],
    meaning:
      "Tasks answered before their deadline: of those offered, as far as it lies within the run, and the mean of a second",
    stats: [...stats("%", ["share"]), ...stats("/s", ["rate"])],
  },
  {
    name: "task.shed",
    dimension: "share",
    labels: ["entry"],
    meaning: "Tasks that overload control turned away, of those offered",
    stats: stats("%", ["share"]),
  },
  {
    name: "task.late",
    dimension: "share",
    labels: ["entry"],
    meaning: "Tasks not answered in time, of those offered",
    stats: stats("%", ["share"]),
  },
  {
    name: "task.refused",
    dimension: "share",
    labels: ["entry"],
    meaning: "Tasks of people for whose connection no machine had room, of those offered",
    stats: stats("%", ["share"]),
  },
  {
    name: "task.time",
    dimension: "time",
    labels: ["entry"],
    meaning: "From the offer to the answer, of tasks completed",
    stats: stats("s", ["mean", "p50", "p95", "p99"]),
  },
  {
    name: "tier.request",
    dimension: "rate",
    labels: ["tier"],
    meaning: "Requests that came to a tier's machines, retries among them",
    stats: stats("/s", ["rate"]),
  },
  {
    name: "tier.retry",
    dimension: "share",
    labels: ["tier"],
    meaning: "Requests that were not a call's first attempt",
    stats: stats("%", ["share"]),
  },
  {
    name: "tier.shed",
    dimension: "share",
    labels: ["tier"],
    meaning: "Requests turned away, or held back by callers who knew, of all there would have been",
    stats: stats("%", ["share"]),
  },
  {
    name: "tier.queue",
    dimension: "time",
    labels: ["tier"],
    meaning: "Wait of a request from coming to a machine until its turn",
    stats: stats("s", ["mean", "p50", "p95", "p99"]),
  },
  {
    name: "tier.utilisation",
    dimension: "share",
    labels: ["tier"],
    meaning: "Cores at work; the maximum is of ten seconds in one tier",
    stats: stats("%", ["mean", "max"]),
  },
  {
    name: "tier.headroom",
    dimension: "share",
    labels: ["tier"],
    meaning: "Cores idle in the busiest ten seconds of the busiest tier",
    stats: stats("%", ["min"]),
  },
  {
    name: "tier.waste",
    dimension: "share",
    labels: ["tier"],
    meaning: "Computing for callers who had given up, of all computing",
    stats: stats("%", ["share"]),
  },
  {
    name: "tier.units",
    dimension: "count",
    labels: ["tier"],
    meaning: "Most requests under way at once on one machine: processes, threads or coroutines",
    stats: stats("", ["max"]),
  },
  {
    name: "tier.memory",
    dimension: "share",
    labels: ["tier"],
    meaning: "Memory of the fullest machine taken by connections and units, at most",
    stats: stats("%", ["max"]),
  },
  {
    name: "tier.connections",
    dimension: "share",
    labels: ["tier"],
    meaning: "Connections held, of those that the machines which are up have room for, at most",
    stats: stats("%", ["max"]),
  },
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
