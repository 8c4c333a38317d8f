/** Mends a task's stores after one of them has lost something: each part is looked at, and what the plan says is done. */
import { type Repair, reconcilePart } from "../../algorithms/push/reconcile.ts";
import type { PushModel } from "../../scenario/push/shape.ts";
import type { Diary } from "./diary.ts";
import type { Doubts } from "./doubts.ts";
import type { Caller, Lines, Part, Stores } from "./stores.ts";
import type { Subscribers } from "./subscribers.ts";

export interface RepairParts {
  readonly model: PushModel;
  readonly diary: Diary;
  readonly lines: Lines;
  readonly stores: Stores;
  readonly doubts: Doubts;
  readonly subscribers: readonly Subscribers[];
}

export class Repairs {
  readonly #parts: RepairParts;
  readonly #caller: Caller;

  constructor(parts: RepairParts, caller: Caller) {
    this.#parts = parts;
    this.#caller = caller;
  }

  /** Not done when a shard or the records were away: then it is begun anew. */
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

  /** The records are read first and the store after. */
  #plan(part: Part, audience: () => readonly number[], then: (repairs: readonly Repair[] | undefined) => void): void {
    this.#askRecords(
      () => part.records.all(),
      (records) => {
        this.#askStore(
          part,
          () => {
            const { isFilled } = part.store.status(this.#parts.diary.now);
            const store = { isFilled, ...part.store.contents() };
            return reconcilePart({ audience: isFilled ? [] : audience(), records, store });
          },
          then,
        );
      },
      () => {
        then(undefined);
      },
    );
  }

  #perform(part: Part, repairs: readonly Repair[], over: (isDone: boolean) => void): void {
    const [repair, ...rest] = repairs;
    if (repair === undefined) {
      over(true);
      return;
    }
    const { block, members } = { block: 0, ...repair };
    const onStore = (perform: () => void): void => {
      this.#askStore(
        part,
        () => {
          perform();
          return true;
        },
        (isDone) => {
          if (isDone === undefined) over(false);
          else this.#perform(part, rest, over);
        },
        members.length,
      );
    };
    const onRecords = (perform: () => void): void => {
      this.#askRecords(
        perform,
        () => {
          this.#perform(part, rest, over);
        },
        () => {
          over(false);
        },
      );
    };
    const { diary, doubts } = this.#parts;
    switch (repair.kind) {
      case "finish":
        onStore(() => {
          part.store.finish({ block, members, now: diary.now });
        });
        return;
      case "restore":
        onStore(() => {
          doubts.write(part.shard, { at: diary.now, task: part.task, uins: members });
          part.store.restore({ block, members, now: diary.now });
        });
        return;
      case "fill":
        onStore(() => {
          part.store.fill(members, diary.now);
        });
        return;
      case "record":
        onRecords(() => {
          part.records.record(block, members);
        });
        return;
      case "record-finished":
        onRecords(() => {
          part.records.finish(block, members);
        });
        return;
    }
  }

  #askStore<T>(part: Part, perform: () => T, answer: (result: T | undefined) => void, members = 1): void {
    this.#parts.stores.call(this.#caller, { shard: part.shard, members }, perform, answer);
  }

  #askRecords<T>(perform: () => T, then: (result: T) => void, over: () => void): void {
    this.#parts.stores.callRecords(this.#caller, perform, (result) => {
      if (result === undefined) over();
      else then(result.value);
    });
  }
}
