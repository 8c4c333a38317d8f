/** Formulas of the figures about push, one for each metric that `scenario/push/figures.ts` declares. */
import { Histogram } from "../../measure/histogram.ts";
import type { Figure, LabelMatch } from "../../scenario/figure-parts.ts";
import { allows } from "../../scenario/metric.ts";
import type { PUSH_METRICS } from "../../scenario/push/figures.ts";
import { CAUSES } from "../../scenario/push/names.ts";
import type { Cause } from "../../world/push/notes.ts";
import { type Extreme, type Measured, shareOf, shareOfTrials, sum, timeOf } from "../samples.ts";
import { mostOf, NO_SECOND, sumOf } from "../seconds.ts";
import type { PushBook, TaskCounts } from "./book.ts";

/** One figure about some tasks and causes, in the whole seconds of a window. */
class Question {
  readonly stat: string;
  readonly book: PushBook;
  readonly tasks: readonly number[];
  readonly causes: readonly Cause[];
  readonly first: number;
  readonly end: number;
  readonly #window: number;

  constructor(book: PushBook, { stat, window }: Figure, labels: readonly LabelMatch[]) {
    this.stat = stat;
    this.book = book;
    this.tasks = [...book.names.keys()].filter((task) => allows(labels, "task", book.names[task]!));
    this.causes = CAUSES.filter((cause) => allows(labels, "cause", cause));
    this.#window = book.windows.findIndex(({ name }) => name === window);
    const { from, to } = book.windows[this.#window]!;
    this.first = Math.ceil(from / 1e6);
    this.end = Math.min(book.seconds, Math.floor(to / 1e6));
  }

  /** Returns the tasks that are due before the window ends, exclusive. */
  get dueTasks(): readonly number[] {
    return this.tasks.filter((task) => this.book.due(task) < this.end * 1e6);
  }

  ofTasks(column: (counts: TaskCounts) => Float64Array): number {
    return sum(this.tasks.map((task) => sumOf(column(this.book.tasks[task]!), this.first, this.end)));
  }

  repeats(causes: readonly Cause[]): number {
    return sum(causes.map((cause) => this.ofTasks(({ repeated }) => repeated[cause])));
  }

  /** Returns the figure's stat of all subscribers' lateness, in s; those not reached by the window's end are cut off there. */
  get lateness(): Measured {
    return timeOf(
      this.tasks.map((task) => {
        const cut = new Histogram();
        const open = this.book.subscribers([task]) - this.book.reached([task], this.end);
        const ms = 1_000 * this.end - this.book.due(task) / 1_000;
        if (ms > 0 && open > 0) cut.add(ms, open);
        return { ended: this.book.lateness[this.#window]![task]!, cut };
      }),
      this.stat,
    );
  }

  /** Returns the seconds of the window in which the message service got a message. */
  get busySeconds(): readonly number[] {
    const seconds: number[] = [];
    for (let second = this.first; second < this.end; second++)
      if (this.book.messages[second]! > 0) seconds.push(second);
    return seconds;
  }
}

const NONE_DUE: Measured = { value: null, why: "no task is due before the window ends" };

type Formula = (question: Question) => number | null | Measured;

const FORMULAS: Readonly<Record<keyof typeof PUSH_METRICS, Formula>> = {
  "push.delivered": ({ book, dueTasks, end }) =>
    dueTasks.length === 0 ? NONE_DUE : shareOfTrials(book.reached(dueTasks, end), book.subscribers(dueTasks)),
  "push.lost": ({ book, dueTasks, end }) =>
    dueTasks.length === 0 ? NONE_DUE : book.subscribers(dueTasks) - book.reached(dueTasks, end),
  "push.duplicate": (question) => {
    const repeats = question.repeats(question.causes);
    if (question.stat === "count") return repeats;
    return shareOfTrials(repeats, question.ofTasks(({ delivered }) => delivered) + question.repeats(CAUSES));
  },
  "push.lateness": ({ lateness }) => lateness,
  "push.rate": ({ book, stat, first, end, busySeconds }) => {
    if (stat === "peak") return mostOf(book.peak, first, end);
    if (stat === "max") return mostOf(book.messages, first, end);
    return busySeconds.length === 0 ? null : sumOf(book.messages, first, end) / busySeconds.length;
  },
  "push.over": (question) => question.ofTasks(({ refused }) => refused),
  "push.busy": ({ book, busySeconds }) => {
    const { hosts, slots } = book.model.workers;
    const worked = sum(busySeconds.map((second) => book.workTime[second]!));
    return shareOf(worked, 1e6 * hosts * slots * busySeconds.length);
  },
  "prefetch.rate": ({ book, tasks }) => sum(tasks.map((task) => book.fetches[task]!)),
};

/** Returns a figure of the tasks and causes that the labels allow; null without data. */
export const readFigure = (figure: Figure, labels: readonly LabelMatch[], book: PushBook): Extreme => {
  const question = new Question(book, figure, labels);
  if (question.end <= question.first) return { name: undefined, value: null, why: NO_SECOND };
  if (question.tasks.length === 0) return { name: undefined, value: null, why: "the labels select no task" };
  const read = FORMULAS[figure.metric as keyof typeof FORMULAS](question);
  return { name: undefined, ...(typeof read === "object" && read !== null ? read : { value: read }) };
};
