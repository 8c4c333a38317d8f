/** Looks into the schema: what may be written at a path, which keys it knows there, and an example of each. */
import { z } from "zod";
import type { Path } from "./positions.ts";

/**
 * Returns the schemas of a path below `schema`, without what makes them optional: none for an unknown path, several for
 * a union.
 */
export const schemasAt = (schema: z.core.$ZodType, steps: Path): readonly z.core.$ZodType[] => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "optional" || def.type === "default" || def.type === "prefault")
    return schemasAt(def.innerType, steps);
  const [first, ...rest] = steps;
  if (first === undefined) return [schema];
  switch (def.type) {
    case "pipe":
      return schemasAt(def.in, steps);
    case "union":
      return def.options.flatMap((option) => schemasAt(option, steps));
    case "array":
      return schemasAt(def.element, rest);
    case "record":
      return schemasAt(def.valueType, rest);
    case "object": {
      const below = def.shape[String(first)];
      return below === undefined ? [] : schemasAt(below, rest);
    }
    default:
      return [];
  }
};

/** Returns the keys that the schema knows at a path, for "did you mean". */
export const keysAt = (schema: z.core.$ZodType, steps: Path): readonly string[] =>
  schemasAt(schema, steps).flatMap((one): readonly string[] => {
    const { def } = (one as z.core.$ZodTypes)._zod;
    if (def.type === "pipe") return keysAt(def.in, []);
    if (def.type === "union") return def.options.flatMap((option) => keysAt(option, []));
    return def.type === "object" ? Object.keys(def.shape) : [];
  });

/** Returns the hint for a missing key: the key with an example, or with its description. */
export const toWrite = (key: string, schema: z.core.$ZodType): string => {
  const sample = sampleOf(schema);
  const description = z.globalRegistry.get(schema)?.description;
  return `write ${key}: ${sample}${sample !== ANY || description === undefined ? "" : ` (${description})`}`;
};

const ANY = "…";

/** Returns the shortest valid value of a schema; `…` for a part without an example. */
const sampleOf = (schema: z.core.$ZodType): string => {
  const { json } = (z.globalRegistry.get(schema) ?? {}) as {
    readonly json?: { readonly examples?: readonly unknown[] };
  };
  const [example] = json?.examples ?? [];
  if (typeof example === "string" || typeof example === "number") return String(example);
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "optional":
    case "default":
    case "prefault":
      return sampleOf(def.innerType);
    case "pipe":
      return sampleOf(def.in);
    case "enum":
      return String(Object.values(def.entries)[0]);
    case "object": {
      const written = requiredOf(def.shape)
        .map(([key, field]) => `${key}: ${sampleOf(field)}`)
        .join(", ");
      return written === "" ? "{}" : `{ ${written} }`;
    }
    case "record":
      return `{ name: ${sampleOf(def.valueType)} }`;
    case "union":
      return def.options.map(sampleOf).find((sample) => sample !== ANY) ?? ANY;
    case "literal":
      return String(def.values[0]);
    case "boolean":
      return "true";
    case "number":
      return numberOf(schema);
    default:
      return ANY;
  }
};

/** Returns a number that the schema accepts, of 3, 1 and its bounds. */
const numberOf = (schema: z.core.$ZodType): string => {
  const { minimum, maximum } = schema._zod.bag;
  const accepted = [3, 1, minimum, maximum].find((one) => z.safeParse(schema, one).success);
  return typeof accepted === "number" ? String(accepted) : ANY;
};

const requiredOf = (shape: z.core.$ZodShape): readonly (readonly [string, z.core.$ZodType])[] =>
  Object.entries(shape).filter(([, field]) => field._zod.optin === undefined);

/** True if the schema is a map of names to things that have required keys of their own, such as regions or tiers. */
export const isMapOfNamed = (schema: z.core.$ZodType): boolean =>
  schemasAt(schema, []).some((one): boolean => {
    const { def } = (one as z.core.$ZodTypes)._zod;
    if (def.type === "pipe") return isMapOfNamed(def.in);
    return def.type === "record" && schemasAt(def.valueType, []).some(hasRequiredKeys);
  });

const hasRequiredKeys = (schema: z.core.$ZodType): boolean => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "pipe") return hasRequiredKeys(def.in);
  return def.type === "object" && requiredOf(def.shape).length > 0;
};
