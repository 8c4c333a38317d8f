/** Figures about reminders: who received them, how late, how often twice, and the load on the message service. */
import { type Metrics, stats } from "../metric.ts";

export const PUSH_METRICS = {
  "push.delivered": {
    title: "Subscribers told",
    dimension: "share",
    labels: ["task"],
    meaning: "Subscribers who were told by the window's end, pushed to or by their app's own timer",
    stats: stats("%", ["share"], { standard: ["share"] }),
    better: "high",
  },
  "push.lost": {
    title: "Subscribers not told",
    dimension: "count",
    labels: ["task"],
    meaning: "Subscribers of tasks that are due who were not told by the window's end",
    stats: stats("", ["count"]),
    better: "low",
  },
  "push.duplicate": {
    title: "Messages to people told before",
    dimension: "share",
    labels: ["task", "cause"],
    meaning: "Messages to somebody who had been told before, of all that the message service took",
    stats: [...stats("%", ["share"]), ...stats("", ["count"], { standard: ["count"] })],
    better: "low",
  },
  "push.lateness": {
    title: "Lateness of reminders",
    dimension: "time",
    labels: ["task"],
    meaning: "From when a task is due until somebody is told the first time; nothing where an app's own timer tells",
    stats: stats("s", ["mean", "p50", "p95", "max"], { standard: ["p95"] }),
    better: "low",
  },
  "push.rate": {
    title: "Messages a second at the message service",
    dimension: "rate",
    labels: [],
    meaning:
      "Messages that come to the message service: the peak is of any second, the maximum of seconds by the clock, the mean of seconds in which any came",
    stats: stats("/s", ["peak", "max", "mean"], { standard: ["peak"] }),
  },
  "push.over": {
    title: "Messages above the message service's capacity",
    dimension: "count",
    labels: ["task"],
    meaning: "Messages above the message service's capacity, which refused them",
    stats: stats("", ["count"], { standard: ["count"] }),
    better: "low",
  },
  "push.busy": {
    title: "Slots of workers at work",
    dimension: "share",
    labels: [],
    meaning:
      "Slots of all hosts at work while messages come: with a block, and not waiting for their moment at the limiter; near 100 % more workers would help, and at 30 % a third of them would do",
    stats: stats("%", ["mean"], { standard: ["mean"] }),
  },
  "prefetch.rate": {
    title: "Apps that fetch ahead, a second",
    dimension: "rate",
    labels: ["task"],
    meaning: "Apps that fetch ahead, whatever the window; the peak is of seconds by the clock",
    stats: stats("/s", ["peak"]),
  },
} satisfies Metrics;
