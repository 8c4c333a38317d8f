/**
 * The door for measurements: distributions of real TCP connections, a cell for each condition. Whatever a cell was measured
 * under is kept as it is written; the model says itself what it cannot live.
 */
import { parseDocument } from "yaml";
import { z } from "zod";
import { Findings } from "./findings.ts";
import { printPath, sourceOf } from "./positions.ts";
import type { Problem } from "./problem.ts";
import { readText } from "./text.ts";

const time = z.number().nonnegative().nullable();

/** What a cell may have been measured under. Values are judged by the model, which says what it cannot live. */
const PARAMS = {
  rtt_ms: "Round trip of the link without jitter; or else base_one_way_ms",
  base_one_way_ms: "Delay each way without jitter",
  cc: "Congestion control of both ends: cubic or bbr",
  loss_model: "bernoulli, gilbert_packet or gilbert_time; what follows in brackets is a remark",
  loss: "bernoulli: chance of each packet to be lost, both ways",
  loss_up: "bernoulli: from client to server, where the ways differ",
  loss_down: "bernoulli: from server to client, where the ways differ",
  mean: "gilbert_packet and gilbert_time: mean share lost",
  burst: "gilbert_packet: mean packets of a burst",
  bad_ms: "gilbert_time: mean length of an outage, both ways at once",
  syn_linear_timeouts: "SYN time-outs of 1 s before they double: 0 up to Linux 6.4, 4 from 6.5 on",
  tcp_timestamps: "1 by default, 0 without",
  jitter: "“U(0,60) ms”, added to each packet, order kept",
  jitter_ms: "The same: added to each packet is a uniform time up to this",
  rate_mbit: "Of the link each way; inf by default",
  queue_bytes: "In front of the link; without limit by default",
  exchanges: "Kinds login*: bytes asked and answered, one after the other: “300/1200, 300/8192”",
  size_bytes: "Kind upload",
  block: "Kind port_block: drop or rst",
  connect_timeout_ms: "Kind port_block: patience of the client; none for the kernel's own",
  nat: "Kind heartbeat: none, or “mapping expired after 45 s idle: silent drop”, or “…: new mapping, server answers RST”",
  idle_before_heartbeat_ms: "Kind heartbeat",
  heartbeat_bytes: "Kind heartbeat: bytes asked and answered: “20/20”",
  app_timeout_ms: "Kind heartbeat: patience of the app",
} as const;

const parameter = z.union([z.number(), z.string(), z.boolean()], { error: "expected a number, a text, true or false" });
const described = Object.fromEntries(
  Object.entries(PARAMS).map(([name, description]) => [name, parameter.optional().meta({ description })]),
);

const bound = z.number().nullable();
const interval = z
  .tuple([bound, bound])
  .refine(([low, high]) => low === null || high === null || low <= high, { error: "its ends are the wrong way round" });
/** A value and its 95 % interval; null where it failed too often to say. */
const measured = (description: string) =>
  z.looseObject({ v: z.number().nonnegative().nullable(), ci: interval }).optional().meta({ description });
const share = z.number().min(0).max(1);

/** Times in their order, those that never came last. */
const quantiles = z
  .array(time)
  .length(101)
  .superRefine((times, context) => {
    const at = times.findIndex((ms, place) => place > 0 && (ms ?? Infinity) < (times[place - 1] ?? Infinity));
    if (at > 0)
      context.addIssue({
        code: "custom",
        path: [at],
        message: "comes before the quantile below it: sort them, null last",
      });
  })
  .meta({
    description:
      "The 0th, 1st … 100th percentile of the times of all connections, ms, ascending; null for those that never succeeded",
  });

const cell = z.looseObject({
  id: z
    .string()
    .regex(/^\P{C}{1,500}$/u, "expected up to 500 characters, none of them invisible")
    .meta({ description: "Each cell's own" }),
  kind: z.string().min(1).meta({
    description:
      "connect, login, login_variant, login_burst, login_jitter, login_asym, upload, port_block or heartbeat; another is unknown",
  }),
  params: z
    .object(described)
    .catchall(parameter)
    .meta({ description: "What it was measured under; another key makes the cell unknown" }),
  stats: z
    .looseObject({
      n: z.number().positive().meta({ description: "Connections measured" }),
      q101_ms: quantiles,
      mean_censored_30s_ms: measured("Mean time, ms, of all connections, whatever takes longer counting as 30 s"),
      mean_of_successes_ms: measured(
        "Mean time, ms, of those that succeeded; judged where the mean of all is not given",
      ),
      success_10s: measured("Share done within 10 s"),
      success_30s: measured("Share done within 30 s"),
    })
    .meta({ description: "What was found; all that is given is judged" }),
  outcomes: z.record(z.string(), share).optional().meta({
    description: "Kinds port_block and heartbeat: share of each outcome, such as ok or connect_error:ECONNREFUSED",
  }),
});

const file = z.looseObject({ cells: z.array(cell).min(1) });

/** Shape of a measured file, for editors and for whoever writes one. */
export const measuredJsonSchema = (): unknown => z.toJSONSchema(file, { io: "input", unrepresentable: "any" });

export type MeasuredCell = z.infer<typeof cell>;

export type MeasuredReading =
  { readonly cells: readonly MeasuredCell[] } | { readonly problems: readonly Problem[]; readonly missing: boolean };

/** Thousands of cells. */
const MIB_MAX = 32;

/** Reads a measured file (JSON, at most 32 MiB). Never throws for what a user can cause. */
export const readMeasured = (path: string): MeasuredReading => {
  const findings = new Findings();
  const read = readText(path, MIB_MAX);
  if ("refused" in read) {
    findings.add({ source: sourceOf(path, ""), offset: 0 }, "", read.refused);
    return { problems: findings.sorted(), missing: read.missing };
  }
  const source = sourceOf(path, read.text);
  let content: unknown;
  try {
    content = JSON.parse(read.text);
  } catch {
    const offset = Math.min(goodUntil(read.text), Math.max(0, read.text.length - 1));
    findings.add({ source, offset }, "", "is not JSON from here on", 'a measured file is JSON: { "cells": [ … ] }');
    return { problems: findings.sorted(), missing: false };
  }
  const judged = file.safeParse(content);
  if (judged.success) {
    const seen = new Set<string>();
    const double = judged.data.cells.find(({ id }) => seen.size === seen.add(id).size);
    if (double === undefined) return { cells: judged.data.cells };
    const offset = Math.max(0, read.text.lastIndexOf(JSON.stringify(double.id)));
    findings.add({ source, offset }, "", `two cells are called ${double.id}`, "give each its own id");
    return { problems: findings.sorted(), missing: false };
  }
  const tree = parseDocument(read.text, { prettyErrors: false, logLevel: "silent" });
  for (const { path: where, message } of judged.error.issues) {
    const keys = where.filter((key) => typeof key !== "symbol");
    findings.add({ source, offset: offsetOf(tree, keys) }, printPath(keys), message, HINT);
  }
  return { problems: findings.sorted(), missing: false };
};

const HINT = "firedrill schema measured tells what a measured file says";

/** How much of a text could still become JSON: its parser does not always tell where it stopped. */
const goodUntil = (text: string): number => {
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
};

const couldGoOn = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    if (position === undefined) return /end of JSON input/.test(message);
    return Number(position) >= text.length || /Unterminated/.test(message);
  }
};

/** Where a value stands, or else the nearest that holds it. */
const offsetOf = (tree: ReturnType<typeof parseDocument>, keys: readonly (string | number)[]): number => {
  for (let length = keys.length; length >= 0; length--) {
    const node: unknown = tree.getIn(keys.slice(0, length), true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range))
      return Number(node.range[0]);
  }
  return 0;
};
