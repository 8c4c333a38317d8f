/**
 * The book of push: who was told and how late, who twice and why, and what came to the message service, second by
 * second. Kept apart from the people's, as it has a world of its own; a window is read in whole seconds.
 */
import { inSeconds, type Instant } from "../../base/units.ts";
import { Histogram } from "../../measure/histogram.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Cause, PushNotes } from "../../world/push/notes.ts";
import { sum } from "../samples.ts";
import { secondOf, sumOf } from "../seconds.ts";

/** Of a task, second by second. */
export interface TaskCounts {
  readonly shown: Float64Array;
  readonly told: Float64Array;
  readonly refused: Float64Array;
  readonly repeated: Readonly<Record<Cause, Float64Array>>;
}

export class PushBook implements PushNotes {
  readonly model: PushModel;
  /** Names of tasks, in the order of the scenario. */
  readonly names: readonly string[];
  /** Length of the run in whole seconds. */
  readonly seconds: number;
  readonly tasks: readonly TaskCounts[];
  /** Messages that came to the message service, second by second. */
  readonly messages: Float64Array;
  /** The most that came in any second that ended in this one. */
  readonly peak: Float64Array;
  /** Of all slots together, in us. */
  readonly workTime: Float64Array;
  /** By task: the most apps that fetch ahead in any second. */
  readonly fetches: number[];
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** By window and task; ms. */
  readonly lateness: readonly (readonly Histogram[])[];

  constructor(model: PushModel, { run, windows }: Pick<Scenario, "run" | "windows">) {
    const seconds = Math.ceil(inSeconds(run.duration));
    const column = (): Float64Array => new Float64Array(seconds);
    this.model = model;
    this.names = Object.keys(model.tasks);
    this.seconds = seconds;
    this.tasks = this.names.map(() => ({
      shown: column(),
      told: column(),
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

  fetched(task: number, bySecond: Float64Array): void {
    this.fetches[task] = bySecond.reduce((most, count) => Math.max(most, count), 0);
  }

  shown(task: number, at: Instant, subscribers: number): void {
    this.tasks[task]!.shown[secondOf(at)]! += subscribers;
    this.#addLateness(task, at, 0, subscribers);
  }

  arrived(at: Instant, messages: number, inSecond: number): void {
    const second = secondOf(at);
    this.messages[second]! += messages;
    this.peak[second] = Math.max(this.peak[second]!, inSecond);
  }

  told(task: number, at: Instant, late: number, subscribers: number): void {
    this.tasks[task]!.told[secondOf(at)]! += subscribers;
    this.#addLateness(task, at, late, subscribers);
  }

  repeated(task: number, at: Instant, cause: Cause): void {
    this.tasks[task]!.repeated[cause][secondOf(at)]! += 1;
  }

  refused(task: number, at: Instant, messages: number): void {
    this.tasks[task]!.refused[secondOf(at)]! += messages;
  }

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

  /** Returns when a task is due. */
  due(task: number): number {
    return this.#task(task).at;
  }

  /** Returns the number of subscribers of these tasks. */
  subscribers(tasks: readonly number[]): number {
    return sum(tasks.map((task) => this.#task(task).subscribers));
  }

  /** Returns how many subscribers had been reached when that second began. */
  reached(tasks: readonly number[], second: number): number {
    return sum(
      tasks.map((task) => {
        const { shown, told } = this.tasks[task]!;
        return sumOf(shown, 0, second) + sumOf(told, 0, second);
      }),
    );
  }

  #task(task: number): PushModel["tasks"][string] {
    return this.model.tasks[this.names[task]!]!;
  }
}
