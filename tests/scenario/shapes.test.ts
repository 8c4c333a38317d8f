import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { TARGETS } from "../../src/scenario/faults.ts";
import { interventionShape } from "../../src/scenario/interventions.ts";
import { runShape } from "../../src/scenario/schema.ts";
import { toWrite } from "../../src/scenario/shapes.ts";
import { worldShape } from "../../src/scenario/world.ts";

type Schema = z.core.$ZodType;
type Named = readonly (readonly [path: string, schema: Schema])[];

/** Returns all fields at and below a schema. */
const fieldsOf = (path: string, schema: Schema): Named => {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const below = (): Named => {
    switch (def.type) {
      case "optional":
      case "default":
      case "prefault":
        return fieldsOf(path, def.innerType);
      case "pipe":
        return fieldsOf(path, def.in);
      case "union":
        return def.options.flatMap((option) => fieldsOf(path, option));
      case "array":
        return fieldsOf(`${path}[]`, def.element);
      case "record":
        return fieldsOf(`${path}.*`, def.valueType);
      case "object":
        return Object.entries(def.shape).flatMap(([key, field]) => fieldsOf(`${path}.${key}`, field));
      default:
        return [];
    }
  };
  return [[path, schema], ...below()];
};

const ALL: Named = [
  ...Object.entries({ ...worldShape, ...runShape, ...interventionShape }),
  ...TARGETS.flatMap(({ effects }) => Object.entries(effects).map(([key, { field }]) => [key, field] as const)),
].flatMap(([key, schema]) => fieldsOf(key, schema as Schema));

describe("an example of a field", () => {
  it("is accepted by the field", () => {
    let count = 0;
    for (const [path, schema] of ALL) {
      const { json } = (z.globalRegistry.get(schema) ?? {}) as { json?: { examples?: readonly unknown[] } };
      for (const example of json?.examples ?? []) {
        count += 1;
        expect(z.safeParse(schema, example).success, `${path}: ${String(example)}`).toBe(true);
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  it("in the hint for a missing key is accepted too", () => {
    for (const [path, schema] of ALL) {
      const key = path.split(".").at(-1)!;
      const [, sample = "…"] = /^write [^:]+: (.*)$/.exec(toWrite(key, schema)) ?? [];
      if (sample.includes("…")) continue;
      const result = z.safeParse(schema, parse(sample));
      expect(result.error?.issues ?? [], `${path}: ${sample}`).toEqual([]);
    }
  });

  it("of a network delay or a computing time is in milliseconds", () => {
    for (const path of ["delay", "regions.*.delay", "services.tiers.*.work.mean"]) {
      const [, schema] = ALL.find(([one]) => one === path)!;
      expect(toWrite("x", schema), path).toBe("write x: 80 ms");
    }
  });
});
