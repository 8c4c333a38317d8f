/**
 * Prints a run as JSON: keys in the order of the contract, two blanks of indentation, lists of plain values on one line, so
 * that a diff of two runs shows only what changed.
 */
import { assert } from "../base/assert.ts";
import type { Meta, RunDocument } from "../study/document.ts";

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null;

/** Returns a plain value as JSON that cannot control a terminal. */
const quoted = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const write = (value: unknown, indent: string, path: string): string => {
  if (isPlain(value)) {
    assert(typeof value !== "number" || Number.isFinite(value), () => `${path} is ${String(value)}`);
    return quoted(value);
  }
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item, i) => write(item, inner, `${path}[${String(i)}]`));
    if (items.length === 0 || value.every(isPlain)) return `[${items.join(", ")}]`;
    return `[\n${items.map((item) => inner + item).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, item]) => `${inner}${quoted(key)}: ${write(item, inner, `${path}.${key}`)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
};

/** Returns JSON, ending with a newline; throws for a number that is not finite, as JSON cannot express it. */
export const printJson = (value: unknown): string => `${write(value, "", "document")}\n`;

/** Returns the output of `--json`: the document, with the facts about the machine under `meta`. */
export const renderJson = (document: RunDocument, meta: Meta): string => printJson({ ...document, meta });
