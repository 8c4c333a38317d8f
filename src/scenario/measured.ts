/**
 * Reads measurements: distributions of real TCP connections, one cell per condition. The conditions of a cell are kept as
 * written; the model reports which of them it cannot simulate.
 */
import { z } from "zod";
import { readJson } from "./json-file.ts";
import type { Problem } from "./problem.ts";

const time = z.number().nonnegative().nullable();

/** Conditions of a measurement. The model checks their values and reports those that it cannot simulate. */
const PARAMS = {
  rtt_ms: "Round-trip delay of the link without jitter; instead of base_one_way_ms",
  base_one_way_ms: "One-way delay of the link without jitter",
  cc: "Congestion control of both ends: cubic or bbr",
  loss_model: "bernoulli, gilbert_packet or gilbert_time; a text in brackets after it is a comment",
  loss: "bernoulli: probability of packet loss, each way",
  loss_up: "bernoulli: probability of packet loss from client to server, if the directions differ",
  loss_down: "bernoulli: probability of packet loss from server to client, if the directions differ",
  mean: "gilbert_packet and gilbert_time: mean packet loss, as a fraction",
  burst: "gilbert_packet: mean length of a burst of losses, in packets",
  bad_ms: "gilbert_time: mean length of an outage of both directions",
  syn_linear_timeouts: "Number of SYN timeouts of 1 s before they double: 0 up to Linux 6.4, 4 since 6.5",
  tcp_timestamps: "TCP timestamps: 1 (default) or 0",
  jitter: "Uniform delay added to each packet, order kept: “U(0,60) ms”",
  jitter_ms: "Highest uniform delay added to each packet, order kept; instead of jitter",
  rate_mbit: "Rate of the link, each way; inf by default",
  queue_bytes: "Size of the queue in front of the link; unlimited by default",
  exchanges: "Kinds login*: request and response sizes in bytes, one exchange after another: “300/1200, 300/8192”",
  size_bytes: "Kind upload: size of the upload",
  block: "Kind port_block: how connections are blocked, drop or rst",
  connect_timeout_ms: "Kind port_block: connect timeout of the client; none for the kernel's own",
  nat: "Kind heartbeat: none, “mapping expired after 45 s idle: silent drop”, or “…: new mapping, server answers RST”",
  idle_before_heartbeat_ms: "Kind heartbeat: idle time before the heartbeat",
  heartbeat_bytes: "Kind heartbeat: request and response sizes in bytes: “20/20”",
  app_timeout_ms: "Kind heartbeat: timeout of the app",
} as const;

const parameter = z.union([z.number(), z.string(), z.boolean()], { error: "expected a number, text, true or false" });
const described = Object.fromEntries(
  Object.entries(PARAMS).map(([name, description]) => [name, parameter.optional().meta({ description })]),
);

const bound = z.number().nullable();
const interval = z.tuple([bound, bound]).refine(([low, high]) => low === null || high === null || low <= high, {
  error: "the lower end is above the upper end",
});
/** Returns the schema of a value with its 95 % interval; null if too many connections failed. */
const measured = (description: string) =>
  z.looseObject({ v: z.number().nonnegative().nullable(), ci: interval }).optional().meta({ description });
const share = z.number().min(0).max(1);

/** Times in ascending order, null for failures last. */
const quantiles = z
  .array(time)
  .length(101)
  .superRefine((times, context) => {
    const at = times.findIndex((ms, place) => place > 0 && (ms ?? Infinity) < (times[place - 1] ?? Infinity));
    if (at > 0)
      context.addIssue({
        code: "custom",
        path: [at],
        message: "is below the quantile before it: sort the values, null last",
      });
  })
  .meta({
    description:
      "0th, 1st … 100th percentile of the times of all connections, in ms, ascending; null for connections that failed",
  });

const cell = z.looseObject({
  id: z
    .string()
    .regex(/^\P{C}{1,500}$/u, "expected 1 to 500 characters, none of them a control character")
    .meta({ description: "Unique id of the cell" }),
  kind: z.string().min(1).meta({
    description:
      "connect, login, login_variant, login_burst, login_jitter, login_asym, upload, port_block or heartbeat; another kind gets the verdict unknown",
  }),
  params: z
    .object(described)
    .catchall(parameter)
    .meta({ description: "Conditions of the measurement; a cell with another key gets the verdict unknown" }),
  stats: z
    .looseObject({
      n: z.number().positive().meta({ description: "Number of connections measured" }),
      q101_ms: quantiles,
      mean_censored_30s_ms: measured("Mean time of all connections, in ms; longer ones count as 30 s"),
      mean_of_successes_ms: measured(
        "Mean time of successful connections, in ms; judged if the mean of all is not given",
      ),
      success_10s: measured("Share of connections that succeed within 10 s, as a fraction"),
      success_30s: measured("Share of connections that succeed within 30 s, as a fraction"),
    })
    .meta({ description: "Results of the measurement; every given one is judged" }),
  outcomes: z.record(z.string(), share).optional().meta({
    description:
      "Kinds port_block and heartbeat: share of each outcome as a fraction, such as ok or connect_error:ECONNREFUSED",
  }),
});

const cells = z
  .array(cell)
  .min(1)
  .superRefine((given, context) => {
    const seen = new Set<string>();
    const at = given.findIndex(({ id }) => seen.size === seen.add(id).size);
    if (at >= 0) context.addIssue({ code: "custom", path: [at, "id"], message: `duplicate cell id ${given[at]!.id}` });
  });

const file = z.looseObject({ cells });

/** Returns the JSON Schema of a measured file. */
export const measuredJsonSchema = (): unknown => z.toJSONSchema(file, { io: "input", unrepresentable: "any" });

/** One cell of a measured file. */
export type MeasuredCell = z.infer<typeof cell>;

/** The cells, or all problems of the file; `missing` if there is no such file. */
export type MeasuredReading =
  { readonly cells: readonly MeasuredCell[] } | { readonly problems: readonly Problem[]; readonly missing: boolean };

/** Size of a file of thousands of cells. */
const MIB_MAX = 32;

/** Reads a measured file (JSON, at most 32 MiB). Errors in the file are returned, not thrown. */
export const readMeasured = (path: string): MeasuredReading => {
  const reading = readJson(path, file, {
    mib: MIB_MAX,
    hint: HINT,
    whole: 'write a JSON document: { "cells": [ … ] }',
    otherFormatOf,
    toWrite: (key) => (EXAMPLES[key] === undefined ? HINT : `write ${EXAMPLES[key]} (${HINT})`),
  });
  return "content" in reading ? { cells: reading.content.cells } : reading;
};

const HINT = "see the format: firedrill schema measured";

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names the format of a file that another tool wrote; undefined if it may be meant as a measured file. */
const otherFormatOf = (content: unknown): string | undefined => {
  const first: unknown = Array.isArray(content) ? content[0] : content;
  const wanted = "a measured file has a list cells, each with the quantiles of its connection times";
  if (!isMap(first)) return undefined;
  if (isMap(first["start"]) && Array.isArray(first["intervals"]))
    return `is a result of iperf3, not a measured file: ${wanted}`;
  if ("msm_id" in first && "prb_id" in first) return `is a result of RIPE Atlas, not a measured file: ${wanted}`;
  if (first["schema"] === "firedrill.fidelity/1") return `is a result of firedrill fidelity, not its input: ${wanted}`;
  if (isMap(first["metrics"]) && isMap(first["root_group"]))
    return `is a summary of k6, not a measured file: ${wanted}`;
  return undefined;
};

/** What to write for a key that is missing; others have no example. */
const EXAMPLES: Readonly<Record<string, string>> = {
  cells: "cells: a list with one map for each condition",
  id: "id: a unique text",
  kind: "kind: connect, or another kind",
  params: "params: a map of the conditions, such as rtt_ms and loss",
  stats: "stats: a map with n and q101_ms",
  n: "n: the number of connections measured",
  q101_ms: "q101_ms: a list of 101 times in ms, the 0th to the 100th percentile",
};
