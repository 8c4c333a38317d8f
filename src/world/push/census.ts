/** Counts where the subscribers are that a task has not told yet: in the source, in a claim, or in a list to be filled in. */
import { partOf } from "../../algorithms/push/task.ts";
import { START } from "../../base/units.ts";
import type { Part } from "./stores.ts";
import type { Subscribers } from "./subscribers.ts";

/** Numbers of subscribers of one task that are not where they should be. */
export interface Census {
  /** Of the task. */
  readonly name: string;
  /** Not told, in no source and in no claim: they will never be told. */
  readonly strays: number;
  /** In the source and in a claim at once. */
  readonly doubles: number;
  /** Not told by a task that is done. */
  readonly missed: number;
}

interface Polled {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly told: Uint8Array;
  readonly subscribers: Subscribers;
  readonly isDone: boolean;
}

/** Returns the census of one task. Goes through all its subscribers. */
export const census = ({ name, parts, told, subscribers, isDone }: Polled): Census => {
  const isHeld = new Uint8Array(subscribers.count + 1);
  let doubles = 0;
  for (const { store } of parts) {
    for (const uin of store.source()) isHeld[uin] = 1;
    for (const members of store.contents().claims.values())
      for (const uin of members) {
        if (isHeld[uin] === 1) doubles += 1;
        isHeld[uin]! |= 2;
      }
  }
  const isFilled = parts.map(({ store }) => store.status(START).isFilled);
  let [strays, untold] = [0, 0];
  for (let uin = 1; uin <= subscribers.count; uin++) {
    if (told[uin] !== 0) continue;
    untold += 1;
    // Lists are filled before the task is due, without subscribers that their own app will tell then.
    if (isHeld[uin] === 0 && isFilled[partOf(uin, parts.length)] === true && !subscribers.hasFetched(uin)) strays += 1;
  }
  return { name, strays, doubles, missed: isDone ? untold : 0 };
};
