/**
 * The dispatcher: it takes tasks through their states, cuts them into blocks, and publishes the blocks no faster than the
 * message service can take and no further ahead than the workers need. It decides from what it sees when it looks, not from
 * what it remembers: after a crash, or beside a second dispatcher, it sees the same and does the same again, and a block that
 * is published twice is done once. Several tasks share the pace by start-time fair queueing (Goyal, Vin and Cheng, 1996): by
 * weight, from the moment they come, without credit for the time before.
 * Met by: src/world/push/dispatchers.ts, src/deploy/push/dispatcher.ts
 */
import type { Machine } from "../../base/machine.ts";
import { after, type Duration, type Instant, NEVER, START } from "../../base/units.ts";
import { gcra } from "./limiter.ts";
import type { DispatcherEffect, DispatcherInput, PartView } from "./messages.ts";
import { PartBook } from "./partbook.ts";
import type { DispatcherPolicy } from "./policy.ts";
import { next, type Task, type TaskId, type TaskState } from "./task.ts";

type Effects = readonly DispatcherEffect[];

type Asked = "set-state" | "fill" | "look" | "reconcile";

interface Work {
  readonly id: TaskId;
  readonly weight: number;
  state: TaskState;
  /** The start tag of its next block: subscribers divided by weight. */
  tag: number;
  readonly parts: Map<number, PartBook>;
  /** The effect that is outstanding, other than blocks. Other answers belong to effects that were given up. */
  asks: Asked | undefined;
  /** When to take the next step, unless an effect is outstanding. */
  stepAt: Instant;
  /** Its trigger is not acknowledged. */
  isTriggered: boolean;
  /** The stores are known to contradict each other. */
  needsReconcile: boolean;
}

/** The machine of a dispatcher. Several may run at once on the same tasks. */
export class Dispatcher implements Machine<DispatcherInput, DispatcherEffect> {
  readonly #policy: DispatcherPolicy;
  readonly #works = new Map<TaskId, Work>();
  /** The start tag of the block that was published last. */
  #tag = 0;
  /** State of the pace. A new dispatcher starts with all of it spent: crashes do not raise the pace. */
  #tat: number | undefined;
  #paceAt: Instant = NEVER;
  #findAt: Instant = START;

  /** Starts without any task: it searches for tasks when it is first woken. */
  constructor(policy: DispatcherPolicy) {
    this.#policy = policy;
  }

  /** The earliest of: the next search, the next step of a task, and the moment at which the pace allows a block. */
  get wakeAt(): Instant {
    let at = Math.min(this.#findAt, this.#paceAt);
    for (const { asks, stepAt } of this.#works.values()) if (asks === undefined) at = Math.min(at, stepAt);
    return at as Instant;
  }

  /** Takes one input and returns what to do, in order. Answers may come in any order, and may be missing. */
  handle(input: DispatcherInput, now: Instant): Effects {
    switch (input.kind) {
      case "triggered":
        return this.#triggered(input.task, now);
      case "found":
        this.#findAt = after(now, this.#policy.find);
        return input.tasks.flatMap((task) => (this.#works.has(task.id) ? [] : this.#step(this.#take(task, now), now)));
      case "stated":
        return this.#answered(input.task, "set-state", (work) => this.#stated(work, input.state, now));
      case "filled":
        return this.#answered(input.task, "fill", (work) => [this.#advance(work)]);
      case "looked":
        return this.#answered(input.task, "look", (work) => this.#looked(work, input.parts, now));
      case "reconciled":
        // With a pause: a contradiction that stays would be repaired without end.
        return this.#answered(input.task, "reconcile", (work) => this.#rest(work, now));
      case "published":
        this.#works.get(input.name.task)?.parts.get(input.name.part)?.published(input.name.block, now);
        return [];
      case "reconcile-requested":
        return this.#requestReconcile(input.task);
      case "failed":
        this.#failed(input.effect, now);
        return [];
      case "wake":
        return this.#wake(now);
    }
  }

  #triggered(task: Task, now: Instant): Effects {
    const known = this.#works.get(task.id);
    const work = known ?? this.#take(task, now);
    // The task table knows that the task has begun, and `find` finds it there: the trigger is not needed any more.
    if (work.state !== "scheduled") {
      const step = known === undefined && work.state !== "done" ? this.#step(work, now) : [];
      return [{ kind: "acknowledge-trigger", task: task.id }, ...step];
    }
    work.isTriggered = true;
    return known === undefined ? this.#step(work, now) : [];
  }

  #take({ id, weight, state }: Task, now: Instant): Work {
    const work: Work = {
      ...{ id, weight, state, tag: this.#tag, parts: new Map<number, PartBook>(), asks: undefined },
      ...{ stepAt: now, isTriggered: false, needsReconcile: false },
    };
    if (state !== "done") this.#works.set(id, work);
    return work;
  }

  #answered(task: TaskId, asked: Asked, then: (work: Work) => Effects): Effects {
    const work = this.#works.get(task);
    if (work?.asks !== asked) return [];
    work.asks = undefined;
    return then(work);
  }

  #stated(work: Work, state: TaskState, now: Instant): Effects {
    const hasMoved = state !== work.state;
    work.state = state;
    const acknowledge: DispatcherEffect[] = [];
    if (work.isTriggered && state !== "scheduled") {
      work.isTriggered = false;
      acknowledge.push({ kind: "acknowledge-trigger", task: work.id });
    }
    if (state === "done") this.#works.delete(work.id);
    else if (hasMoved) return [...acknowledge, ...this.#step(work, now)];
    else work.stepAt = after(now, this.#policy.look);
    return acknowledge;
  }

  #step(work: Work, now: Instant): Effects {
    work.stepAt = after(now, this.#policy.look);
    switch (work.state) {
      case "scheduled":
      case "triggered":
        return [this.#advance(work)];
      case "scattering":
        return [ask(work, { kind: "fill", task: work.id })];
      case "sending":
        if (!work.needsReconcile) return [ask(work, { kind: "look", task: work.id })];
        work.needsReconcile = false;
        return [ask(work, { kind: "reconcile", task: work.id })];
      case "done":
        return [];
    }
  }

  #rest(work: Work, now: Instant): Effects {
    work.stepAt = after(now, this.#policy.look);
    return [];
  }

  #advance(work: Work): DispatcherEffect {
    return ask(work, { kind: "set-state", task: work.id, from: work.state, to: next(work.state) });
  }

  #looked(work: Work, views: readonly PartView[], now: Instant): Effects {
    work.stepAt = after(now, this.#policy.look);
    let isDone = true;
    let isDoubtful = false;
    for (const view of views) {
      const book = work.parts.get(view.part) ?? new PartBook();
      work.parts.set(view.part, book);
      if (book.read(view, this.#policy.blockSize, now)) isDoubtful = true;
      isDone &&= book.isDone;
    }
    if (isDoubtful || work.needsReconcile) {
      work.needsReconcile = false;
      return [ask(work, { kind: "reconcile", task: work.id })];
    }
    if (isDone) return [this.#advance(work)];
    return [...this.#publishAgain(work, now), ...this.#publish(now)];
  }

  /** Publishes blocks again that were published long ago and have no holder: the queue, or their worker, was lost. */
  #publishAgain(work: Work, now: Instant): Effects {
    return [...work.parts].flatMap(([part, book]) =>
      book
        .overdue(this.#policy.patience, now)
        .map((block): DispatcherEffect => ({ kind: "publish", name: { task: work.id, part, block } })),
    );
  }

  /**
   * Publishes as many new blocks as room ahead and pace allow, each of the task whose turn it is. A block counts with the
   * members that it will have: the last of each part are small, and counted as full ones they would halve the pace at the end.
   */
  #publish(now: Instant): Effects {
    const { ahead, perSecond, blockSize, look } = this.#policy;
    const works = [...this.#works.values()];
    // All room that becomes free between two looks is seen in one look.
    const burst = Math.max(blockSize, Math.ceil((perSecond * look) / 1_000_000));
    const rate = { perSecond, burst, horizon: 0 as Duration };
    const effects: DispatcherEffect[] = [];
    let unfinished = works.reduce((sum, { parts }) => sum + unfinishedOf(parts), 0);
    for (this.#paceAt = NEVER; unfinished < ahead; unfinished++) {
      const work = this.#whoseTurn(works);
      if (work === undefined) break;
      const part = spareOf(work.parts)!;
      const members = Math.min(blockSize, work.parts.get(part)!.spare);
      const { tat, granted, wait } = gcra(this.#tat, now, members, rate);
      this.#tat = tat;
      if (granted === 0) {
        this.#paceAt = after(now, wait);
        break;
      }
      effects.push(this.#publishNext(work, part, members, now));
    }
    return effects;
  }

  /** Returns the task with the earliest start tag, among those with subscribers left for a block. */
  #whoseTurn(works: readonly Work[]): Work | undefined {
    let first: Work | undefined;
    for (const work of works) {
      if (work.state !== "sending" || spareOf(work.parts) === undefined) continue;
      // Time without anything to publish gives no credit.
      work.tag = Math.max(work.tag, this.#tag);
      if (first === undefined || work.tag < first.tag || (work.tag === first.tag && work.id < first.id)) first = work;
    }
    return first;
  }

  #publishNext(work: Work, part: number, members: number, now: Instant): DispatcherEffect {
    this.#tag = work.tag;
    work.tag += members / work.weight;
    return { kind: "publish", name: { task: work.id, part, block: work.parts.get(part)!.take(members, now) } };
  }

  #requestReconcile(task: TaskId): Effects {
    const work = this.#works.get(task);
    if (work?.state === "sending") work.needsReconcile = true;
    return [];
  }

  #failed(effect: DispatcherEffect, now: Instant): void {
    if (effect.kind === "find") {
      this.#findAt = after(now, this.#policy.find);
    } else if (effect.kind === "publish") {
      const { task, part, block } = effect.name;
      this.#works.get(task)?.parts.get(part)?.failed(block);
    } else {
      const work = this.#works.get(effect.task);
      if (work?.asks !== effect.kind) return;
      work.asks = undefined;
      work.stepAt = after(now, this.#policy.look);
      if (effect.kind === "reconcile") work.needsReconcile = true;
    }
  }

  #wake(now: Instant): Effects {
    const effects: DispatcherEffect[] = [];
    if (this.#findAt <= now) {
      this.#findAt = NEVER;
      effects.push({ kind: "find" });
    }
    for (const work of this.#works.values())
      if (work.asks === undefined && work.stepAt <= now) effects.push(...this.#step(work, now));
    if (this.#paceAt <= now) effects.push(...this.#publish(now));
    return effects;
  }
}

const ask = (work: Work, effect: DispatcherEffect & { readonly kind: Asked }): DispatcherEffect => {
  work.asks = effect.kind;
  return effect;
};

const unfinishedOf = (parts: ReadonlyMap<number, PartBook>): number => {
  let sum = 0;
  for (const book of parts.values()) sum += book.unfinished;
  return sum;
};

/** Returns the part with most left to publish, so that all parts end together; undefined if none has anything left. */
const spareOf = (parts: ReadonlyMap<number, PartBook>): number | undefined => {
  let [most, found]: [number, number | undefined] = [0, undefined];
  for (const [part, { spare }] of parts) if (spare > most) [most, found] = [spare, part];
  return found;
};
