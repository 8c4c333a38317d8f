/**
 * `extends`: a scenario says only what differs from its base. Maps merge by key, lists whose items have
 * an `id` merge by it, everything else is replaced. Every value keeps the place it was written at.
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

/** The file a user means: the path as given, else a shipped scenario by its bare name. */
export const findScenario = (given: string): string =>
  existsSync(given) && statSync(given).isFile() ? given : (shippedFile(given) ?? given);

export interface Chain {
  /** Bases merged into the file; undefined when any of them could not be read. */
  readonly tree: MapNode | undefined;
  /** The file alone, without its bases. */
  readonly own: MapNode | undefined;
  /** True when the file itself does not exist or is none. */
  readonly missing: boolean;
}

/** Reads a file and all it extends. */
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
    if (visited.includes(resolve(found)) || visited.length >= CHAIN_MAX) {
      findings.add(
        base.place,
        "extends",
        `${quote(written(base))} extends itself in a loop`,
        "a base must not lead back here",
      );
      return { tree: undefined, own: trees[0], missing: false };
    }
    next = { file: found, from: base };
  }
  return { tree: trees.reduceRight((base, own) => mergeMaps(base, own)), own: trees[0], missing: false };
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

/** The shipped story that a mistyped name is nearest to, or that begins so. */
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

/** From the file's own folder, then among the shipped scenarios. */
const baseFile = (file: string, base: TreeNode, findings: Findings): string | undefined => {
  const name = base.kind === "scalar" && typeof base.value === "string" ? base.value : "";
  if (name === "" || name.includes("\0")) {
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
    `there is no ${quote(name)} beside ${basename(file)} or among the shipped scenarios`,
    didYouMean(name, shippedWorlds()),
  );
  return undefined;
};

/** Two items of one file's list must not share an id: the merge could not tell them apart. */
const checkIds = (tree: MapNode, findings: Findings): void => {
  for (const [key, { node }] of tree.entries) {
    if (node.kind !== "list") continue;
    const seen = new Set<string>();
    node.items.forEach((item, i) => {
      const id = idOf(item);
      if (id === undefined || item.kind !== "map") return;
      const place = item.entries.get("id")?.node.place ?? item.place;
      if (seen.has(id))
        findings.add(place, `${key}[${String(i)}].id`, `the id ${quote(id)} is there twice`, "give it another id");
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
