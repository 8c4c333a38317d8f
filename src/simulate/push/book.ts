/**
 * The book of push: who was told and how late, who twice and why, and what came to the message service, second by
 * second. Kept apart from the people's, as it has a world of its own; a window is read in whole seconds.
 */
import { inSeconds, type Instant } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import { CAUSES, type PushModel } from "../../scenario/push/section.ts";
import type { Figure, LabelMatch, Scenario } from "../../scenario/scenario.ts";
import type { Cause, PushNotes } from "../../world/push/notes.ts";
import type { SeriesSample } from "../replication.ts";
import { shareOf, sum, timeOf } from "../samples.ts";
import { secondOf, sumOf } from "../seconds.ts";

/** Lines that can be told apart on one pair of axes beside limit and capacity, and points that a line needs at most. */
const LINES_MAX = 6;
const POINTS_MAX = 180;

/** Of a task, second by second. */
interface Counts {
  readonly shown: Float64Array;
  readonly told: Float64Array;
  readonly refused: Float64Array;
  readonly repeated: Readonly<Record<Cause, Float64Array>>;
}

interface Stretch {
  readonly first: number;
  readonly end: number;
}

export class Deliveries implements PushNotes {
  readonly #model: PushModel | undefined;
  readonly #names: readonly string[];
  readonly #seconds: number;
  readonly #tasks: readonly Counts[];
  readonly #arrived: Float64Array;
  /** The most that came in any second that ended in this one. */
  readonly #peak: Float64Array;
  /** Of all slots together, in us. */
  readonly #worked: Float64Array;
  readonly #fetches: number[];
  readonly #windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** By window and task; ms. */
  readonly #lateness: readonly (readonly Histogram[])[];

  constructor({ world, run, windows }: Scenario) {
    const seconds = Math.ceil(inSeconds(run.duration));
    const column = (): Float64Array => new Float64Array(world.push === undefined ? 0 : seconds);
    this.#model = world.push;
    this.#names = Object.keys(world.push?.tasks ?? {});
    this.#seconds = seconds;
    this.#tasks = this.#names.map(() => ({
      shown: column(),
      told: column(),
      refused: column(),
      repeated: { crash: column(), redelivery: column(), lease: column(), failover: column() },
    }));
    this.#arrived = column();
    this.#peak = column();
    this.#worked = column();
    this.#fetches = this.#names.map(() => 0);
    this.#windows = Object.entries(windows).map(([name, { from, to }]) => ({ name, from, to }));
    this.#lateness = this.#windows.map(() => this.#names.map(() => new Histogram()));
  }

  fetched(task: number, bySecond: Float64Array): void {
    this.#fetches[task] = bySecond.reduce((most, count) => Math.max(most, count), 0);
  }

  shown(task: number, at: Instant, subscribers: number): void {
    this.#tasks[task]!.shown[secondOf(at)]! += subscribers;
    this.#addLateness(task, at, 0, subscribers);
  }

  arrived(at: Instant, messages: number, inSecond: number): void {
    const second = secondOf(at);
    this.#arrived[second]! += messages;
    this.#peak[second] = Math.max(this.#peak[second]!, inSecond);
  }

  told(task: number, at: Instant, late: number, subscribers: number): void {
    this.#tasks[task]!.told[secondOf(at)]! += subscribers;
    this.#addLateness(task, at, late, subscribers);
  }

  repeated(task: number, at: Instant, cause: Cause): void {
    this.#tasks[task]!.repeated[cause][secondOf(at)]! += 1;
  }

  refused(task: number, at: Instant, messages: number): void {
    this.#tasks[task]!.refused[secondOf(at)]! += messages;
  }

  worked(from: Instant, to: Instant): void {
    for (let second = secondOf(from); second < this.#seconds && second * 1e6 < to; second++)
      this.#worked[second]! += Math.min(to, (second + 1) * 1e6) - Math.max(from, second * 1e6);
  }

  /** A figure about push; null without data. */
  value({ metric, stat, window }: Figure, labels: readonly LabelMatch[]): number | null {
    const place = this.#windows.findIndex(({ name }) => name === window);
    const { from, to } = this.#windows[place]!;
    const within = { first: Math.ceil(from / 1e6), end: Math.min(this.#seconds, Math.floor(to / 1e6)) };
    const tasks = fitting(this.#names, "task", labels);
    const causes = fitting(CAUSES, "cause", labels).map((at) => CAUSES[at]!);
    // A window ends before its end: who is due then is not told in it.
    const due = tasks.filter((task) => this.#task(task).at < within.end * 1e6);
    if (within.end <= within.first || tasks.length === 0) return null;
    const ofTasks = (read: (counts: Counts) => Float64Array, { first, end }: Stretch = within): number =>
      sum(tasks.map((task) => sumOf(read(this.#tasks[task]!), first, end)));
    switch (metric) {
      case "push.delivered":
        return due.length === 0 ? null : 100 * (this.#known(due, within.end) / this.#subscribers(due));
      case "push.lost":
        return due.length === 0 ? null : this.#subscribers(due) - this.#known(due, within.end);
      case "push.duplicate": {
        const repeats = (some: readonly Cause[]): number =>
          sum(some.map((cause) => ofTasks(({ repeated }) => repeated[cause])));
        if (stat === "count") return repeats(causes);
        return shareOf(repeats(causes), ofTasks(({ told }) => told) + repeats(CAUSES));
      }
      case "push.lateness":
        return timeOf(
          tasks.map((task) => this.#lateness[place]![task]!),
          stat,
        );
      case "push.rate":
        return this.#rate(stat, within);
      case "push.busy":
        return this.#busy(within);
      case "push.over":
        return ofTasks(({ refused }) => refused);
      case "prefetch.rate":
        return sum(tasks.map((task) => this.#fetches[task]!));
      default:
        return null;
    }
  }

  /** Lines over time: what comes to the message service beside what it bears, and who has been told. */
  series(): readonly SeriesSample[] {
    if (this.#model === undefined) return [];
    const { limiter, service } = this.#model;
    const step = Math.max(1, Math.ceil(this.#seconds / POINTS_MAX));
    const starts = Array.from({ length: Math.floor(this.#seconds / step) }, (_, place) => place * step);
    const at = starts.map((start) => start + step / 2);
    const rate = (figure: string, title: string, value: (first: number, end: number) => number): SeriesSample => ({
      chart: "push-rate",
      figure,
      title,
      unit: "/s",
      at,
      value: starts.map((start) => value(start, start + step)),
    });
    return [
      rate("push.rate.mean", "Messages", (first, end) => sumOf(this.#arrived, first, end) / step),
      rate("push.rate.peak", "Messages, busiest second", (first, end) => mostOf(this.#peak, first, end)),
      rate("push.limit", "Limit", () => limiter.limit),
      rate("push.capacity", "Capacity of the message service", () => service.capacity),
      ...this.#names.slice(0, LINES_MAX).map((title, task): SeriesSample => ({
        chart: "told",
        figure: `push.delivered.share{task=${title}}`,
        title,
        unit: "%",
        at: starts.map((start) => start + step),
        value: starts.map((start) => (100 * this.#known([task], start + step)) / this.#subscribers([task])),
      })),
    ];
  }

  #addLateness(task: number, at: Instant, late: number, subscribers: number): void {
    for (let place = 0; place < this.#windows.length; place++) {
      const { from, to } = this.#windows[place]!;
      if (at >= from && at < to) this.#lateness[place]![task]!.add(late / 1_000, subscribers);
    }
  }

  #task(task: number) {
    return this.#model!.tasks[this.#names[task]!]!;
  }

  #subscribers(tasks: readonly number[]): number {
    return sum(tasks.map((task) => this.#task(task).subscribers));
  }

  /** How many had been told when that second began. */
  #known(tasks: readonly number[], second: number): number {
    return sum(
      tasks.map((task) => {
        const { shown, told } = this.#tasks[task]!;
        return sumOf(shown, 0, second) + sumOf(told, 0, second);
      }),
    );
  }

  #rate(stat: string, { first, end }: Stretch): number | null {
    if (stat === "peak") return mostOf(this.#peak, first, end);
    if (stat === "max") return mostOf(this.#arrived, first, end);
    const busy = this.#secondsWithMessages(first, end).length;
    return busy === 0 ? null : sumOf(this.#arrived, first, end) / busy;
  }

  #busy({ first, end }: Stretch): number | null {
    const { hosts, slots } = this.#model!.workers;
    const seconds = this.#secondsWithMessages(first, end);
    const worked = sum(seconds.map((second) => this.#worked[second]!));
    return shareOf(worked, 1e6 * hosts * slots * seconds.length);
  }

  #secondsWithMessages(first: number, end: number): readonly number[] {
    const seconds: number[] = [];
    for (let second = first; second < end; second++) if (this.#arrived[second]! > 0) seconds.push(second);
    return seconds;
  }
}

const mostOf = (column: Float64Array, first: number, end: number): number =>
  column.subarray(first, end).reduce((most, value) => Math.max(most, value), 0);

const fitting = (names: readonly string[], own: string, labels: readonly LabelMatch[]): readonly number[] =>
  names.flatMap((name, place) =>
    labels.every(({ label, values, negated }) => label !== own || values.includes(name) !== negated) ? [place] : [],
  );
