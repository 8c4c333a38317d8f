/**
 * Applies the schema to a tree, field by field: what is right is handed on even when a neighbour is
 * wrong, so that one reading finds everything there is to find.
 */
import { z } from "zod";
import { NAME, nameOf } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { nodeAt, plain, printPath, type MapNode, type Path, type TreeNode } from "./positions.ts";
import { quote } from "./quantities.ts";
import type { Shape } from "./section.ts";
import { didYouMean, nearest } from "./suggest.ts";

/** Of so many unknown keys of one map it is asked which key they were meant to be. */
const SUGGESTED_MAX = 50;

export type Fields<S extends Shape> = { readonly [K in keyof S]?: z.output<S[K]> };

/** The fields that are right; the others are reported. `elsewhere` names keys that somebody else judges. */
export const judgeFields = <S extends Shape>(
  shape: S,
  node: MapNode,
  path: Path,
  report: Reporter,
  elsewhere: readonly string[] = [],
): Fields<S> => {
  const known = [...Object.keys(shape), ...elsewhere];
  const unknown = [...node.entries.keys()].filter((key) => !known.includes(key));
  for (const key of unknown) report([...path, key], `unknown key ${quote(key)}`, () => meantKey(key, known), "key");
  const mistyped = new Set(unknown.slice(0, SUGGESTED_MAX).map((key) => nearest(key, known)));
  const fields: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(shape)) {
    const below = [...path, key];
    const entry = node.entries.get(key);
    if (entry === undefined) {
      const absent = schema.safeParse(undefined);
      if (absent.success) fields[key] = absent.data;
      else if (schema._zod.optin !== "optional" && !mistyped.has(key))
        report(below, "is missing", () => toWrite(key, schema), "key");
      continue;
    }
    const result = schema.safeParse(plain(entry.node, below));
    if (result.success) fields[key] = result.data;
    else explain(result.error.issues, schema, entry.node, below, report);
  }
  return fields as Fields<S>;
};

/** Demands one of some keys of an item, unless a mistyped key may have meant it. */
export const demandOneOf = (
  keys: readonly string[],
  shape: Shape,
  { item, path, report }: { readonly item: MapNode; readonly path: Path; readonly report: Reporter },
  message: string,
): void => {
  for (const key of item.entries.keys()) if (keys.includes(key) || !Object.hasOwn(shape, key)) return;
  report(path, message, `write ${keys.length > 2 ? "one of " : ""}${keys.join(keys.length > 2 ? ", " : " or ")}`);
};

type Issue = z.core.$ZodIssue;

const explain = (issues: readonly Issue[], schema: z.ZodType, node: TreeNode, path: Path, report: Reporter): void => {
  const mistyped = new Set<string>();
  for (const issue of issues)
    if (issue.code === "unrecognized_keys")
      for (const key of issue.keys.slice(0, SUGGESTED_MAX)) {
        const meant = nearest(key, keysAt(schema, stepsOf(issue)));
        if (meant !== undefined) mistyped.add(printPath([...stepsOf(issue), meant]));
      }
  for (const issue of issues) {
    const steps = stepsOf(issue);
    if (mistyped.has(printPath(steps)) && nodeAt(node, steps) === undefined) continue;
    explainOne(issue, { schema, node, steps, path, at: [...path, ...steps], report });
  }
};

const stepsOf = (issue: Issue): Path => issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));

interface Where {
  readonly schema: z.ZodType;
  readonly node: TreeNode;
  readonly steps: Path;
  readonly path: Path;
  readonly at: Path;
  readonly report: Reporter;
}

const explainOne = (issue: Issue, where: Where): void => {
  const { report, at, steps, node } = where;
  const found = valueAt(node, steps);
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys)
        report([...at, key], `unknown key ${quote(key)}`, () => meantKey(key, keysAt(where.schema, steps)), "key");
      return;
    case "custom": {
      const hint: unknown = issue.params?.["hint"];
      report(at, issue.message, typeof hint === "string" ? hint : "");
      return;
    }
    case "invalid_union":
      explainUnion(issue, found, where);
      return;
    case "invalid_key":
      report(at, `${quote(String(at.at(-1)))} is not a name`, "write lower-case letters, digits and hyphens", "key");
      return;
    case "invalid_value": {
      const values = issue.values.map(String);
      if (found === undefined) report(at, "is missing", `write ${values.join(", ")}`, "key");
      else
        report(at, `${nameOf(found)} is not ${values.join(" or ")}`, () =>
          didYouMean(typeof found === "string" ? found : "", values),
        );
      return;
    }
    case "invalid_type":
      if (found === undefined) report(at, "is missing", () => toWriteAt(where), "key");
      else
        report(at, expected(issue.expected, issue.message, found), () =>
          issue.expected === "boolean" ? meantBoolean(found) : "",
        );
      return;
    case "too_small":
    case "too_big":
      tooFar(issue, found, where);
      return;
    case "invalid_format":
      report(at, `${nameOf(found)} is not a name`, "write lower-case letters, digits and hyphens, a letter first");
      return;
    default:
      report(at, issue.message);
  }
};

/** The branch that is of the right kind speaks; if none is, the union itself does. */
const explainUnion = (issue: Extract<Issue, { code: "invalid_union" }>, found: unknown, where: Where): void => {
  const { report, at, schema, node, steps, path } = where;
  if (found === undefined) {
    report(at, "is missing", () => toWriteAt(where), "key");
    return;
  }
  const fitting = issue.errors.find((branch) => !branch.some(isMismatch));
  if (fitting !== undefined && fitting.length > 0) {
    const deeper = fitting.map((inner) => ({ ...inner, path: [...steps, ...inner.path] }));
    explain(deeper, schema, node, path, report);
    return;
  }
  const own = issue.message === "Invalid input" ? innermost(issue) : issue.message;
  report(at, own);
};

const isMismatch = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_union");

const innermost = (issue: Issue): string => {
  const first = issue.code === "invalid_union" ? issue.errors[0]?.[0] : undefined;
  return first === undefined || issue.message !== "Invalid input" ? issue.message : innermost(first);
};

/** Other ways to say yes and no. */
const BOOLEANS: Readonly<Record<string, string>> = {
  yes: "true",
  on: "true",
  "1": "true",
  no: "false",
  off: "false",
  "0": "false",
};

const meantBoolean = (found: unknown): string => {
  const text = typeof found === "string" || typeof found === "number" ? String(found) : "";
  const meant = BOOLEANS[text.toLowerCase()] ?? nearest(text, ["true", "false"]);
  return meant === undefined ? "" : `did you mean ${meant}?`;
};

const NOUNS: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  tuple: "a list",
  string: "text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

const expected = (kind: string, message: string, found: unknown): string =>
  message.startsWith("expected ") ? message : `expected ${NOUNS[kind] ?? kind}, not ${nameOf(found)}`;

const tooFar = (
  issue: Extract<Issue, { code: "too_small" | "too_big" }>,
  found: unknown,
  { report, at }: Where,
): void => {
  const bound = String(issue.code === "too_small" ? issue.minimum : issue.maximum);
  const least = issue.code === "too_small" ? "at least" : "at most";
  if (issue.origin === "array") report(at, `expected ${least} ${bound} of them`);
  else if (issue.origin === "string")
    report(at, issue.code === "too_small" ? "is empty" : `expected ${least} ${bound} characters`);
  else report(at, `${nameOf(found)} is out of range`, `write ${least} ${bound}`);
};

/** In { } a comma ends a value: the digits after it look like a key. */
const meantKey = (key: string, known: readonly string[]): string =>
  /^\d+$/.test(key) ? "write thousands without a comma, such as 50000 or 50 k" : didYouMean(key, known);

const valueAt = (node: TreeNode, steps: Path): unknown => {
  let value: unknown = plain(node);
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
};

/** What can stand at a path: the schema itself, without what makes it optional, and several where it is a union. */
const schemasAt = (schema: z.core.$ZodType, steps: Path): readonly z.core.$ZodType[] => {
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

/** Keys that the schema knows at a path, for "did you mean". */
const keysAt = (schema: z.core.$ZodType, steps: Path): readonly string[] =>
  schemasAt(schema, steps).flatMap((one): readonly string[] => {
    const { def } = (one as z.core.$ZodTypes)._zod;
    if (def.type === "pipe") return keysAt(def.in, []);
    if (def.type === "union") return def.options.flatMap((option) => keysAt(option, []));
    return def.type === "object" ? Object.keys(def.shape) : [];
  });

const toWriteAt = ({ schema, steps }: Where): string => {
  const [at] = schemasAt(schema, steps);
  return at === undefined ? "" : toWrite(String(steps.at(-1)), at);
};

/** What to write for a key that is missing. */
const toWrite = (key: string, schema: z.core.$ZodType): string => {
  const sample = sampleOf(schema);
  const description = z.globalRegistry.get(schema)?.description;
  return `write ${key}: ${sample}${sample !== ANY || description === undefined ? "" : ` (${description})`}`;
};

const ANY = "…";

/** The least that a schema takes, as far as there is an example that says something. */
const sampleOf = (schema: z.core.$ZodType): string => {
  const { json } = (z.globalRegistry.get(schema) ?? {}) as {
    readonly json?: { readonly examples?: readonly unknown[] };
  };
  const [example] = json?.examples ?? [];
  if (typeof example === "string") return example;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "pipe":
      return sampleOf(def.in);
    case "enum":
      return String(Object.values(def.entries)[0]);
    case "object": {
      const needed = Object.entries(def.shape).filter(([, field]) => field._zod.optin === undefined);
      const written = needed.map(([key, field]) => `${key}: ${sampleOf(field)}`).join(", ");
      return written === "" ? "{}" : `{ ${written} }`;
    }
    case "record":
      return `{ name: ${sampleOf(def.valueType)} }`;
    default:
      return ANY;
  }
};

/** The maps of a list, each with its path; what is no list or no map is reported. */
export const judgeItems = (root: MapNode, key: string, report: Reporter): readonly (readonly [MapNode, Path])[] => {
  const node = root.entries.get(key)?.node;
  if (node === undefined) return [];
  if (node.kind !== "list") {
    report([key], "expected a list", "begin each item with a hyphen");
    return [];
  }
  return node.items.flatMap((item, i): (readonly [MapNode, Path])[] => {
    if (item.kind === "map") return [[item, [key, i]]];
    report([key, i], `expected a map, not ${nameOf(plain(item))}`);
    return [];
  });
};

/** The keys of a map of the file that are names, right or wrong otherwise. */
export const namesIn = (root: MapNode, key: string): readonly string[] => {
  const node = root.entries.get(key)?.node;
  return node?.kind === "map" ? [...node.entries.keys()].filter((name) => NAME.test(name)) : [];
};
