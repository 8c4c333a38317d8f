/** Repairs a task's stores after one of them has lost something: plans each part, and performs the plan. */
import { type Repair, reconcilePart, repairPart } from "../../algorithms/push/reconcile.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { EventQueue } from "../../engine/event-queue.ts";
import type { Audit } from "./audit.ts";
import type { StoreCaller, Lines, Part, Stores } from "./stores.ts";
import type { Subscribers } from "./subscribers.ts";

/** What repairs reach. */
export interface RepairParts {
  readonly model: PushModel;
  readonly events: EventQueue;
  readonly lines: Lines;
  readonly stores: Stores;
  readonly audit: Audit;
  readonly subscribers: readonly Subscribers[];
}

/** Repairs by one caller, the dispatcher. */
export class Repairs {
  readonly #parts: RepairParts;
  readonly #caller: StoreCaller;

  constructor(parts: RepairParts, caller: StoreCaller) {
    this.#parts = parts;
    this.#caller = caller;
  }

  /** Repairs all parts of a task, and calls `over` with false if a shard or the records were away. */
  mend(id: string, over: (isDone: boolean) => void): void {
    const { stores, subscribers, model } = this.#parts;
    const task = stores.taskOf({ task: id });
    let lists: readonly Uint32Array[] | undefined;
    const audience = (part: number): readonly number[] => {
      lists ??= subscribers[task]!.byPart(model.dispatcher.parts);
      return Array.from(lists[part]!);
    };
    const parts = stores.parts(task);
    const go = (number: number): void => {
      const part = parts[number];
      if (part === undefined) {
        over(true);
        return;
      }
      this.#plan(
        part,
        () => audience(number),
        (repairs) => {
          if (repairs === undefined) over(false);
          else
            this.#perform(part, repairs, (isDone) => {
              if (isDone) go(number + 1);
              else over(false);
            });
        },
      );
    };
    go(0);
  }

  /** Reads the records first and the store after. Hands undefined on when one of them is away. */
  #plan(part: Part, audience: () => readonly number[], then: (repairs: readonly Repair[] | undefined) => void): void {
    const { stores, events } = this.#parts;
    stores.callRecords(
      this.#caller,
      () => part.records.all(),
      (records) => {
        if (records === undefined) {
          then(undefined);
          return;
        }
        const plan = (): readonly Repair[] => {
          const { isFilled } = part.store.status(events.now);
          const store = { isFilled, ...part.store.contents() };
          return reconcilePart({ audience: isFilled ? [] : audience(), records: records.value, store });
        };
        stores.call(this.#caller, { shard: part.shard, members: 1 }, plan, then);
      },
    );
  }

  #perform(part: Part, repairs: readonly Repair[], over: (isDone: boolean) => void): void {
    const [repair, ...rest] = repairs;
    if (repair === undefined) {
      over(true);
      return;
    }
    const { stores, audit, events } = this.#parts;
    const write = (): true => {
      if (repair.on === "store" && repair.step === "restore") audit.wrote(part, repair.members);
      repairPart(repair, part, events.now);
      return true;
    };
    const then = (isWritten: boolean): void => {
      if (isWritten) this.#perform(part, rest, over);
      else over(false);
    };
    if (repair.on === "store")
      stores.call(this.#caller, { shard: part.shard, members: repair.members.length }, write, (isWritten) => {
        then(isWritten === true);
      });
    else
      stores.callRecords(this.#caller, write, (answer) => {
        then(answer !== undefined);
      });
  }
}
