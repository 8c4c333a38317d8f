/** Reads JSON files of a known shape: every problem has its place in the file, in words of our own. */
import type { z } from "zod";
import { nameOf } from "./fields.ts";
import { Findings } from "./findings.ts";
import { printPath, sourceOf } from "./positions.ts";
import type { Problem } from "./problem.ts";
import { quote } from "./quantities.ts";
import { readText } from "./text.ts";

/** The content of a file, or all its problems; `missing` if there is no such file. */
export type JsonReading<Content> =
  { readonly content: Content } | { readonly problems: readonly Problem[]; readonly missing: boolean };

/** The most problems of one file that are looked up and printed. */
const PROBLEMS_MAX = 50;

/** What a kind of JSON file is like. */
interface JsonFormat {
  /** Greatest size, MiB. */
  readonly mib: number;
  /** What to write for a value of another shape. */
  readonly hint: string;
  /** What to write for a text that is not JSON. */
  readonly whole: string;
  /** Names the format of a file that another tool wrote; undefined if it may be meant as one of these. */
  readonly otherFormatOf?: (content: unknown) => string | undefined;
  /** Returns what to write for a missing key. */
  readonly toWrite?: (key: string) => string;
}

/** Reads a JSON file. Errors in the file are returned, not thrown. */
export const readJson = <S extends z.ZodType>(
  path: string,
  schema: S,
  { mib, hint, whole, otherFormatOf, toWrite }: JsonFormat,
): JsonReading<z.output<S>> => {
  const findings = new Findings();
  const read = readText(path, mib);
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
    findings.add({ source, offset }, "", "is not JSON from here on", whole);
    return { problems: findings.sorted(), missing: false };
  }
  const judged = schema.safeParse(content, { error: inOurWords });
  if (judged.success) return { content: judged.data };
  const other = otherFormatOf?.(content);
  if (other !== undefined) {
    findings.add({ source, offset: 0 }, "", other, hint);
    return { problems: findings.sorted(), missing: false };
  }
  for (const { path: where, message } of judged.error.issues.slice(0, PROBLEMS_MAX)) {
    const keys = where.filter((key) => typeof key !== "symbol");
    const todo = message === IS_MISSING ? (toWrite?.(String(keys.at(-1) ?? "")) ?? hint) : hint;
    findings.add({ source, offset: offsetOf(read.text, keys) }, printPath(keys), message, todo);
  }
  return { problems: findings.sorted(), missing: false };
};

const IS_MISSING = "is missing";

/** What each type of the schema library is called. */
const NOUNS: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
  tuple: "a list",
};

const sizeOf = (input: unknown, otherwise: string): string =>
  Array.isArray(input) ? `has ${String(input.length)} ${input.length === 1 ? "item" : "items"}` : otherwise;

/** Returns the message of an issue that its schema has no message for; undefined leaves it to the library. */
const inOurWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? IS_MISSING
        : `expected ${NOUNS[issue.expected] ?? issue.expected}, not ${nameOf(issue.input)}`;
    case "invalid_value":
      return issue.input === undefined
        ? IS_MISSING
        : `expected ${issue.values.map((value) => String(value)).join(", ")}, not ${nameOf(issue.input)}`;
    case "unrecognized_keys":
      return `has the unknown key ${issue.keys.slice(0, 3).map(quote).join(", ")}`;
    case "too_small":
      return `${sizeOf(issue.input, "is too small")}: expected ${issue.exact === true ? "exactly" : "at least"} ${String(issue.minimum)}`;
    case "too_big":
      return `${sizeOf(issue.input, "is too large")}: expected ${issue.exact === true ? "exactly" : "at most"} ${String(issue.maximum)}`;
    case "invalid_format":
      return `${nameOf(issue.input)} has another form than ${String(issue.pattern ?? issue.format)}`;
    default:
      return undefined;
  }
};

/** Returns the length of the longest prefix that may continue as JSON; the parser does not always report a position. */
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

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]|[^\s[\]{}:,"]+/gy;
const SPACE = /\s*/y;

/** Reads the tokens of a text that is JSON. */
class Tokens {
  readonly #text: string;
  /** Offset of the next token. */
  at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  next(): string {
    TOKEN.lastIndex = this.at;
    const token = TOKEN.exec(this.#text)?.[0] ?? "";
    this.at += token.length;
    this.#skip();
    return token;
  }

  /** Reads a value and drops it. */
  pass(): void {
    let depth = 0;
    do {
      const token = this.next();
      if (token === "") return;
      if (token === "{" || token === "[") depth++;
      if (token === "}" || token === "]") depth--;
    } while (depth > 0);
  }

  #skip(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.#text);
    this.at = SPACE.lastIndex;
  }
}

/** Returns the offset of the value at a path of a JSON text, or that of its nearest existing parent. */
const offsetOf = (text: string, path: readonly (string | number)[]): number => {
  const tokens = new Tokens(text);
  let found = tokens.at;
  for (const step of path) {
    const opened = tokens.next();
    const at =
      opened === "{" ? entryAt(tokens, String(step)) : opened === "[" ? itemAt(tokens, Number(step)) : undefined;
    if (at === undefined) return found;
    found = at;
  }
  return found;
};

/** Moves to the value of a key and returns its offset; undefined if the map has no such key. */
const entryAt = (tokens: Tokens, key: string): number | undefined => {
  for (let token = tokens.next(); token !== "}" && token !== ""; token = tokens.next()) {
    if (token === ",") continue;
    tokens.next();
    if (JSON.parse(token) === key) return tokens.at;
    tokens.pass();
  }
  return undefined;
};

/** Moves to an item and returns its offset; undefined if the list is shorter. */
const itemAt = (tokens: Tokens, index: number): number | undefined => {
  for (let i = 0; i < index; i++) {
    tokens.pass();
    if (tokens.next() !== ",") return undefined;
  }
  return tokens.at;
};
