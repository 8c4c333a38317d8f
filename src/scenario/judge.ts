/**
 * Applies the schema to a tree, field by field: valid fields are returned even if others are wrong, so that one reading
 * finds every problem.
 */
import { z } from "zod";
import { NAME, nameOf } from "./fields.ts";
import type { Reporter } from "./findings.ts";
import { meantNumbers } from "./meant.ts";
import { nodeAt, plain, printPath, type MapNode, type Path, type TreeNode } from "./positions.ts";
import { quote } from "./quantities.ts";
import type { Shape } from "./section.ts";
import { keysAt, schemasAt, toWrite } from "./shapes.ts";
import { didYouMean, nearest } from "./suggest.ts";

/** Number of unknown keys of one map for which the intended key is searched. */
const SUGGESTED_MAX = 50;

/** The valid fields of a map, each optional. */
export type Fields<S extends Shape> = { readonly [K in keyof S]?: z.output<S[K]> };

/** Keys of a map beside those of its shape. */
interface OtherKeys {
  /** Those that are checked by another call; none by default. */
  readonly elsewhere?: readonly string[];
  /** All that an unknown key can be meant as; by default those of the shape and `elsewhere`. */
  readonly meant?: readonly string[];
}

/** Returns the valid fields and reports the others. */
export const judgeFields = <S extends Shape>(
  shape: S,
  node: MapNode,
  path: Path,
  report: Reporter,
  { elsewhere = [], meant = [...Object.keys(shape), ...elsewhere] }: OtherKeys = {},
): Fields<S> => {
  const known = new Set([...Object.keys(shape), ...elsewhere]);
  const unknown = [...node.entries.keys()].filter((key) => !known.has(key));
  for (const key of unknown)
    report([...path, key], `unknown key ${quote(key)}`, () => meantKey(key, meant, [...node.entries.keys()]), "key");
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

/** Reports an item that has none of `keys`, unless an unknown key may be a mistyped one of them. */
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
        report(
          [...at, key],
          `unknown key ${quote(key)}`,
          () => meantKey(key, keysAt(where.schema, steps), Object.keys(found as object)),
          "key",
        );
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
        report(at, `expected ${listOf(values)}, not ${nameOf(found)}`, () =>
          didYouMean(typeof found === "string" ? found : "", values),
        );
      return;
    }
    case "invalid_type":
      if (found === undefined) report(at, "is missing", () => toWriteAt(where), "key");
      else
        report(at, expected(issue.expected, issue.message, found), () =>
          issue.expected === "boolean"
            ? meantBoolean(found)
            : issue.expected === "number"
              ? numberToWrite(found, where)
              : "",
        );
      return;
    case "too_small":
    case "too_big":
      tooFar(issue, found, where);
      return;
    case "invalid_format":
      report(
        at,
        `${nameOf(found)} is not a name`,
        "write lower-case letters, digits and hyphens, beginning with a letter",
      );
      return;
    default:
      report(at, issue.message);
  }
};

/** Reports the problems of the branch that has the type of the value, else those of the union. */
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

/** Other spellings of true and false. */
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

/** Returns the hint for a number in another notation, such as `3x`, if the field accepts what it means. */
const numberToWrite = (found: unknown, { schema, steps }: Where): string => {
  const [at] = schemasAt(schema, steps);
  const meant = typeof found === "string" && at !== undefined ? meantNumbers(found) : [];
  const accepted = meant.filter((text) => z.safeParse(at!, Number(text)).success);
  return accepted.length === 0 ? "" : `write ${accepted.join(" or ")}`;
};

/** E.g. `silent, reset or drained`. */
const listOf = (values: readonly string[]): string =>
  values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)!}`;

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

/** Returns a type of the schema library as errors name it, such as `a map` for object. */
export const nounOf = (type: string): string => NOUNS[type] ?? type;

const expected = (kind: string, message: string, found: unknown): string =>
  message.startsWith("expected ") ? message : `expected ${nounOf(kind)}, not ${nameOf(found)}`;

const tooFar = (
  issue: Extract<Issue, { code: "too_small" | "too_big" }>,
  found: unknown,
  { report, at }: Where,
): void => {
  const bound = String(issue.code === "too_small" ? issue.minimum : issue.maximum);
  const least = issue.code === "too_small" ? "at least" : "at most";
  if (issue.origin === "array") report(at, `expected ${least} ${bound} ${bound === "1" ? "item" : "items"}`);
  else if (issue.origin === "string")
    report(at, issue.code === "too_small" ? "is empty" : `expected ${least} ${bound} characters`);
  else report(at, `${nameOf(found)} is out of range`, `write ${least} ${bound}`);
};

/**
 * Suggests a known key, and lists those that are not written yet. In { } a comma ends a value, so that the digits after it
 * look like a key.
 */
const meantKey = (key: string, known: readonly string[], written: readonly string[]): string => {
  if (/^\d+$/.test(key)) return "write thousands without a comma, such as 50000 or 50 k";
  const free = known.filter((one) => !written.includes(one));
  return didYouMean(key, known, free);
};

const valueAt = (node: TreeNode, steps: Path): unknown => {
  const found = nodeAt(node, steps);
  return found === undefined ? undefined : plain(found);
};

const toWriteAt = ({ schema, steps }: Where): string => {
  const [at] = schemasAt(schema, steps);
  return at === undefined ? "" : toWrite(String(steps.at(-1)), at);
};

/** Returns the maps of the list at `key`, each with its path, and reports any other value. */
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

/** Returns the keys of the map at `key` that are well-formed names, whatever their values. */
export const namesIn = (root: MapNode, key: string): readonly string[] => {
  const node = root.entries.get(key)?.node;
  return node?.kind === "map" ? [...node.entries.keys()].filter((name) => NAME.test(name)) : [];
};
