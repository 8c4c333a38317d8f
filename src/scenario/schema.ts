/** The schema of a scenario file, and its JSON Schema for editors. */
import { z } from "zod";
import { expectShape, thresholdShape } from "./expectations.ts";
import { faultShape, TARGETS } from "./faults.ts";
import { duration, either, fields, id, named, repetitions, scale, text } from "./fields.ts";
import { interventionShape } from "./interventions.ts";
import { provenanceField } from "./provenance.ts";
import { worldShape } from "./world.ts";

/** The keys of `run`. */
export const runShape = {
  duration: duration("Simulated time of a run", { positive: true }),
  warmup: duration("Warm-up: the default window begins after it"),
  scale: scale("Rows per person: 1/1000 simulates one row per thousand people, 1 one row per person"),
  replications: repetitions(
    "Number of runs with different random draws; with two numbers, such as 4..10, at least the first, and more until every judged row is decided",
    10_000,
  ),
  heartbeats: z.enum(["foretold", "each"]).default("foretold").meta({
    description:
      "foretold (default): heartbeats without consequences are counted as a rate, which is faster; each: every heartbeat is simulated, with the same distribution of results",
  }),
};

/** The keys of a file that belong to no section of the world, except `run` and the lists. */
export const headShape = {
  version: z.literal(1).meta({ description: "Version of this format" }),
  name: id("Name of the scenario, and of the folder of its reports"),
  title: z.exactOptional(text("Title in reports, one line; the name by default")),
  description: z.exactOptional(text("What happened, and what the scenario should show")),
  extends: z.exactOptional(text("Base scenario: a file in the folder of this one, else a shipped one")),
  sources: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), text("Description of the source"))
    .default({})
    .meta({ description: "Sources of numbers: key → description" }),
  seed: z.exactOptional(
    text("Seed of all random draws").meta({
      json: { type: ["string", "number"] },
      description: "Seed of all random draws: any text; the name by default",
    }),
  ),
  windows: named(
    either(
      text("Start and end, such as 20 min..40 min"),
      fields(
        {
          from: duration("Start time, counted from the start of the run"),
          to: duration("End time, counted from the start of the run"),
        },
        "Start and end",
      ),
      "Part of the run that figures can refer to",
    ),
    "Windows by name; the window run (from warm-up to the end) is built in",
  ).default({}),
  provenance: provenanceField.default({}),
};

const listOf = (item: z.ZodType, description: string) => z.array(item).meta({ description });

const scenarioSchema = z.strictObject({
  ...headShape,
  run: fields(runShape, "Length, size and number of runs"),
  faults: listOf(
    z.union(
      TARGETS.map((target) => z.strictObject(faultShape(target)).meta({ description: `Fault at ${target.noun}` })),
    ),
    "Faults: what goes wrong, where and when",
  ),
  interventions: listOf(
    z.strictObject(interventionShape),
    "Interventions: actions of operators, one action at one time each",
  ),
  expect: listOf(z.strictObject(expectShape), "Expectations: published values; a miss means that the model is wrong"),
  thresholds: listOf(
    z.strictObject(thresholdShape),
    "Thresholds: requirements; a miss means that the design is not good enough",
  ),
  ...worldShape,
});

/** Returns the JSON Schema (2020-12) of one file; keys that a base may supply are not required. */
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

/** Removes required keys that a base may supply: values merge by key or id, so only ids, `version` and `name` remain. */
const loosen = (schema: z.core.JSONSchema.BaseSchema, path: readonly (string | number)[]): void => {
  const replaced = path.includes("expect") || path.includes("thresholds");
  if (replaced || schema.required === undefined) return;
  const kept = schema.required.filter(
    (key) => key === "id" || (path.length === 0 && (key === "version" || key === "name")),
  );
  if (kept.length === 0) delete schema.required;
  else schema.required = kept;
};
