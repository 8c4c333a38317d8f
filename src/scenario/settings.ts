/**
 * Applies `--set path=value` and its short forms to the tree, as if the file had these values. Maps are addressed by key,
 * lists by `id`; a problem with a setting names the option.
 */
import { controlAt } from "../base/printable.ts";
import type { Findings, Hint } from "./findings.ts";
import { hasIds, idOf, sourceOf, type MapNode, type Place, type TreeNode } from "./positions.ts";
import { quote } from "./quantities.ts";
import { isMapOfNamed, schemasAt } from "./shapes.ts";
import { didYouMean } from "./suggest.ts";
import { FORBIDDEN_KEYS, parseNode } from "./text.ts";
import { worldShape } from "./world.ts";

/** Settings with a short form. */
export interface Overrides {
  /** Value of `--seed`. */
  readonly seed?: string;
  /** Value of `--scale` as typed, e.g. "1/1000". */
  readonly scale?: string;
  /** Lowest number of `--reps`. */
  readonly replications?: number;
}

/** All settings of a command. */
export interface Settings {
  /** Values of `--set`, each `path=value`, in order. */
  readonly set?: readonly string[];
  /** Values of the short forms; they are applied last. */
  readonly overrides?: Overrides;
  /** Lists that the run leaves out; the scenario keeps them, and names them among its changes. */
  readonly without?: readonly ("faults" | "interventions")[];
}

/** Returns the tree with all settings applied in order; a setting that cannot be applied is reported and left out. */
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
    if (controlAt(String(value)) >= 0 || String(value).includes("\n")) {
      findings.add(place, path.join("."), "contains a control character", "remove it");
      continue;
    }
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
  if (value.trim() === "") return fail(equals, path, "has no value", `write --set ${path}=value`);
  if (path === "extends" || path === "version")
    return fail(0, path, "cannot be changed by a setting", "change it in the file");
  // The path is replaced by blanks, which keeps the offsets.
  const before = findings.count;
  const node = parseNode(" ".repeat(equals + 1) + value, source, findings, path);
  if (node === undefined || findings.count > before) return root;
  return put(root, path.split("."), node, findings) ?? root;
};

/**
 * True if the keys at a path are names of things in the world, such as `regions` or `push.tasks`. One setting cannot add
 * a thing: it would lack its other required keys.
 */
const isNamesOnly = ([section = "", ...below]: readonly string[]): boolean =>
  Object.hasOwn(worldShape, section) &&
  schemasAt(worldShape[section as keyof typeof worldShape], below).some(isMapOfNamed);

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
    if (node.kind === "scalar") return complain(`${above} is a value and has no keys`, `write ${above}=…`);
    if (FORBIDDEN_KEYS.has(step))
      return complain(`${quote(step)} cannot be a key`, "write the name of a thing that exists");
    const entry = node.entries.get(step);
    const last = depth === path.length - 1;
    if (entry === undefined && !last && isNamesOnly(path.slice(0, depth)))
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
