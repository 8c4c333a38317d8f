/**
 * Resolves `extends`: merges a scenario into its base. Maps merge by key, lists whose items have an `id` merge by it, and
 * everything else is replaced. Every value keeps its place in the file that it comes from.
 */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { Findings } from "./findings.ts";
import { hasIds, idOf, sourceOf, type Entry, type ListNode, type MapNode, type TreeNode } from "./positions.ts";
import { quote } from "./quantities.ts";
import { shippedFile, shippedScenarios, shippedWorlds } from "./shipped.ts";
import { didYouMean, nearest } from "./suggest.ts";
import { parseTree, readText } from "./text.ts";

const CHAIN_MAX = 20;
/** Most characters of a path: Node needs minutes for a text of many `../`. */
const PATH_MAX = 2_000;

/** Returns the path as given if it is a file, else the shipped scenario of that name, else the path as given. */
export const findScenario = (given: string): string =>
  existsSync(given) && statSync(given).isFile() ? given : (shippedFile(given) ?? given);

/** A file and its bases. */
export interface Chain {
  /** The file merged over its bases; undefined if one of them cannot be read. */
  readonly tree: MapNode | undefined;
  /** The file without its bases; undefined if it cannot be read. */
  readonly own: MapNode | undefined;
  /** Its bases merged; undefined if it has none, or one of them cannot be read. */
  readonly base?: MapNode | undefined;
  /** True if the file itself does not exist, or the path is not a file. */
  readonly missing: boolean;
}

/** Reads a file and all files that it extends, directly or through others. */
export const readChain = (file: string, findings: Findings): Chain => {
  const trees: MapNode[] = [];
  const visited: string[] = [];
  let next: { file: string; from: TreeNode | undefined } | undefined = { file, from: undefined };
  while (next !== undefined) {
    const { file: current, from } = next;
    const loaded = loadFile(current, from, findings);
    if (loaded.tree === undefined)
      return { tree: undefined, own: trees[0], missing: loaded.missing && from === undefined };
    trees.push(loaded.tree);
    visited.push(resolve(current));
    const base = loaded.tree.entries.get("extends")?.node;
    if (base === undefined) break;
    const found = baseFile(current, base, findings);
    if (found === undefined) return { tree: undefined, own: trees[0], missing: false };
    const isLoop = visited.includes(resolve(found));
    if (isLoop || visited.length >= CHAIN_MAX) {
      const message = isLoop
        ? `${quote(written(base))} makes a loop of extends`
        : `is a chain of more than ${String(CHAIN_MAX)} files`;
      const hint = isLoop
        ? "write a base that does not extend this file, directly or through others"
        : "merge some of them";
      findings.add(base.place, "extends", message, hint);
      return { tree: undefined, own: trees[0], missing: false };
    }
    next = { file: found, from: base };
  }
  const [own, ...bases] = trees;
  const base = bases.length === 0 ? undefined : bases.reduceRight((below, above) => mergeMaps(below, above));
  return { tree: base === undefined ? own : mergeMaps(base, own!), own, base, missing: false };
};

const written = (node: TreeNode): string => (node.kind === "scalar" ? node.text : "");

const loadFile = (
  file: string,
  from: TreeNode | undefined,
  findings: Findings,
): { tree: MapNode | undefined; missing: boolean } => {
  findings.mention(file);
  const read = readText(file);
  if ("refused" in read) {
    if (from !== undefined) findings.add(from.place, "extends", `${quote(file)} ${read.refused}`);
    else
      findings.add(
        { source: sourceOf(file, ""), offset: 0 },
        "",
        read.refused,
        read.missing ? (meantStory(file) ?? "firedrill list scenarios") : "",
      );
    return { tree: undefined, missing: read.missing };
  }
  const text = read.text.startsWith("\ufeff") ? read.text.slice(1) : read.text;
  const before = findings.count;
  const tree = parseTree(text, sourceOf(file, text), findings);
  if (tree !== undefined) checkIds(tree, findings);
  return { tree: findings.count === before ? tree : undefined, missing: false };
};

/** Returns a hint with the shipped scenario nearest to a mistyped name or to its beginning; undefined if none is near. */
const meantStory = (file: string): string | undefined => {
  const name = basename(file, ".yaml");
  const names = shippedScenarios().map((one) => one.name);
  const parts = name.split("-").length;
  const headOf = (one: string): string => one.split("-").slice(0, parts).join("-");
  const head = nearest(name, names.map(headOf));
  const begun = names.filter((one) => headOf(one) === head);
  const meant = nearest(name, names) ?? begun.toSorted((a, b) => a.length - b.length)[0];
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
};

/** Finds a base in the file's own folder, then among the shipped scenarios. */
const baseFile = (file: string, base: TreeNode, findings: Findings): string | undefined => {
  const name = base.kind === "scalar" && typeof base.value === "string" ? base.value : "";
  if (name === "" || name.length > PATH_MAX || name.includes("\0")) {
    findings.add(base.place, "extends", "is not a file name", "write a path such as worlds/china-2014.yaml");
    return undefined;
  }
  const near = isAbsolute(name) ? name : join(dirname(file), name);
  if (existsSync(near)) return near;
  const shipped = shippedFile(name);
  if (shipped !== undefined) return shipped;
  findings.add(
    base.place,
    "extends",
    `no file ${quote(name)} beside ${basename(file)} or among the shipped scenarios`,
    didYouMean(name, shippedWorlds()),
  );
  return undefined;
};

/** Reports items of one list that share an id: a merge by id would be ambiguous. */
const checkIds = (tree: MapNode, findings: Findings): void => {
  for (const [key, { node }] of tree.entries) {
    if (node.kind !== "list") continue;
    const seen = new Set<string>();
    node.items.forEach((item, i) => {
      const id = idOf(item);
      if (id === undefined || item.kind !== "map") return;
      const place = item.entries.get("id")?.node.place ?? item.place;
      if (seen.has(id)) findings.add(place, `${key}[${String(i)}].id`, `duplicate id ${quote(id)}`, "write another id");
      seen.add(id);
    });
  }
};

const mergeMaps = (base: MapNode, own: MapNode): MapNode => {
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, entry] of own.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? entry : { key: entry.key, node: merge(below.node, entry.node) });
  }
  return { kind: "map", place: own.place, entries };
};

const merge = (base: TreeNode, own: TreeNode): TreeNode => {
  if (base.kind === "map" && own.kind === "map") return mergeMaps(base, own);
  if (base.kind === "list" && own.kind === "list" && hasIds(base) && hasIds(own)) return mergeLists(base, own);
  return own;
};

const mergeLists = (base: ListNode, own: ListNode): ListNode => {
  const items = [...base.items];
  const index = new Map(items.map((item, i) => [idOf(item), i]));
  for (const item of own.items) {
    const at = index.get(idOf(item));
    if (at === undefined) items.push(item);
    else items[at] = merge(items[at]!, item);
  }
  return { kind: "list", place: own.place, items };
};
