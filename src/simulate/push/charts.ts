/** Lines over time about push: what comes to the message service beside what it can take, and who has been reached. */
import { bothOf, only } from "../../scenario/figure-parts.ts";
import type { Chart, SeriesSample } from "../replication.ts";
import { mostOf, sumOf } from "../seconds.ts";
import type { PushBook } from "./book.ts";

/** Lines that can be told apart on one pair of axes beside limit and capacity, and points that a line needs at most. */
const LINES_MAX = 6;
const POINTS_MAX = 180;

const RATE: Chart = { name: "push-rate", title: "Messages that come to the message service" };
const REACHED: Chart = { name: "told", title: "Subscribers told" };

/** Returns the lines of the message service and of tasks. */
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
