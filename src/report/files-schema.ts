/** The schemas of the files beside a run's document: its pictures and its circumstances; and of goldens. */
import { z } from "zod";
import type { Meta, ReplicationDecisions, RunPictures } from "../study/document.ts";
import type { Golden } from "../study/golden.ts";
import { decisionsSchema, figureParts, runSchema } from "./schema.ts";

/** A time in seconds of simulated time: at most about the longest run. */
const seconds = z.number().min(0).max(2_000_000);
const values = z.array(z.number().nullable());
const level = z.exactOptional(z.strictObject({ at: z.number(), text: z.string() }));
/** Columns and rows of the map; far more than any country has. */
const cell = z.int().min(0).max(1_000);

const series = z
  .strictObject({
    figure: z.string(),
    parts: z.exactOptional(figureParts),
    title: z.string(),
    unit: z.string(),
    at: z.array(seconds),
    value: values,
    low: values,
    high: values,
    noFault: z.exactOptional(values),
  })
  .refine(({ at, value }) => at.length === value.length, { error: "at and value have different lengths" });

/** The name of a chart is the name of its file. */
const chartName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
  error: "is not the name of a chart: lower-case letters, digits and hyphens",
});

/** The schema of `timeline.json`. */
export const picturesSchema = z.strictObject({
  charts: z.array(
    z.strictObject({
      name: chartName,
      title: z.string(),
      unit: z.string(),
      limit: level,
      ceiling: level,
      series: z.array(series),
    }),
  ),
  centres: z.exactOptional(z.array(z.string())),
  tiles: z.array(
    z.strictObject({
      region: z.string(),
      code: z.string(),
      title: z.string(),
      tile: z.tuple([cell, cell]),
      loss: z.number().min(0).max(100).nullable(),
      noFault: z.number().min(0).max(100).nullable(),
      value: z.exactOptional(z.number().nullable()),
      valueNoFault: z.exactOptional(z.number().nullable()),
    }),
  ),
  map: z.exactOptional(z.strictObject({ figure: z.string(), parts: figureParts, unit: z.string() })),
  durationSeconds: seconds.positive(),
  windows: z.array(z.strictObject({ name: z.string(), from: seconds, to: seconds })),
}) satisfies z.ZodType<RunPictures>;

/** The schema of `decisions.json`: the decisions of every replication, numbered as in `replications.csv`. */
export const replicationsSchema = z.array(
  z.strictObject({ replication: z.int().min(0), decisions: decisionsSchema }),
) satisfies z.ZodType<readonly ReplicationDecisions[]>;

/** The schema of `meta.json`. */
export const metaSchema = z.strictObject({
  started: z.string(),
  wallSeconds: z.number(),
  eventsPerSecond: z.number(),
  memoryMiB: z.number(),
  workers: z.number(),
  host: z.string(),
  node: z.string(),
  v8: z.string(),
  reproduce: z.string(),
}) satisfies z.ZodType<Meta>;

/** The schema of a golden: a run's document with a reason, without what the scenario's fingerprint covers. */
export const goldenSchema = z.strictObject({
  ...runSchema.omit({ tool: true, assumptions: true, partial: true }).shape,
  schema: z.literal("firedrill.golden/1"),
  seed: z.string().min(1),
  scale: z.string().regex(/^1(\/[1-9]\d{0,8})?$/, { error: "is not a scale such as 1/1000" }),
  replications: z.int().min(1).max(100_000),
  reason: z.string(),
  decisionsInAll: z.int().min(0),
}) satisfies z.ZodType<Golden>;
