/** What must be true of push: nobody is lost, and nobody is told again without a cause. */
import type { Census } from "../../world/push/census.ts";
import type { Push } from "../../world/push/push.ts";
import type { InvariantResult } from "../findings.ts";
import { type Invariant, Invariants } from "../invariants.ts";

/** Subscribers who can be looked for one by one every minute (chosen: a tenth of a second). */
const CENSUS_A_LOOK = 5_000_000;

interface Look {
  /** Messages told again beyond what each cause explains, in words. */
  readonly excesses: readonly string[];
  /** Of the tasks that are counted in this look. */
  readonly tasks: readonly Census[];
}

/** Looks at all that gets reminders told. */
export class PushInvariants {
  readonly #push: Push;
  readonly #invariants = new Invariants(INVARIANTS);
  #looks = 0;

  constructor(push: Push) {
    this.#push = push;
  }

  /** Checks them all. A task with very many subscribers is counted only now and then, and in the last look. */
  check(isLast: boolean): readonly InvariantResult[] {
    this.#looks += 1;
    const excesses = this.#push.excesses();
    const tasks = this.#push.subscribers.flatMap(({ count }, task) =>
      isLast || this.#looks % Math.ceil(count / CENSUS_A_LOOK) === 0 ? [this.#push.census(task)] : [],
    );
    return this.#invariants.check({ excesses, tasks });
  }
}

/** Describes the first task that does not pass. */
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
