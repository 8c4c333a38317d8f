/**
 * The book of push: subscribers reached and their lateness, duplicates by cause, and messages at the message service, by
 * second. Figures read a window in whole seconds.
 */
import { inSeconds, type Instant } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Cause, PushNotes } from "../../world/push/notes.ts";
import { sum } from "../samples.ts";
import { secondOf, sumOf } from "../seconds.ts";

/** Counts of one task by second: subscribers reached by their own app's timer (`shown`) or by a message (`delivered`). */
export interface TaskCounts {
  readonly shown: Float64Array;
  readonly delivered: Float64Array;
  readonly refused: Float64Array;
  readonly repeated: Readonly<Record<Cause, Float64Array>>;
}

/** Records everything that the figures of push are computed from. */
export class PushBook implements PushNotes {
  /** The push section of the scenario. */
  readonly model: PushModel;
  /** Names of tasks, in the order of the scenario. */
  readonly names: readonly string[];
  /** Length of the run in whole seconds. */
  readonly seconds: number;
  /** Counts by task, in the order of `names`. */
  readonly tasks: readonly TaskCounts[];
  /** Messages at the message service by second. */
  readonly messages: Float64Array;
  /** By second, the most messages in any 1-s interval that ends within it. */
  readonly peak: Float64Array;
  /** Working time of all slots by second, us. */
  readonly workTime: Float64Array;
  /** By task, the most apps that prefetch within one second. */
  readonly fetches: number[];
  /** The scenario's windows. */
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** Lateness of subscribers by window and task, ms. */
  readonly lateness: readonly (readonly Histogram[])[];

  constructor(model: PushModel, { run, windows }: Pick<Scenario, "run" | "windows">) {
    const seconds = Math.ceil(inSeconds(run.duration));
    const column = (): Float64Array => new Float64Array(seconds);
    this.model = model;
    this.names = Object.keys(model.tasks);
    this.seconds = seconds;
    this.tasks = this.names.map(() => ({
      shown: column(),
      delivered: column(),
      refused: column(),
      repeated: { crash: column(), redelivery: column(), lease: column(), failover: column() },
    }));
    this.messages = column();
    this.peak = column();
    this.workTime = column();
    this.fetches = this.names.map(() => 0);
    this.windows = Object.entries(windows).map(([name, { from, to }]) => ({ name, from, to }));
    this.lateness = this.windows.map(() => this.names.map(() => new Histogram()));
  }

  /** Records the apps that prefetched a task, by second. */
  fetched(task: number, bySecond: Float64Array): void {
    this.fetches[task] = bySecond.reduce((most, count) => Math.max(most, count), 0);
  }

  /** Counts subscribers that are reached on time by their own app's timer. */
  shown(task: number, at: Instant, subscribers: number): void {
    this.tasks[task]!.shown[secondOf(at)]! += subscribers;
    this.#addLateness(task, at, 0, subscribers);
  }

  /** Counts messages at the message service; `inSecond` is the number within the second that ends at `at`. */
  arrived(at: Instant, messages: number, inSecond: number): void {
    const second = secondOf(at);
    this.messages[second]! += messages;
    this.peak[second] = Math.max(this.peak[second]!, inSecond);
  }

  /** Counts subscribers that a message reaches for the first time, `late` after the task was due. */
  told(task: number, at: Instant, late: number, subscribers: number): void {
    this.tasks[task]!.delivered[secondOf(at)]! += subscribers;
    this.#addLateness(task, at, late, subscribers);
  }

  /** Counts a duplicate by its cause. */
  repeated(task: number, at: Instant, cause: Cause): void {
    this.tasks[task]!.repeated[cause][secondOf(at)]! += 1;
  }

  /** Counts messages that the message service refused at its capacity. */
  refused(task: number, at: Instant, messages: number): void {
    this.tasks[task]!.refused[secondOf(at)]! += messages;
  }

  /** Counts the working time of a slot. */
  worked(from: Instant, to: Instant): void {
    for (let second = secondOf(from); second < this.seconds && second * 1e6 < to; second++)
      this.workTime[second]! += Math.min(to, (second + 1) * 1e6) - Math.max(from, second * 1e6);
  }

  #addLateness(task: number, at: Instant, late: number, subscribers: number): void {
    for (let place = 0; place < this.windows.length; place++) {
      const { from, to } = this.windows[place]!;
      if (at >= from && at < to) this.lateness[place]![task]!.add(late / 1_000, subscribers);
    }
  }

  /** Returns when a task is due, in us of simulated time. */
  due(task: number): number {
    return this.#task(task).at;
  }

  /** Returns the number of subscribers of these tasks. */
  subscribers(tasks: readonly number[]): number {
    return sum(tasks.map((task) => this.#task(task).subscribers));
  }

  /** Returns the number of these tasks' subscribers reached before the second begins. */
  reached(tasks: readonly number[], second: number): number {
    return sum(
      tasks.map((task) => {
        const { shown, delivered } = this.tasks[task]!;
        return sumOf(shown, 0, second) + sumOf(delivered, 0, second);
      }),
    );
  }

  #task(task: number): PushModel["tasks"][string] {
    return this.model.tasks[this.names[task]!]!;
  }
}
