/**
 * Parses bytes into a tree of values. Accepted is one YAML document without anchors, aliases, tags and merge keys, so that
 * the text shows all that it means. Size, depth and number of values are bounded before the YAML parser reads the text,
 * which bounds the cost of parsing.
 */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Pair,
  type ParsedNode,
  type YAMLMap,
} from "yaml";
import { controlAt } from "../base/printable.ts";
import { type Entry, type MapNode, type Place, type Source, type TreeNode } from "./positions.ts";
import type { Findings } from "./findings.ts";
import { quote } from "./quantities.ts";

/** Size of a scenario. */
const MIB_MAX = 1;
const DEPTH_MAX = 40;
const INDENT_MAX = 200;
/** Commas, line ends and brackets; they bound the number of values. */
const SEPARATORS_MAX = 20_000;
/** Quotes, colons and marks of tags and anchors; the YAML parser needs some 15 us for each. */
const MARKS_MAX = 50_000;
/** Keys that mean something else to the program than to a reader. */
export const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** The text of a file, or why it cannot be read; `missing` if there is no such file. */
export type Text = { readonly text: string } | { readonly refused: string; readonly missing: boolean };

/** Reads the text of a file of at most `mostMib`; refuses pipes and devices at once. */
export const readText = (path: string, mostMib = MIB_MAX): Text => {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return { refused: "is a directory", missing: true };
    if (!stat.isFile()) return { refused: "is not a file", missing: true };
    const bytes = bytesOf(path, mostMib * 1_048_576);
    return bytes === undefined ? { refused: `is larger than ${String(mostMib)} MiB`, missing: false } : decode(bytes);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (
      code === "ENOENT" ||
      code === "ENOTDIR" ||
      code === "ENAMETOOLONG" ||
      code === "ELOOP" ||
      code === "ERR_INVALID_ARG_VALUE"
    )
      return { refused: "no such file", missing: true };
    // The file is there: a limit of the machine does not make the input wrong.
    if (code !== "" && code !== "EMFILE" && code !== "ENFILE")
      return { refused: `cannot be read (${code})`, missing: true };
    throw error;
  }
};

/** Returns the bytes of a file; undefined if there are more than `most`, whatever size the system states. */
const bytesOf = (path: string, most: number): Uint8Array | undefined => {
  // Without O_NONBLOCK, a file that has become a pipe would be waited for.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { size } = fstatSync(file);
    if (size > most) return undefined;
    const parts: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const part = Buffer.alloc(Math.max(1, Math.min(size - total, most), 4_096));
      const read = readSync(file, part, 0, part.length, null);
      if (read === 0) return Buffer.concat(parts, total);
      parts.push(part.subarray(0, read));
      total += read;
      if (total > most) return undefined;
    }
  } finally {
    closeSync(file);
  }
};

const decode = (bytes: Uint8Array): Text => {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { refused: "is UTF-16; save it as UTF-8", missing: false };
  if (bytes.includes(0)) return { refused: "is not a text file (it contains NUL bytes)", missing: false };
  return { text: new TextDecoder("utf-8").decode(bytes) };
};

/** Parses a text whose root is a map; adds the problems to `findings` and returns undefined otherwise. */
export const parseTree = (text: string, source: Source, findings: Findings): MapNode | undefined => {
  const node = parseNode(text, source, findings);
  if (node === undefined || node.kind === "map") return node;
  findings.add(node.place, "", "a scenario is a map of keys and values", "begin with version: 1");
  return undefined;
};

/** Parses any value, such as that of `--set path=value`, which stands at `path`; adds the problems to `findings` and returns undefined otherwise. */
export const parseNode = (text: string, source: Source, findings: Findings, path = ""): TreeNode | undefined => {
  const complain = (offset: number, message: string, hint = ""): undefined => {
    findings.add({ source, offset }, "", message, hint);
  };
  const excess = excessOf(text);
  if (excess !== undefined) return complain(excess.offset, excess.message, excess.hint);
  const document = parseDocument(text, {
    prettyErrors: false,
    // The library compares every key with every other; `entriesOf` looks each up once.
    uniqueKeys: false,
    // "silent" would also suppress the error for a second document.
    logLevel: "error",
    stringKeys: false,
  });
  const syntax = document.errors[0];
  if (syntax !== undefined) {
    const [offset] = syntax.pos;
    const open = openBracketAt(syntax.message, text, offset);
    if (open !== undefined) return complain(open.offset, `this ${text[open.offset]!} is not closed`, open.hint);
    return complain(offset, ...syntaxMessage(syntax.code, syntax.message, text, offset));
  }
  if (document.directives.yaml.explicit === true)
    return complain(0, "YAML directives are not allowed", "remove the line with %YAML");
  if (document.contents === null || isEmpty(document)) return complain(0, "is empty", "begin with version: 1");
  return treeOf(document.contents, path, source, findings);
};

const isEmpty = (document: Document.Parsed): boolean =>
  isScalar(document.contents) && document.contents.value === null && (document.contents.source ?? "") === "";

interface Excess {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

/** Finds what the parser must not read: control characters, invalid bytes, excessive depth or size. */
const excessOf = (text: string): Excess | undefined => {
  const control = /\ufffd|(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.exec(text);
  if (control === null) return massOf(text);
  const offset = control.index;
  if (control[0] === "\ufffd") return { offset, message: "is not valid UTF-8 here", hint: "save the file as UTF-8" };
  return { offset, message: "contains a control character", hint: "remove it" };
};

/** Finds the first place where brackets, indentation or the number of values exceed the limits; comments do not count. */
const massOf = (text: string): Excess | undefined => {
  let depth = 0;
  let separators = 0;
  let marks = 0;
  for (const { 0: token, index: offset } of text.matchAll(/^[ ?-]+|[[\]{},\n:"'!&*]|(?<=^|\s)#.*/gm)) {
    if (token.startsWith("#")) continue;
    if (/^[:"'!&*]/.test(token)) {
      if (++marks <= MARKS_MAX) continue;
      const hint = `write at most ${String(MARKS_MAX)} colons and quotes`;
      return { offset, message: "contains too many values", hint };
    }
    const isIndent = /^[ ?-]/.test(token);
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth = Math.max(0, depth - 1);
    if (!isIndent) separators++;
    if (depth > DEPTH_MAX || (isIndent && token.length > INDENT_MAX))
      return { offset, message: "is nested too deeply", hint: "write fewer levels: ten are enough for every scenario" };
    if (separators > SEPARATORS_MAX)
      return {
        offset,
        message: "contains too many values",
        hint: `write at most ${String(SEPARATORS_MAX)} lines and list items`,
      };
  }
  return undefined;
};

/** Finds the bracket that is not closed; the parser reports it only at the next line. */
const openBracketAt = (message: string, text: string, offset: number): Omit<Excess, "message"> | undefined => {
  const [, closing] = /end with a ([}\]])/.exec(message) ?? [];
  if (closing === undefined) return undefined;
  const open: number[] = [];
  for (const { 0: token, index } of text
    .slice(0, offset)
    .matchAll(/"(?:\\.|[^"\\])*"|'[^']*'|(?<=^|\s)#.*|[[\]{}]/gm)) {
    if (token === "[" || token === "{") open.push(index);
    if (token === "]" || token === "}") open.pop();
  }
  const last = open.at(-1);
  return last === undefined ? undefined : { offset: last, hint: `write ${closing} where it ends` };
};

const syntaxMessage = (code: string, message: string, text: string, offset: number): [string, string] => {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0] ?? "";
  if (code === "TAB_AS_INDENT" || line.startsWith("\t")) return ["a tab is used for indentation", "indent with spaces"];
  if (code === "RESOURCE_EXHAUSTION")
    return ["is nested too deeply", "write fewer levels: ten are enough for every scenario"];
  if (code === "MULTIPLE_DOCS") return ["contains a second YAML document", "write one scenario per file"];
  if (/figure:\s*[^"'\s]+\{/.test(line)) return ["not YAML", 'quote a figure inside { }: figure: "…"'];
  const first = message.split("\n", 1)[0] ?? "";
  return [`not YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`, ""];
};

const treeOf = (node: ParsedNode | null, path: string, source: Source, findings: Findings): TreeNode => {
  const place: Place = { source, offset: node?.range[0] ?? 0 };
  const refuse = (message: string, hint: string, at = place): TreeNode => {
    findings.add(at, path, message, hint);
    return { kind: "scalar", place, value: null, text: "" };
  };
  if (node === null) return { kind: "scalar", place, value: null, text: "" };
  if (isAlias(node)) return refuse(`an alias (*${node.source})`, "aliases are not allowed: write the value out");
  if (node.anchor !== undefined) {
    const mark = markBefore(place, `&${node.anchor}`);
    return refuse(`an anchor (&${node.anchor})`, "anchors are not allowed: remove it", mark);
  }
  if (node.tag !== undefined) return refuse("a tag (!)", "tags are not allowed: remove it", markBefore(place, "!"));
  if (isMap(node)) return { kind: "map", place, entries: entriesOf(node, path, source, findings) };
  if (isSeq(node)) {
    const items = node.items.map((item, i) => treeOf(item, `${path}[${String(i)}]`, source, findings));
    return { kind: "list", place, items };
  }
  const { value } = node;
  if (typeof value === "string" && controlAt(value) >= 0)
    return refuse("contains a control character", "remove it: texts are lines of plain characters");
  if (typeof value === "number" && !Number.isFinite(value))
    return refuse(`${quote(node.source ?? "")} is not a number`, "write a number, with its unit where it has one");
  const text = typeof value === "string" ? value : (node.source ?? "");
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null)
    return { kind: "scalar", place, value, text };
  return refuse("the value is of an unsupported type", "write text, a number, true or false");
};

/** Returns the position of an anchor or tag; the parser reports only that of the value after it. */
const markBefore = ({ source, offset }: Place, mark: string): Place => {
  let at = Math.max(0, source.text.lastIndexOf(mark, offset));
  while (at > 0 && source.text[at - 1] === mark) at--;
  return { source, offset: at };
};

const entriesOf = (
  map: YAMLMap.Parsed,
  path: string,
  source: Source,
  findings: Findings,
): ReadonlyMap<string, Entry> => {
  const entries = new Map<string, Entry>();
  for (const pair of map.items as readonly Pair<ParsedNode, ParsedNode | null>[]) {
    const key: Place = { source, offset: pair.key.range[0] };
    const name = keyName(pair.key);
    if (name === undefined) {
      findings.add(key, path, "a key must be a plain word", "write key: value");
      continue;
    }
    if (controlAt(name) >= 0) {
      findings.add(key, path, "a key contains a control character", "remove it");
      continue;
    }
    const below = path === "" ? name : `${path}.${name}`;
    if (name === "<<")
      findings.add(key, path, "a merge key (<<)", "merge keys are not allowed: use extends, or write the keys out");
    else if (FORBIDDEN_KEYS.has(name)) findings.add(key, below, `${quote(name)} cannot be a key`, "remove it");
    else if (entries.has(name)) findings.add(key, below, `duplicate key ${quote(name)}`, "remove one of them");
    else {
      const node = treeOf(pair.value, below, source, findings);
      entries.set(name, { key, node: node.place.offset === 0 && pair.value === null ? { ...node, place: key } : node });
    }
  }
  return entries;
};

const keyName = (key: ParsedNode): string | undefined => {
  if (!isScalar(key) || key.anchor !== undefined || key.tag !== undefined || key.value === null) return undefined;
  return typeof key.value === "string" ? key.value : key.source;
};
