/**
 * The host of the dispatcher: it drives the very machine which is deployed, between the task table, the delay queue, the two
 * stores and the broker.
 */
import type { DispatcherEffect, DispatcherInput, PartView } from "../../algorithms/push/messages.ts";
import { mayFollow, type Task, type TaskId } from "../../algorithms/push/task.ts";
import type { Machine } from "../../base/machine.ts";
import { identity } from "../../base/random.ts";
import { type Instant, NEVER, START, instantAt } from "../../base/units.ts";
import type { Broker } from "./broker.ts";
import { type RepairParts, Repairs } from "./repairs.ts";
import type { StoreCaller, Part } from "./stores.ts";
import type { Triggers } from "./triggers.ts";

/** What the host drives. */
export type DispatcherMachine = Machine<DispatcherInput, DispatcherEffect>;

/** What the dispatcher reaches. */
export interface DispatcherParts extends RepairParts {
  readonly broker: Broker;
  readonly triggers: Triggers;
  readonly machine: DispatcherMachine;
}

/** Members written at once; chosen: longer lists are written in pieces, so that other calls are served in between. */
const PIECE = 1_000;
const AWAY = "it does not answer";

/** The one dispatcher of a world; it does not crash. */
export class DispatcherHost {
  readonly #parts: DispatcherParts;
  readonly #caller: StoreCaller = { who: identity("dispatcher"), calls: 0 };
  readonly #repairs: Repairs;
  /** The task table: it is down when the records are, and loses nothing. */
  readonly #table = new Map<TaskId, Task>();
  #wakeAt: Instant = NEVER;

  constructor(parts: DispatcherParts) {
    const { model, triggers, events } = parts;
    this.#parts = parts;
    this.#repairs = new Repairs(parts, this.#caller);
    for (const [id, { at, weight }] of Object.entries(model.tasks)) {
      const due = instantAt(at);
      this.#table.set(id, { id, audience: { ds: "20240501", label: id }, due, weight, state: "scheduled", total: 0 });
      triggers.schedule(id, due);
      const early = due - model.dispatcher.lead;
      if (model.dispatcher.lead > 0)
        events.at(Math.max(START, early) as Instant, () => {
          this.#fill(id, () => undefined);
        });
    }
    events.at(START, () => {
      this.#poll();
      this.#sleep();
    });
  }

  /** True if the task's state is "done". */
  isDone(task: TaskId): boolean {
    return this.#table.get(task)!.state === "done";
  }

  /** Sends the dispatcher, by the broker, a worker's finding that a task's stores contradict each other. */
  requestReconcile(task: TaskId, why: string): void {
    const { broker, events, lines, model } = this.#parts;
    events.in(lines.way(this.#caller, model.broker.latency), () => {
      if (broker.isUp) this.#tell({ kind: "reconcile-requested", task, why });
    });
  }

  /** Takes what is due from the delay queue, once per look. */
  #poll(): void {
    const { model, events, triggers, stores } = this.#parts;
    stores.call(
      this.#caller,
      { shard: triggers.shard, members: 1 },
      () => triggers.take(events.now),
      (due) => {
        for (const { task } of due ?? [])
          stores.callRecords(
            this.#caller,
            () => this.#table.get(task)!,
            (found) => {
              if (found !== undefined) this.#tell({ kind: "triggered", task: found.value });
            },
          );
      },
    );
    events.in(model.dispatcher.look, () => {
      this.#poll();
    });
  }

  #tell(input: DispatcherInput): void {
    const { machine, events } = this.#parts;
    for (const effect of machine.handle(input, events.now)) this.#perform(effect);
    this.#sleep();
  }

  #sleep(): void {
    const { machine, events } = this.#parts;
    const { wakeAt } = machine;
    if (wakeAt === NEVER || wakeAt === this.#wakeAt) return;
    this.#wakeAt = wakeAt;
    events.at(wakeAt, () => {
      if (this.#wakeAt !== wakeAt) return;
      this.#wakeAt = NEVER;
      this.#tell({ kind: "wake" });
    });
  }

  #perform(effect: DispatcherEffect): void {
    const { broker, events, lines, model, stores, triggers } = this.#parts;
    switch (effect.kind) {
      case "find":
        this.#askTable(
          effect,
          () => [...this.#table.values()].filter((task) => isWork(task, events.now)),
          (tasks) => {
            this.#tell({ kind: "found", tasks });
          },
        );
        return;
      case "acknowledge-trigger":
        stores.call(
          this.#caller,
          { shard: triggers.shard, members: 1 },
          () => {
            triggers.acknowledge(effect.task, events.now);
          },
          () => undefined,
        );
        return;
      case "set-state":
        this.#askTable(
          effect,
          () => {
            const task = this.#table.get(effect.task)!;
            const isNext = task.state === effect.from && mayFollow(effect.from, effect.to);
            if (isNext) this.#table.set(effect.task, { ...task, state: effect.to });
            return this.#table.get(effect.task)!.state;
          },
          (state) => {
            this.#tell({ kind: "stated", task: effect.task, state });
          },
        );
        return;
      case "fill":
        this.#fill(effect.task, (isDone) => {
          this.#tell(isDone ? { kind: "filled", task: effect.task } : { kind: "failed", effect, what: AWAY });
        });
        return;
      case "look":
        this.#look(effect);
        return;
      case "publish":
        events.in(lines.way(this.#caller, model.broker.latency), () => {
          const isTaken = broker.isUp;
          if (isTaken) broker.publish(effect.name);
          events.in(lines.way(this.#caller, model.broker.latency), () => {
            const isHeard = isTaken && broker.isUp;
            this.#tell(isHeard ? { kind: "published", name: effect.name } : { kind: "failed", effect, what: AWAY });
          });
        });
        return;
      case "reconcile":
        this.#repairs.mend(effect.task, (isDone) => {
          this.#tell(isDone ? { kind: "reconciled", task: effect.task } : { kind: "failed", effect, what: AWAY });
        });
        return;
    }
  }

  /** Asks the task table or the records; the effect fails if they are away. */
  #askTable<T>(effect: DispatcherEffect, perform: () => T, then: (result: T) => void): void {
    this.#parts.stores.callRecords(this.#caller, perform, (result) => {
      if (result === undefined) this.#tell({ kind: "failed", effect, what: AWAY });
      else then(result.value);
    });
  }

  /** Fills all shards at once, each part by part and piece by piece. */
  #fill(id: TaskId, over: (isDone: boolean) => void): void {
    const { stores, subscribers, model, events } = this.#parts;
    const task = stores.taskOf({ task: id });
    const parts = stores.parts(task);
    const isMissing = parts.map(({ store }) => !store.status(events.now).isFilled);
    const lists = isMissing.includes(true) ? subscribers[task]!.byPart(model.dispatcher.parts) : [];
    this.#inChains(
      stores.shards.map((_, shard) => ({ shard, steps: placesOn(parts, shard).filter((part) => isMissing[part]) })),
      (part) => lists[part]!.length,
      (part) => {
        parts[part]!.store.fill(lists[part]!, events.now);
      },
      (isDone) => {
        if (isDone) this.#table.set(id, { ...this.#table.get(id)!, total: subscribers[task]!.pushed });
        over(isDone);
      },
    );
  }

  /** Looks at the records first and the store after: then the store knows every block of theirs, or has lost it. */
  #look(effect: Extract<DispatcherEffect, { kind: "look" }>): void {
    const { stores, events } = this.#parts;
    const parts = stores.parts(stores.taskOf(effect));
    const views: PartView[] = [];
    const status = () => parts.map((part) => part.records.status());
    this.#askTable(effect, status, (records) => {
      this.#inChains(
        stores.shards.map((_, shard) => ({ shard, steps: placesOn(parts, shard).length === 0 ? [] : [shard] })),
        (shard) => placesOn(parts, shard).length,
        (shard) => {
          for (const part of placesOn(parts, shard))
            views.push({ part, store: parts[part]!.store.status(events.now), records: records[part]! });
        },
        (isDone) => {
          views.sort((a, b) => a.part - b.part);
          this.#tell(
            isDone ? { kind: "looked", task: effect.task, parts: views } : { kind: "failed", effect, what: AWAY },
          );
        },
      );
    });
  }

  /** Performs steps one after the other on each shard, all shards at once. Calls `over` when all have ended, with false if one was away. */
  #inChains(
    chains: readonly { readonly shard: number; readonly steps: readonly number[] }[],
    members: (step: number) => number,
    perform: (step: number) => void,
    over: (isDone: boolean) => void,
  ): void {
    let left = chains.length;
    let isDone = true;
    const close = (): void => {
      left -= 1;
      if (left === 0) over(isDone);
    };
    for (const { shard, steps } of chains) {
      const go = (place: number, written: number): void => {
        const step = steps[place];
        if (step === undefined || !isDone) {
          close();
          return;
        }
        const size = members(step);
        const isLast = written + PIECE >= size;
        this.#parts.stores.call(
          this.#caller,
          { shard, members: Math.min(PIECE, size - written) },
          () => {
            if (isLast) perform(step);
            return true;
          },
          (answer) => {
            if (answer === undefined) isDone = false;
            go(isLast ? place + 1 : place, isLast ? 0 : written + PIECE);
          },
        );
      };
      go(0, 0);
    }
  }
}

const isWork = ({ state, due }: Task, now: Instant): boolean => (state === "scheduled" ? due <= now : state !== "done");

const placesOn = (parts: readonly Part[], shard: number): readonly number[] =>
  parts.flatMap((part, number) => (part.shard === shard ? [number] : []));
