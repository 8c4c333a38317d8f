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

const cell = z.looseObject({
  id: z.string().min(1),
  kind: z.string().min(1),
  params: z.record(z.string(), z.unknown()),
  stats: z.looseObject({ n: z.number().positive(), q101_ms: z.array(time).length(101) }),
  outcomes: z.record(z.string(), z.number()).optional(),
});

const file = z.looseObject({ cells: z.array(cell).min(1) });

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
  } catch (error) {
    const message = (error as Error).message;
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? read.text.length);
    const hint = 'a measured file is JSON: { "cells": [ … ] }';
    findings.add({ source, offset: Math.min(offset, Math.max(0, read.text.length - 1)) }, "", "is not JSON", hint);
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
    findings.add({ source, offset: offsetOf(tree, keys) }, printPath(keys), message);
  }
  return { problems: findings.sorted(), missing: false };
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
