/**
 * `--set path=value` and its short forms: the tree as if the file had said so. Maps are addressed by key,
 * lists by `id`; a problem with such a value names the option.
 */
import type { Findings, Hint } from "./findings.ts";
import { hasIds, idOf, sourceOf, type MapNode, type Place, type TreeNode } from "./positions.ts";
import { quote } from "./quantities.ts";
import { didYouMean } from "./suggest.ts";
import { parseNode } from "./text.ts";

export interface Overrides {
  readonly seed?: string;
  /** As typed: "1/1000". */
  readonly scale?: string;
  readonly replications?: number;
}

export interface Settings {
  /** Each `path=value`. */
  readonly set?: readonly string[];
  readonly overrides?: Overrides;
}

/** The tree with all settings made, in order; what cannot be made is reported and left out. */
export const withSettings = (root: MapNode, { set = [], overrides = {} }: Settings, findings: Findings): MapNode => {
  let tree = root;
  for (const setting of set) tree = withSetting(tree, setting, findings);
  const given: readonly (readonly [string, readonly string[], string | number | undefined])[] = [
    ["--seed", ["seed"], overrides.seed],
    ["--scale", ["run", "scale"], overrides.scale],
    ["--reps", ["run", "replications"], overrides.replications],
  ];
  for (const [option, path, value] of given) {
    if (value === undefined) continue;
    const place: Place = { source: sourceOf(`${option} ${String(value)}`, String(value)), offset: 0 };
    tree = put(tree, path, { kind: "scalar", place, value, text: String(value) }, findings) ?? tree;
  }
  return tree;
};

const withSetting = (root: MapNode, setting: string, findings: Findings): MapNode => {
  const source = sourceOf(`--set ${setting}`, setting);
  const equals = setting.indexOf("=");
  const path = setting.slice(0, Math.max(0, equals)).trim();
  const value = setting.slice(equals + 1);
  const fail = (offset: number, at: string, message: string, hint: string): MapNode => {
    findings.add({ source, offset }, at, message, hint);
    return root;
  };
  if (equals <= 0 || path === "") return fail(0, "", "is not a setting", "write --set path=value");
  if (value.trim() === "") return fail(equals, path, "no value", `write --set ${path}=value`);
  if (path === "extends" || path === "version") return fail(0, path, "cannot be set from outside", "change the file");
  // Blanks in place of the path keep the offsets right.
  const before = findings.count;
  const node = parseNode(" ".repeat(equals + 1) + value, source, findings);
  if (node === undefined || findings.count > before) return root;
  return put(root, path.split("."), node, findings) ?? root;
};

/** Maps whose keys are names of the world: a new one would need all that such a thing is made of. */
const NAMED = new Set(["access", "carriers", "regions", "centres", "lines", "families", "tiers", "entries"]);

const put = (root: MapNode, path: readonly string[], value: TreeNode, findings: Findings): MapNode | undefined => {
  const complain = (message: string, hint: Hint): undefined => {
    findings.add({ source: value.place.source, offset: 0 }, path.join("."), message, hint);
  };
  const replace = (node: TreeNode, depth: number): TreeNode | undefined => {
    const step = path[depth];
    if (step === undefined) return value;
    const above = path.slice(0, depth).join(".");
    if (node.kind === "list") {
      if (!hasIds(node)) return complain(`the items of ${above} have no id`, `set the whole list: ${above}=[…]`);
      const index = node.items.findIndex((item) => idOf(item) === step);
      const ids = node.items.map((item) => idOf(item) ?? "");
      if (index < 0) return complain(`${above} has no ${quote(step)}`, () => didYouMean(step, ids));
      const item = replace(node.items[index]!, depth + 1);
      return item === undefined ? undefined : { ...node, items: node.items.with(index, item) };
    }
    if (node.kind === "scalar") return complain(`${above} is a value, nothing lies below it`, `write ${above}=…`);
    const entry = node.entries.get(step);
    const last = depth === path.length - 1;
    if (entry === undefined && !last && NAMED.has(path[depth - 1] ?? ""))
      return complain(`${above} has no ${quote(step)}`, () => didYouMean(step, [...node.entries.keys()]));
    const empty: MapNode = { kind: "map", place: value.place, entries: new Map() };
    const below = replace(entry?.node ?? empty, depth + 1);
    if (below === undefined) return undefined;
    const key = entry === undefined || last ? { source: value.place.source, offset: 0 } : entry.key;
    return { ...node, entries: new Map(node.entries).set(step, { key, node: below }) };
  };
  const tree = replace(root, 0);
  return tree?.kind === "map" ? tree : undefined;
};
