/** Metrics of reminders: who was told, how late, how often twice, and what came to the message service. */
import { type Metric, stats } from "../metric.ts";

export const PUSH_METRICS: readonly Metric[] = [
  {
    name: "push.delivered",
    dimension: "share",
    labels: ["task"],
    meaning: "Subscribers who were told by the window's end, pushed to or by their app's own timer",
    stats: stats("%", ["share"]),
  },
  {
    name: "push.lost",
    dimension: "count",
    labels: ["task"],
    meaning: "Subscribers of tasks that are due who were not told by the window's end",
    stats: stats("", ["count"]),
  },
  {
    name: "push.duplicate",
    dimension: "share",
    labels: ["task", "cause"],
    meaning: "Messages to somebody who had been told before, of all that the message service took",
    stats: [...stats("%", ["share"]), ...stats("", ["count"])],
  },
  {
    name: "push.lateness",
    dimension: "time",
    labels: ["task"],
    meaning: "From when a task is due until somebody is told the first time; nothing where an app's own timer tells",
    stats: stats("s", ["mean", "p50", "p95", "max"]),
  },
  {
    name: "push.rate",
    dimension: "rate",
    labels: [],
    meaning:
      "Messages that come to the message service: the peak is of any second, the maximum of seconds by the clock, the mean of seconds in which any came",
    stats: stats("/s", ["peak", "max", "mean"]),
  },
  {
    name: "push.busy",
    dimension: "share",
    labels: [],
    meaning:
      "Slots of all hosts at work while messages come: with a block, and not waiting for their moment at the limiter; near 100 % more workers would help, and at 30 % a third of them would do",
    stats: stats("%", ["mean"]),
  },
  {
    name: "push.over",
    dimension: "count",
    labels: ["task"],
    meaning: "Messages above the message service's capacity, which refused them",
    stats: stats("", ["count"]),
  },
  {
    name: "prefetch.rate",
    dimension: "rate",
    labels: ["task"],
    meaning: "Apps that fetch ahead, whatever the window; the peak is of seconds by the clock",
    stats: stats("/s", ["peak"]),
  },
];
