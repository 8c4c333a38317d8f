/** The schema of a run's document, which scripts may rely on. */
import { z } from "zod";
import type { RunDocument } from "../study/document.ts";

const number = z.number();
const verdict = z
  .enum(["held", "broken", "unknown"])
  .meta({ description: "Broken or held only when the whole interval says so" });
const range = z.tuple([number, number]).meta({ description: "95 % t interval of the mean over replications" });
const atLeast = z.exactOptional(
  z.literal(true).meta({ description: "Some replications were cut off there: it is at least this much" }),
);
const atMost = z.exactOptional(
  z.literal(true).meta({ description: "Of a difference: the twin was cut off, so it is at most this much" }),
);
const cutOff = z.exactOptional(
  z
    .strictObject({
      n: z.int().meta({ description: "Replications known only as beyond a value" }),
      of: z.int().meta({ description: "Replications with data" }),
      seen: number.nullable().meta({ description: "Mean of the others; null without any" }),
      beyond: number.nullable().meta({ description: "The value that all n are beyond; null if on both sides" }),
    })
    .meta({ description: "With atLeast or atMost: the replications that leave the value open" }),
);
const mean = number.meta({ description: "Mean over replications; those cut off stand where they were cut off" });
const interval = { value: mean, ci95: range, atLeast, atMost, cutOff };
const few = z.exactOptional(
  z.strictObject({ percent: z.number(), n: z.int(), needed: z.int(), in: z.enum(["each", "all"]) }).meta({
    description: "Of a percentile with too few observations: those of the least replication, or of all together",
  }),
);
const group = z.exactOptional(
  z
    .strictObject({ name: z.string(), is: z.enum(["largest", "smallest"]) })
    .meta({ description: "With by=: the group whose value it is" }),
);
const unit = z.string().max(20).meta({ description: "%, s, /s, /h, or empty for a count; percent as percent" });
const figure = z.string().meta({ description: "Canonical text, such as loss.mean{region=chongqing,window=fault}" });
const labelled = z.record(z.string(), z.array(z.string()));
/** A figure taken apart. */
export const figureParts = z
  .strictObject({
    metric: z.string().meta({ description: "Without the stat, such as loss" }),
    stat: z.string().meta({ description: "The last dotted part, such as mean" }),
    labels: labelled.meta({ description: "Values by label; empty where the figure is about everything" }),
    except: z.exactOptional(labelled.meta({ description: "Values that are left out, by label" })),
    by: z.exactOptional(z.string().meta({ description: "The label whose values are the groups" })),
    window: z.exactOptional(z.string().meta({ description: "Absent where it is the whole run" })),
  })
  .meta({
    description: "The figure taken apart; absent in documents of earlier versions, as min, max, kind, id, cause",
  });
const parts = z.exactOptional(figureParts);
const at = number.meta({ description: "Seconds of simulated time" });

const figureResult = z.strictObject({
  ...interval,
  unit,
  n: z.int().meta({ description: "Replications with data" }),
  trials: z.exactOptional(
    z.int().meta({ description: "Of a share: independent observations of all replications, such as tasks or rows" }),
  ),
  within: z.exactOptional(
    number.meta({
      description: "How far the value may be from that at full scale, either way, as rows stand for many people",
    }),
  ),
  unfinished: z.exactOptional(
    number.meta({ description: "Percent of what a time counts that had not ended when it was cut off" }),
  ),
  noFault: z.exactOptional(
    z.strictObject(interval).meta({ description: "Same seeds without faults and interventions" }),
  ),
  difference: z.exactOptional(z.strictObject(interval).meta({ description: "Paired difference to that" })),
  touched: z.exactOptional(
    number.meta({ description: "People that the difference touches at least; only of what people feel" }),
  ),
  few,
  fewInTwins: few,
  groups: z.exactOptional(
    z.record(z.string(), z.strictObject(interval)).meta({ description: "With by=: every group" }),
  ),
  group,
  parts,
});

const binds = z.exactOptional(
  z.string().meta({ description: "Of how full things are: which of them is fullest, such as shanghai logic" }),
);
const why = z.exactOptional(z.string().meta({ description: "Why the verdict is unknown" }));
const remarks = z.exactOptional(z.array(z.string()).meta({ description: "What a reader must know of the row" }));
const judged = {
  value: number.nullable(),
  unit,
  ci95: range.nullable(),
  atLeast,
  atMost,
  cutOff,
  binds,
  group,
  verdict,
  why,
  remarks,
};
const shows = z.exactOptional(z.literal("failure").meta({ description: "It is green only while something fails" }));

/** The schema of the scheduler's decisions. */
export const decisionsSchema = z.array(
  z.strictObject({
    at,
    by: z.literal("scheduler"),
    kind: z.enum(["alert", "all-clear", "move", "step", "restore", "fail-open", "evacuation"]),
    what: z.string(),
    who: z.string(),
    ip: z.string(),
    why: z.array(z.string()),
    cause: z.exactOptional(
      z.string().meta({
        description: "Of a move, step or restore: the reason that gateways led together have in common",
      }),
    ),
  }),
);

/** The schema of `run.json`. */
export const runSchema = z.strictObject({
  schema: z.literal("firedrill.run/1"),
  tool: z.string().meta({ description: "Version of Firedrill" }),
  scenario: z.strictObject({ name: z.string(), title: z.string(), fingerprint: z.string() }),
  seed: z.string(),
  scale: z.string().meta({ description: "1/1000: a row stands for a thousand people" }),
  replications: z.int().min(1),
  digest: z.string().meta({ description: "Covers every event of every replication" }),
  population: z.strictObject({ online: z.int().min(0), rows: z.int().min(0) }),
  events: z.int().min(0),
  figures: z.record(figure, figureResult),
  expect: z.array(
    z.strictObject({
      figure,
      parts,
      between: z.exactOptional(z.tuple([z.number(), z.number()])),
      kind: z.enum(["by-construction", "as-it-comes"]),
      published: z.string(),
      source: z.string(),
      fixedBy: z.exactOptional(z.array(z.string())),
      ...judged,
    }),
  ),
  thresholds: z.array(
    z.strictObject({
      figure,
      parts,
      limit: z.string(),
      min: z.exactOptional(number.meta({ description: "What limit says, inclusive, in the row's unit" })),
      max: z.exactOptional(number),
      shows,
      ...judged,
    }),
  ),
  notJudged: z
    .array(z.string())
    .meta({ description: "What was asked and cannot be judged in this run, with the reason" }),
  unproved: z.exactOptional(z.array(z.string()).meta({ description: "Those of them that leave the run inconclusive" })),
  invariants: z.array(z.strictObject({ name: z.string(), verdict, why: z.exactOptional(z.string()) })),
  oddOneOut: z
    .exactOptional(
      z.strictObject({
        replication: z.int().min(0),
        figure,
        parts,
        unit,
        value: number,
        atLeast,
        others: z.tuple([number, number]),
      }),
    )
    .meta({ description: "The replication that differs from the others by more than chance explains; absent if none" }),
  timeline: z.array(
    z.strictObject({
      at,
      kind: z.exactOptional(z.enum(["fault-begins", "fault-ends", "intervention"])),
      id: z.exactOptional(z.string().meta({ description: "Of the fault or the intervention, as in the scenario" })),
      what: z.string(),
      who: z.string(),
    }),
  ),
  decisions: decisionsSchema,
  assumptions: z.array(
    z.strictObject({
      parameter: z.string(),
      value: z.string(),
      provenance: z.enum(["measured", "published", "assumed", "calibrated"]),
      source: z.string(),
    }),
  ),
  changes: z
    .exactOptional(z.array(z.strictObject({ parameter: z.string(), value: z.string(), before: z.string() })))
    .meta({ description: "What the command changed of the file; absent if nothing" }),
  verdict,
  partial: z.exactOptional(z.literal(true)),
}) satisfies z.ZodType<RunDocument>;

/** Returns the JSON Schema (2020-12) of `firedrill.run/1`. */
export const runJsonSchema = (): Record<string, unknown> => {
  const { $schema, ...schema } = z.toJSONSchema(runSchema, { io: "output" });
  return { $schema, $id: "firedrill.run/1", title: "Firedrill run document", ...schema };
};
