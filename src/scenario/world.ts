/** Combines the sections into the world of a scenario. */
import { camelCase } from "./fields.ts";
import type { Fields } from "./judge.ts";
import type { IntersectionOf, Scenario, WorldModel } from "./scenario.ts";
import type { CheckContext, Cost, KnownNames, Names, Section, Shape } from "./section.ts";
import { SECTIONS } from "./sections.ts";

const ALL: readonly Section[] = SECTIONS;

/** The keys of all sections, each with its schema. */
export const worldShape = Object.assign({}, ...ALL.map(({ shape }) => shape)) as IntersectionOf<
  (typeof SECTIONS)[number]["shape"]
> satisfies Shape;

/** The names of these keys. */
export const WORLD_KEYS: readonly string[] = Object.keys(worldShape);

/** The readable parts of a world. */
export type ReadWorld = Fields<typeof worldShape>;

/** Returns the world with camelCase keys; keys of several words come last. */
export const worldOf = (read: ReadWorld): WorldModel => {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(read);
  const isRenamed = ([key]: readonly [string, unknown]): boolean => camelCase(key) !== key;
  const ordered = [...entries.filter((entry) => !isRenamed(entry)), ...entries.filter(isRenamed)];
  const world: unknown = Object.fromEntries(ordered.map(([key, value]): [string, unknown] => [camelCase(key), value]));
  return world as WorldModel;
};

/** Reports inconsistencies in the readable parts of a world. */
export const checkWorld = (world: ReadWorld, context: CheckContext): void => {
  for (const section of ALL) section.check(world, context);
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

/** Returns the warnings about valid but risky configurations. */
export const warningsOf = ({ world }: Pick<Scenario, "world">): readonly string[] =>
  ALL.flatMap((section) => section.warn?.(world) ?? []);

/** Returns the cost of one replication on one thread, by section. */
export const costsOf = ({ world, run }: Pick<Scenario, "world" | "run">): readonly Cost[] =>
  ALL.map((section) => section.cost(world, run));

/** True if several threads can share one replication of this world. */
export const runsOnThreads = ({ world }: Pick<Scenario, "world">): boolean =>
  ALL.every((section) => section.runsOnThreads || !section.isIn(world));
