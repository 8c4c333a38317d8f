/** Formulas of the figures about push, one for each metric that `scenario/push/figures.ts` declares. */
import type { Figure, LabelMatch } from "../../scenario/figure-parts.ts";
import { allows } from "../../scenario/metric.ts";
import type { PUSH_METRICS } from "../../scenario/push/figures.ts";
import { CAUSES } from "../../scenario/push/shape.ts";
import type { Cause } from "../../world/push/notes.ts";
import { type Extreme, shareOf, sum, timeOf } from "../samples.ts";
import { mostOf, sumOf } from "../seconds.ts";
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

  /** Returns the figure's stat of all subscribers' lateness, in s; null without any. */
  get lateness(): number | null {
    return timeOf(
      this.tasks.map((task) => this.book.lateness[this.#window]![task]!),
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

type Formula = (question: Question) => number | null;

const FORMULAS: Readonly<Record<keyof typeof PUSH_METRICS, Formula>> = {
  "push.delivered": ({ book, dueTasks, end }) =>
    dueTasks.length === 0 ? null : 100 * (book.reached(dueTasks, end) / book.subscribers(dueTasks)),
  "push.lost": ({ book, dueTasks, end }) =>
    dueTasks.length === 0 ? null : book.subscribers(dueTasks) - book.reached(dueTasks, end),
  "push.duplicate": (question) => {
    const repeats = question.repeats(question.causes);
    if (question.stat === "count") return repeats;
    return shareOf(repeats, question.ofTasks(({ delivered }) => delivered) + question.repeats(CAUSES));
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
  const hasData = question.end > question.first && question.tasks.length > 0;
  const value = hasData ? FORMULAS[figure.metric as keyof typeof FORMULAS](question) : null;
  return { name: undefined, value };
};
