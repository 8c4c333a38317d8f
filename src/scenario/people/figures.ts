/** Figures about people, the servers that they are connected to, and their scheduler. */
import type { Instant } from "../../base/units.ts";
import type { LabelMatch } from "../figure-parts.ts";
import { allows, type Metrics, type Scale, sinceFaults, stats, type Story } from "../metric.ts";
import type { InterventionAction } from "./interventions.ts";

const PEOPLE = ["region", "carrier", "access", "gateway", "home"];
const FLEET = ["centre", "line", "server"];

/** A login that is not through after this many seconds counts as this long (the contract of `login.time`). */
const LOGIN_TIME_MAX = 60;

/** Percentages of something that can be exceeded: a server may hold more than it should, and be asked for more than it has. */
const ABOVE_ALL = { low: 0, high: Infinity };

/**
 * Margins between population scales, chosen: three halves of a scheduler's round of 30 s, because a report that arrives a
 * little later may wait for the next round, and likewise of an evacuation's steps of two minutes. Loss may differ by a tenth
 * of a point or a twentieth of it, login times by a twentieth of a second or a tenth of them. Shares of people have margins
 * in points, finer for those of everybody than for those who log in within a minute.
 */
const ONE_ROUND = 45;
const ONE_EVACUATION_STEP = 180;

const FULL: Scale = { limit: { at: 100, text: "all that there is" } };

interface Orders extends Omit<Story, "interventions"> {
  readonly interventions: readonly { readonly at: Instant; readonly action: InterventionAction }[];
}

/** Returns when the orders to leave the centres that a figure is about are given. */
const sinceOrders = ({ interventions }: Orders, labels: readonly LabelMatch[]): readonly Instant[] =>
  interventions.flatMap(({ at, action }) =>
    action.kind === "evacuate" && allows(labels, "centre", action.plan.centre) ? [at] : [],
  );

export const PEOPLE_METRICS = {
  loss: {
    title: "Packet loss",
    dimension: "share",
    labels: [...PEOPLE, ...FLEET, "port"],
    meaning: "Share of packets lost, both directions, world truth, weighted by packets",
    stats: stats("%", ["mean"], { standard: ["mean"] }),
    better: "low",
    scaleMargin: { least: 0.1, share: 0.05 },
  },
  "login.time": {
    title: "Login time",
    dimension: "time",
    labels: PEOPLE,
    meaning: "From the first candidate to logged in, retries included, censored at 60 s",
    stats: [
      ...stats("s", ["mean", "p50", "p95", "p99"], { standard: ["p50", "p95"] }),
      ...stats("s", ["max"], { onlyFullScale: true }),
    ],
    better: "low",
    censored: { atSeconds: LOGIN_TIME_MAX },
    scaleMargin: { least: 0.05, share: 0.1, stats: ["p50", "p95"] },
  },
  "login.success": {
    title: "Logins that succeed within 30\u00a0s",
    dimension: "share",
    labels: PEOPLE,
    meaning: "Logged in within 30 s of the first candidate",
    stats: stats("%", ["share"], { standard: ["share"] }),
    better: "high",
    scaleMargin: { least: 0.5 },
  },
  login: {
    title: "Logins",
    dimension: "count",
    labels: PEOPLE,
    meaning: "Logins; the rate is the mean of a second",
    stats: [...stats("", ["count"]), ...stats("/s", ["rate"])],
  },
  "login.queue": {
    title: "Wait of a login at its server",
    dimension: "time",
    labels: FLEET,
    meaning: "Wait of a login at its server",
    stats: stats("s", ["max", "p99"], { onlyFullScale: true }),
    better: "low",
  },
  "login.offered": {
    title: "Logins asked for",
    dimension: "rate",
    labels: FLEET,
    meaning: "Logins that people asked for at a server, retries included; the maximum is of minute means",
    stats: stats("/s", ["rate", "max"]),
  },
  "login.goodput": {
    title: "Logins completed of those possible",
    dimension: "share",
    labels: FLEET,
    meaning: "Logins completed against what was offered and what was possible, whichever is less; the least minute",
    stats: [...stats("%", ["min"]), ...stats("/s", ["rate"])],
    better: "high",
    scaleMargin: { least: 3 },
  },
  "back.delay": {
    title: "Time until all are back",
    dimension: "time",
    labels: ["fault"],
    meaning: "Until 99.9 % of the people whom a fault threw off line are back, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
    better: "low",
    censored: { since: sinceFaults },
  },
  "back.stretch": {
    title: "Time until all are back, against what capacity allows",
    dimension: "share",
    labels: ["fault"],
    meaning:
      "That time, less the longest a phone takes to notice silence, against what the servers left would take at their full rate; no data while they are not back and less than twice that time has passed",
    stats: stats("%", ["mean", "max"]),
    better: "low",
    range: ABOVE_ALL,
    scaleMargin: { least: 10 },
  },
  "link.broken": {
    title: "Broken links",
    dimension: "count",
    labels: PEOPLE,
    meaning: "Links found dead by their clients; the rate is the mean of a second",
    stats: [...stats("", ["count"]), ...stats("/s", ["rate"])],
    better: "low",
  },
  online: {
    title: "People online",
    dimension: "share",
    labels: PEOPLE,
    meaning: "Share of people online: mean over the window, or its lowest sample",
    stats: stats("%", ["share", "min"], { standard: ["share"] }),
    better: "high",
    scaleMargin: { least: 0.5 },
  },
  crossing: {
    title: "People whose connection changes carrier",
    dimension: "share",
    labels: PEOPLE,
    meaning:
      "Share of people online whose connection changes carrier on its way: their own carrier's line ends elsewhere",
    stats: stats("%", ["share"]),
    better: "low",
    scaleMargin: { least: 1 },
  },
  moved: {
    title: "People moved by the scheduler",
    dimension: "share",
    labels: PEOPLE,
    meaning: "People led to another best entry by the scheduler",
    stats: [...stats("%", ["share"]), ...stats("", ["count"])],
  },
  move: {
    title: "Moves of gateways",
    dimension: "count",
    labels: ["region", "carrier", "gateway"],
    meaning: "Moves: changes of a gateway's best entry",
    stats: stats("", ["count"], { standard: ["count"] }),
  },
  "move.hourly": {
    title: "Moves of one gateway in an hour",
    dimension: "rate",
    labels: ["region", "carrier", "gateway"],
    meaning: "Most moves of one gateway within any hour",
    stats: stats("/h", ["max"]),
    better: "low",
  },
  alarm: {
    title: "Alerts",
    dimension: "count",
    labels: ["kind", "region", "carrier", "gateway"],
    meaning: "Alerts raised",
    stats: stats("", ["count"], { standard: ["count"] }),
  },
  "alarm.delay": {
    title: "Time from fault to alarm",
    dimension: "time",
    labels: ["fault"],
    meaning: "From a fault's begin to the first alert that names it, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
    better: "low",
    censored: { since: sinceFaults },
    needsFault: true,
    scaleMargin: { least: ONE_ROUND },
  },
  "alarm.named": {
    title: "Alerts that name the fault's place",
    dimension: "share",
    labels: ["fault"],
    meaning: "Of each replication 0 or 100: an alert named the fault's place",
    stats: stats("%", ["share"]),
    better: "high",
    needsFault: true,
  },
  "alarm.false": {
    title: "Alerts without a fault",
    dimension: "count",
    labels: [],
    meaning: "Alerts that fit no fault, and nothing that operators did",
    stats: stats("", ["count"], { standard: ["count"] }),
    better: "low",
  },
  "reroute.delay": {
    title: "Time from fault to 90\u00a0% rerouted",
    dimension: "time",
    labels: ["fault"],
    meaning: "Until 90 % of the people on the paths a fault hit have left them, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
    better: "low",
    censored: { since: sinceFaults },
    needsFault: true,
    scaleMargin: { least: ONE_ROUND },
  },
  "centre.load": {
    title: "Load",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning:
      "Of a centre's connections, logins a second, and cores of each tier: how much is asked for; the maximum is of minutes",
    stats: stats("%", ["mean", "max"]),
    better: "low",
    range: ABOVE_ALL,
    scale: FULL,
    scaleMargin: { least: 2 },
  },
  "centre.headroom": {
    title: "Headroom",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning: "What is left of it, in the busiest minute of the busiest centre",
    stats: stats("%", ["min"]),
    better: "high",
    range: { low: -Infinity, high: 100 },
    scale: { limit: { at: 0, text: "nothing left" } },
  },
  "centre.bought": {
    title: "Capacity bought",
    dimension: "share",
    labels: ["resource"],
    meaning: "All that there is, in percent of what is used; 150 % is what three centres need to do without one",
    stats: stats("%", ["mean"]),
    better: "low",
    range: ABOVE_ALL,
  },
  "centre.margin": {
    title: "N−1 margin",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning:
      "N−1: were the worst centre lost and its people gone to the others' doors, what the fullest of these has more than it needs; below 0 it has less",
    stats: stats("%", ["min"]),
    better: "high",
    range: { low: -100, high: Infinity },
    scale: { limit: { at: 0, text: "just enough" }, ceiling: { at: 100, text: "more than 100 % drawn as 100 %" } },
    scaleMargin: { least: 2 },
  },
  "evacuation.delay": {
    title: "Time until a centre is empty",
    dimension: "time",
    labels: ["centre"],
    meaning: "From the order until 99.9 % of a centre's connections have left it, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
    better: "low",
    censored: { since: sinceOrders },
    scaleMargin: { least: ONE_EVACUATION_STEP },
  },
  homeless: {
    title: "People without a home",
    dimension: "count",
    labels: [],
    meaning:
      "People whose state's home is gone and who have no other yet; the most at any minute's end, and at the last",
    stats: stats("", ["max", "last"]),
    better: "low",
  },
  "message.lost": {
    title: "Messages lost",
    dimension: "count",
    labels: [],
    meaning: "Messages accepted by a centre that was lost before it had copied them, expected",
    stats: stats("", ["count"]),
    better: "low",
  },
  "server.load": {
    title: "Server load",
    dimension: "share",
    labels: FLEET,
    meaning: "Connections held against capacity; the maximum is of minutes' ends, the peak of all instants",
    stats: stats("%", ["mean", "max", "peak"], { standard: ["max"] }),
    better: "low",
    range: ABOVE_ALL,
    scale: FULL,
  },
} satisfies Metrics;

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
