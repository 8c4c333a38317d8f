/** Combines the forms of the sections into the world of a scenario file. */
import { camelCase } from "./fields.ts";
import { FORMS } from "./forms.ts";
import type { Fields } from "./judge.ts";
import type { IntersectionOf, Scenario, WorldModel } from "./scenario.ts";
import type { CheckContext, Form, Shape } from "./section.ts";

const ALL: readonly Form[] = FORMS;

/** The keys of all sections, each with its schema. */
export const worldShape = Object.assign({}, ...ALL.map(({ shape }) => shape)) as IntersectionOf<
  (typeof FORMS)[number]["shape"]
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
  for (const form of ALL) form.check(world, context);
};

/** Returns the warnings about valid but risky configurations. */
export const warningsOf = ({ world }: Pick<Scenario, "world">): readonly string[] =>
  ALL.flatMap((form) => form.warn?.(world) ?? []);
