/** Chart lines about push over simulated time: messages at the message service beside its capacity, and subscribers reached. */
import { bothOf, only } from "../../scenario/figure-parts.ts";
import type { Chart, SeriesSample } from "../replication.ts";
import { mostOf, sumOf } from "../seconds.ts";
import type { PushBook } from "./book.ts";

/** Readers cannot tell more lines than this apart on one pair of axes. */
const LINES_MAX = 6;
/** The most points of a line; chosen. */
const POINTS_MAX = 180;

const RATE: Chart = { name: "push-rate", title: "Messages that come to the message service" };
const REACHED: Chart = { name: "told", title: "Subscribers told" };

/** Returns the lines of the message service and of the tasks. */
export const linesOf = (book: PushBook): readonly SeriesSample[] => {
  const { limiter, service } = book.model;
  const step = Math.max(1, Math.ceil(book.seconds / POINTS_MAX));
  const starts = Array.from({ length: Math.floor(book.seconds / step) }, (_, place) => place * step);
  const at = starts.map((start) => start + step / 2);
  const rate = (
    shown: { readonly metric: string; readonly stat: string },
    title: string,
    value: (first: number, end: number) => number,
  ): SeriesSample => ({
    chart: RATE,
    ...bothOf(shown),
    title,
    unit: "/s",
    at,
    value: starts.map((start) => value(start, start + step)),
  });
  return [
    rate({ metric: "push.rate", stat: "mean" }, "Messages", (first, end) => sumOf(book.messages, first, end) / step),
    rate({ metric: "push.rate", stat: "peak" }, "Messages, busiest second", (first, end) =>
      mostOf(book.peak, first, end),
    ),
    rate({ metric: "push", stat: "limit" }, "Limit", () => limiter.limit),
    rate({ metric: "push", stat: "capacity" }, "Capacity of the message service", () => service.capacity),
    ...book.names.slice(0, LINES_MAX).map((title, task): SeriesSample => ({
      chart: REACHED,
      ...bothOf({ metric: "push.delivered", stat: "share", labels: [only("task", title)] }),
      title,
      unit: "%",
      at: starts.map((start) => start + step),
      value: starts.map((start) => (100 * book.reached([task], start + step)) / book.subscribers([task])),
    })),
  ];
};
