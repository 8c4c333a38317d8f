/** Invariants of push: no subscriber is lost, and every duplicate has a cause. */
import type { Census } from "../../world/push/census.ts";
import type { Push } from "../../world/push/push.ts";
import type { InvariantResult } from "../findings.ts";
import { type Invariant, Invariants } from "../invariants.ts";

/** Subscribers that can be counted one by one every simulated minute (chosen: a tenth of a second of computing). */
const CENSUS_PER_CHECK = 5_000_000;

interface Look {
  /** Descriptions of duplicates beyond the number that each cause explains. */
  readonly excesses: readonly string[];
  /** Counts of the tasks that are counted in this check. */
  readonly tasks: readonly Census[];
}

/** Checks the invariants of push. */
export class PushInvariants {
  readonly #push: Push;
  readonly #invariants = new Invariants(INVARIANTS);
  #checks = 0;

  constructor(push: Push) {
    this.#push = push;
  }

  /** Checks all invariants. A task with very many subscribers is counted only in some checks, and in the last one. */
  check(isLast: boolean): readonly InvariantResult[] {
    this.#checks += 1;
    const excesses = this.#push.excesses();
    const tasks = this.#push.subscribers.flatMap(({ count }, task) =>
      isLast || this.#checks % Math.ceil(count / CENSUS_PER_CHECK) === 0 ? [this.#push.census(task)] : [],
    );
    return this.#invariants.check({ excesses, tasks });
  }
}

/** Describes the first broken task; undefined if none is. */
const firstOf = (
  { tasks }: Look,
  isBroken: (task: Census) => boolean,
  print: (task: Census) => string,
): string | undefined => {
  const found = tasks.find(isBroken);
  return found === undefined ? undefined : print(found);
};

const INVARIANTS: readonly Invariant<Look>[] = [
  {
    name: "told again within what each cause explains",
    breach: ({ excesses }) => (excesses.length === 0 ? undefined : excesses.join("; ")),
  },
  {
    name: "whoever is claimed has left the source",
    breach: (look) =>
      firstOf(
        look,
        ({ doubles }) => doubles !== 0,
        ({ name, doubles }) => `${String(doubles)} of ${name} are in the source and in a claim`,
      ),
  },
  {
    name: "whoever is to be told is in the store",
    breach: (look) =>
      firstOf(
        look,
        ({ strays }) => strays !== 0,
        ({ name, strays }) => `${String(strays)} of ${name} are not told, in no source and in no claim`,
      ),
  },
  {
    name: "whoever subscribed to a task that is done was told",
    breach: (look) =>
      firstOf(
        look,
        ({ missed }) => missed !== 0,
        ({ name, missed }) => `${name} is done, and ${String(missed)} were not told`,
      ),
  },
];
