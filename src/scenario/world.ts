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

/**
 * Returns the world with camelCase keys. The names in each map come in order of the alphabet, so that no result depends on
 * the order in a file.
 */
export const worldOf = (read: ReadWorld): WorldModel => {
  const world = Object.entries(read).map(([key, value]): [string, unknown] => [camelCase(key), inOrder(value)]);
  return Object.fromEntries(world) as unknown as WorldModel;
};

/** Returns the value with the keys of all maps in order. Compares code units: an order of the machine's language would differ. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, below]) => [key, inOrder(below)]));
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
