/** Metrics of push: deliveries, lateness, duplicates, and the load on the message service. */
import { type Metrics, stats } from "../metric.ts";

/** The metrics of this section, by name. */
export const PUSH_METRICS = {
  "push.delivered": {
    title: "Subscribers notified",
    dimension: "share",
    labels: ["task"],
    meaning: "Share of subscribers notified by the window's end, by a push or by their app's own timer",
    stats: stats("%", ["share"], { standard: ["share"] }),
    better: "high",
    isFelt: true,
  },
  "push.lost": {
    title: "Subscribers not notified",
    dimension: "count",
    labels: ["task"],
    meaning: "Subscribers of due tasks that were not notified by the window's end",
    stats: stats("", ["count"]),
    better: "low",
    isFelt: true,
    countsPeople: "at-once",
  },
  "push.duplicate": {
    title: "Duplicate messages",
    dimension: "share",
    labels: ["task", "cause"],
    meaning: "Messages to subscribers that had been notified before, among all that the message service accepted",
    stats: [...stats("%", ["share"]), ...stats("", ["count"], { standard: ["count"] })],
    better: "low",
    isFelt: true,
    countsPeople: "at-once",
  },
  "push.lateness": {
    title: "Lateness of reminders",
    dimension: "time",
    labels: ["task"],
    meaning:
      "Time from the due time of a task until a subscriber is notified; 0 for those notified by their app's own timer, at least the time until the window's end for those not yet notified",
    stats: stats("s", ["mean", "p50", "p95", "max"], { standard: ["p95"] }),
    better: "low",
    isFelt: true,
  },
  "push.rate": {
    title: "Messages per second at the message service",
    dimension: "rate",
    labels: [],
    meaning:
      "Messages per second at the message service: the peak is of any second, the maximum of clock seconds, the mean of clock seconds with messages",
    stats: stats("/s", ["peak", "max", "mean"], { standard: ["peak"] }),
  },
  "push.over": {
    title: "Messages above the message service's capacity",
    dimension: "count",
    labels: ["task"],
    meaning: "Messages that the message service refused because they exceeded its capacity",
    stats: stats("", ["count"], { standard: ["count"] }),
    better: "low",
    countsPeople: "at-once",
  },
  "push.busy": {
    title: "Worker slots at work",
    dimension: "share",
    labels: [],
    meaning:
      "Share of worker slots that are working while messages are sent: they have a block and do not wait for the limiter. Near 100 % more workers would help; at 30 % a third of them would be enough",
    stats: stats("%", ["mean"], { standard: ["mean"] }),
  },
  "prefetch.rate": {
    title: "Apps that prefetch, per second",
    dimension: "rate",
    labels: ["task"],
    meaning: "Apps that prefetch per second, in any window; the peak is of clock seconds",
    stats: stats("/s", ["peak"]),
  },
} satisfies Metrics;
