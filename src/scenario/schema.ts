/** The schema of a scenario file: what may be said, in which units. Editors get it as JSON Schema. */
import { z } from "zod";
import { expectShape, thresholdShape } from "./expectations.ts";
import { faultShape, TARGETS } from "./faults.ts";
import { count, duration, either, fields, id, named, scale, text } from "./fields.ts";
import { interventionShape } from "./interventions.ts";
import { provenanceField } from "./provenance.ts";
import { worldShape } from "./world.ts";

export const runShape = {
  duration: duration("Simulated time", { positive: true }),
  warmup: duration("Until the default window begins"),
  scale: scale("How many people a row stands for: 1/1000, or 1"),
  replications: count("Runs with different draws", { min: 1, max: 10_000 }),
  heartbeats: z.enum(["foretold", "each"]).default("foretold").meta({
    description:
      "foretold: beats that change nothing are counted as a rate, so that a run costs what happens; each: all are lived, equal in distribution",
  }),
};

export const headShape = {
  version: z.literal(1).meta({ description: "Version of this format" }),
  name: id("Name of the scenario; reports lie in a folder of this name"),
  title: z.exactOptional(text("One line for people; the name by default")),
  description: z.exactOptional(text("What happened and what it should show")),
  extends: z.exactOptional(text("A base: from this file's folder, then among the shipped scenarios")),
  sources: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), text("What it is"))
    .default({})
    .meta({ description: "Key → what it is" }),
  seed: z.exactOptional(
    text("Any text; the name by default").meta({
      json: { type: ["string", "number"] },
      description: "Any text, as written; the name by default",
    }),
  ),
  windows: named(
    either(
      text("From and to, such as 20 min..40 min"),
      fields({ from: duration("Begin"), to: duration("End") }, "From and to"),
      "A stretch of the run that figures can be asked of",
    ),
    "Windows by name; run (warmup to the end) is always there",
  ).default({}),
  provenance: provenanceField.default({}),
};

const listOf = (item: z.ZodType, description: string) => z.array(item).meta({ description });

const scenarioSchema = z.strictObject({
  ...headShape,
  run: fields(runShape, "How long, how large, how often"),
  faults: listOf(
    z.union(
      TARGETS.map(({ target }) =>
        z.strictObject(faultShape(target)).meta({ description: `A fault of ${target.noun}` }),
      ),
    ),
    "What goes wrong, where and when",
  ),
  interventions: listOf(z.strictObject(interventionShape), "What is done about it, each one action at one time"),
  expect: listOf(z.strictObject(expectShape), "Published figures: a miss means the model is wrong"),
  thresholds: listOf(z.strictObject(thresholdShape), "Our limits: a miss means the design is not good enough"),
  ...worldShape,
});

/** JSON Schema (2020-12) of one file. What `extends` may supply is not required here. */
export const scenarioJsonSchema = (): Record<string, unknown> => {
  const { $schema, ...schema } = z.toJSONSchema(scenarioSchema, {
    io: "input",
    override: ({ zodSchema, jsonSchema, path }) => {
      const { json, description } = jsonSchema;
      if (typeof json === "object") {
        for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
        Object.assign(jsonSchema, description === undefined ? {} : { description }, json);
      }
      if (zodSchema._zod.def.type === "object") loosen(jsonSchema, path);
    },
  });
  return { $schema, $id: "firedrill.scenario/1", title: "Firedrill scenario", ...schema };
};

/** A file may leave to its base what merges by key or id: only what names a thing must be said again. */
const loosen = (schema: z.core.JSONSchema.BaseSchema, path: readonly (string | number)[]): void => {
  const replaced = path.includes("expect") || path.includes("thresholds");
  if (replaced || schema.required === undefined) return;
  const kept = schema.required.filter(
    (key) => key === "id" || (path.length === 0 && (key === "version" || key === "name")),
  );
  if (kept.length === 0) delete schema.required;
  else schema.required = kept;
};
