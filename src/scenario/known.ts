/** What a run and a study know of a scenario by its sections: names, costs, and whose a fault is. It loads no schema. */
import type { Scenario } from "./scenario.ts";
import type { Cost, KnownNames, Names, Section } from "./section.ts";
import { SECTIONS } from "./sections.ts";

const ALL: readonly Section[] = SECTIONS;

/** Returns the section that a fault belongs to: the one that has its selectors, and the first one without any. */
export const sectionOf = ({ where }: { readonly where: object }): Section => {
  const [first, ...others] = ALL;
  const selectors = Object.keys(where);
  return others.find((section) => selectors.some((one) => section.selectors.includes(one))) ?? first!;
};

/** Returns all names of a world by kind. */
export const namesOfWorld = (world: object, known: KnownNames): Names =>
  Object.assign({}, ...ALL.map((section) => section.names(world, known))) as Names;

/** Returns all names that figures and selectors of a resolved scenario may use. */
export const namesOfScenario = ({
  world,
  faults,
  interventions,
  windows,
}: Pick<Scenario, "world" | "faults" | "interventions" | "windows">): Names => {
  const parts = world as unknown as Readonly<Record<string, object | undefined>>;
  return {
    ...namesOfWorld(world, {
      keysOf: (key) => Object.keys(parts[key] ?? {}),
      has: (key) => parts[key] !== undefined,
    }),
    fault: faults.map(({ id }) => id),
    intervention: interventions.map(({ id }) => id),
    window: Object.keys(windows),
  };
};

/** Returns the cost of one replication on one thread, by section. */
export const costsOf = ({ world, run }: Pick<Scenario, "world" | "run">): readonly Cost[] =>
  ALL.map((section) => section.cost(world, run));

/** True if several threads can share one replication of this world. */
export const runsOnThreads = ({ world }: Pick<Scenario, "world">): boolean =>
  ALL.every((section) => section.runsOnThreads || !section.isIn(world));
