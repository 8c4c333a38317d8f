/** Metrics of people, of the servers that they are connected to, and of their scheduler. */
import type { Instant } from "../../base/units.ts";
import type { LabelMatch } from "../figure-parts.ts";
import { allows, type Metrics, type Scale, sinceFaults, stats, type Story } from "../metric.ts";
import type { InterventionAction } from "./interventions.ts";

const PEOPLE = ["region", "carrier", "access", "gateway", "home"];
const FLEET = ["centre", "line", "server"];

/** Login times are censored at this many seconds (the contract of `login.time`). */
const LOGIN_TIME_MAX = 60;

/** Range of percentages above 100 %: demand can exceed capacity. */
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

/** Returns when evacuations begin, for the centres that the label `centre` accepts. */
const sinceOrders = ({ interventions }: Orders, labels: readonly LabelMatch[]): readonly Instant[] =>
  interventions.flatMap(({ at, action }) =>
    action.kind === "evacuate" && allows(labels, "centre", action.plan.centre) ? [at] : [],
  );

/** The metrics of this section, by name. */
export const PEOPLE_METRICS = {
  loss: {
    title: "Packet loss",
    dimension: "share",
    labels: [...PEOPLE, ...FLEET, "port"],
    meaning: "Share of packets lost in both directions, in the simulated network, weighted by packets",
    stats: stats("%", ["mean"], { standard: ["mean"] }),
    better: "low",
    scaleMargin: { least: 0.1, share: 0.05 },
    hasSteadyState: true,
    isFelt: true,
  },
  "login.time": {
    title: "Login time",
    dimension: "time",
    labels: PEOPLE,
    meaning: "Time from the first connection attempt to the end of the login, retries included, censored at 60 s",
    stats: [
      ...stats("s", ["mean", "p50", "p95", "p99"], { standard: ["p50", "p95"] }),
      ...stats("s", ["max"], { onlyFullScale: true }),
    ],
    better: "low",
    censored: { atSeconds: LOGIN_TIME_MAX },
    scaleMargin: { least: 0.05, share: 0.1, stats: ["p50", "p95"] },
    hasSteadyState: true,
    isFelt: true,
  },
  "login.success": {
    title: "Logins that succeed within 30\u00a0s",
    dimension: "share",
    labels: PEOPLE,
    meaning: "Share of logins completed within 30 s of the first connection attempt",
    stats: stats("%", ["share"], { standard: ["share"] }),
    better: "high",
    scaleMargin: { least: 0.5 },
    hasSteadyState: true,
    isFelt: true,
  },
  login: {
    title: "Logins",
    dimension: "count",
    labels: PEOPLE,
    meaning: "Completed logins; the rate is the mean per second",
    stats: [...stats("", ["count"]), ...stats("/s", ["rate"])],
    countsPeople: "one-by-one",
  },
  "login.queue": {
    title: "Wait of a login at its server",
    dimension: "time",
    labels: FLEET,
    meaning: "Time that a login waits at its server",
    stats: stats("s", ["max", "p99"], { onlyFullScale: true }),
    better: "low",
  },
  "login.offered": {
    title: "Logins requested",
    dimension: "rate",
    labels: FLEET,
    meaning: "Logins requested at servers, retries included; the maximum is of minute means",
    stats: stats("/s", ["rate", "max"]),
    countsPeople: "one-by-one",
    isByMinute: true,
  },
  "login.goodput": {
    title: "Logins completed, of those possible",
    dimension: "share",
    labels: FLEET,
    meaning:
      "Completed logins as a share of the requested or the possible ones, whichever are fewer; the minimum is of minutes",
    stats: [...stats("%", ["min"]), ...stats("/s", ["rate"])],
    better: "high",
    scaleMargin: { least: 3 },
    countsPeople: "one-by-one",
    isByMinute: true,
  },
  "back.delay": {
    title: "Time until all are back",
    dimension: "time",
    labels: ["fault"],
    meaning: "Time until 99.9 % of the people that a fault took offline are back online, censored at the window's end",
    stats: stats("s", ["mean", "max"]),
    better: "low",
    censored: { since: sinceFaults },
  },
  "back.stretch": {
    title: "Time until all are back, against what capacity allows",
    dimension: "share",
    labels: ["fault"],
    meaning:
      "back.delay, less the longest time in which a client notices silence, relative to the time that the remaining servers need at full rate",
    stats: stats("%", ["mean", "max"]),
    better: "low",
    range: ABOVE_ALL,
    scaleMargin: { least: 10 },
  },
  "link.broken": {
    title: "Broken links",
    dimension: "count",
    labels: PEOPLE,
    meaning: "Links that clients found broken; the rate is the mean per second",
    stats: [...stats("", ["count"]), ...stats("/s", ["rate"])],
    better: "low",
    countsPeople: "at-once",
    isFelt: true,
  },
  online: {
    title: "People online",
    dimension: "share",
    labels: PEOPLE,
    meaning: "Share of people online: mean over the window, or lowest sample",
    stats: stats("%", ["share", "min"], { standard: ["share"] }),
    better: "high",
    scaleMargin: { least: 0.5 },
    hasSteadyState: true,
    isByMinute: true,
    isFelt: true,
  },
  crossing: {
    title: "People whose connection changes carrier",
    dimension: "share",
    labels: PEOPLE,
    meaning: "Share of people online whose connection enters the centre over a line of another carrier",
    stats: stats("%", ["share"]),
    better: "low",
    scaleMargin: { least: 1 },
    isByMinute: true,
  },
  moved: {
    title: "People moved by the scheduler",
    dimension: "share",
    labels: PEOPLE,
    meaning: "People that the scheduler moved to another preferred entry",
    stats: [...stats("%", ["share"]), ...stats("", ["count"])],
    countsPeople: "at-once",
  },
  move: {
    title: "Moves of gateways",
    dimension: "count",
    labels: ["region", "carrier", "gateway"],
    meaning: "Changes of the preferred entry of a gateway",
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
    meaning: "Alerts raised by the scheduler",
    stats: stats("", ["count"], { standard: ["count"] }),
  },
  "alarm.delay": {
    title: "Time from fault to alarm",
    dimension: "time",
    labels: ["fault"],
    meaning:
      "Time from the start of a fault to the first alert that names its place, 0 if one stands then; censored at the window's end",
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
    meaning: "Share of replications in which an alert named the fault's place",
    stats: stats("%", ["share"]),
    better: "high",
    needsFault: true,
  },
  "alarm.false": {
    title: "Alerts without a fault",
    dimension: "count",
    labels: [],
    meaning: "Alerts that match neither a fault nor an intervention, nor follow from one",
    stats: stats("", ["count"], { standard: ["count"] }),
    better: "low",
  },
  "reroute.delay": {
    title: "Time from fault to 90\u00a0% rerouted",
    dimension: "time",
    labels: ["fault"],
    meaning: "Time until 90 % of the people on the paths of a fault have left them, censored at the window's end",
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
      "Demand for a resource of a centre (connections, logins per second, or a tier: the fuller of its processors and its connections) as a share of its capacity; the maximum is of minutes",
    stats: stats("%", ["mean", "max"]),
    better: "low",
    range: ABOVE_ALL,
    scale: FULL,
    scaleMargin: { least: 2 },
    hasSteadyState: true,
    isByMinute: true,
  },
  "centre.headroom": {
    title: "Headroom",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning:
      "Unused share of the resource in the busiest minute of the busiest centre; 0 while no server of a centre runs",
    stats: stats("%", ["min"]),
    better: "high",
    range: { low: -Infinity, high: 100 },
    scale: { limit: { at: 0, text: "nothing left" } },
    isByMinute: true,
  },
  "centre.bought": {
    title: "Capacity bought",
    dimension: "share",
    labels: ["resource"],
    meaning: "Capacity of all centres in percent of what is used; with 150 %, three centres can do without one",
    stats: stats("%", ["mean"]),
    better: "low",
    range: ABOVE_ALL,
    isExact: true,
  },
  "centre.margin": {
    title: "N−1 margin",
    dimension: "share",
    labels: ["centre", "resource"],
    meaning:
      "Spare capacity of the fullest remaining centre if the worst centre were lost and its people had moved to the others, relative to demand; negative if it is too small",
    stats: stats("%", ["min"]),
    better: "high",
    range: { low: -100, high: Infinity },
    scale: { limit: { at: 0, text: "just enough" }, ceiling: { at: 100, text: "more than 100 % drawn as 100 %" } },
    scaleMargin: { least: 2 },
    isByMinute: true,
  },
  "evacuation.delay": {
    title: "Time until a centre is empty",
    dimension: "time",
    labels: ["centre"],
    meaning: "Time from the order until 99.9 % of a centre's connections have left it, censored at the window's end",
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
      "People whose home centre is lost and who have no new one yet: the maximum at ends of minutes, and the last value",
    stats: stats("", ["max", "last"]),
    better: "low",
    isByMinute: true,
    isFelt: true,
    countsPeople: "at-once",
  },
  "message.lost": {
    title: "Messages lost",
    dimension: "count",
    labels: [],
    meaning: "Expected number of messages accepted by a centre that was lost before it had replicated them",
    stats: stats("", ["count"]),
    better: "low",
    isFelt: true,
    countsPeople: "at-once",
  },
  "server.load": {
    title: "Server load",
    dimension: "share",
    labels: FLEET,
    meaning:
      "Connections held as a share of capacity while the server runs; the maximum is of ends of minutes, the peak of all instants",
    stats: stats("%", ["mean", "max", "peak"], { standard: ["max"] }),
    better: "low",
    range: ABOVE_ALL,
    scale: FULL,
    hasSteadyState: true,
    isByMinute: true,
  },
} satisfies Metrics;

/** Values of the label `resource` in every world; those of a world's tiers are added. */
export const RESOURCES = ["connections", "logins"] as const;

/** Values of the label `kind`: the scheduler's kinds of alert, with hyphens. */
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
