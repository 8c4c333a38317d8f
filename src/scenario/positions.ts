/**
 * A text's values with the place each stands at: what `extends` merges, what the schema judges and what
 * a problem points into. A value keeps its own file through every merge.
 */
import { LineCounter } from "yaml";

/** A text problems can point into: a file, or the value of an option. */
export interface Source {
  /** As shown to the user. */
  readonly name: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly counter: LineCounter;
}

export interface Place {
  readonly source: Source;
  readonly offset: number;
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly place: Place;
  readonly value: string | number | boolean | null;
  /** As written: the seed `012` is "012". */
  readonly text: string;
}

export interface ListNode {
  readonly kind: "list";
  readonly place: Place;
  readonly items: readonly TreeNode[];
}

export interface MapNode {
  readonly kind: "map";
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: Place;
  readonly node: TreeNode;
}

export type TreeNode = ScalarNode | ListNode | MapNode;

export type Path = readonly (string | number)[];

export const sourceOf = (name: string, text: string): Source => {
  const counter = new LineCounter();
  const lines = text.split("\n");
  let offset = 0;
  for (const line of lines) {
    counter.addNewLine(offset);
    offset += line.length + 1;
  }
  return { name, text, lines: lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line)), counter };
};

/** Line and column, both from 1, and the line itself. */
export const locate = ({ source, offset }: Place): { line: number; column: number; excerpt: string } => {
  const { line, col } = source.counter.linePos(offset);
  return { line, column: col, excerpt: source.lines[line - 1] ?? "" };
};

/** The value at a path, or undefined. */
export const nodeAt = (root: TreeNode, path: Path): TreeNode | undefined => {
  let node: TreeNode | undefined = root;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(String(step))?.node;
    else if (node?.kind === "list") node = node.items[Number(step)];
    else return undefined;
  }
  return node;
};

/** Where the value at a path stands; for one that is absent, where its nearest ancestor is named. */
export const placeOf = (root: TreeNode, path: Path): Place => {
  const value = nodeAt(root, path);
  if (value !== undefined) return value.place;
  for (let length = path.length - 1; length > 0; length--) {
    const parent = path.slice(0, length);
    if (nodeAt(root, parent) !== undefined) return keyPlaceOf(root, parent);
  }
  return root.place;
};

/** Where the key that leads to a path stands; of a list's item, the item itself. */
export const keyPlaceOf = (root: TreeNode, path: Path): Place => {
  const parent = nodeAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (parent?.kind === "map" && last !== undefined) {
    const entry = parent.entries.get(String(last));
    if (entry !== undefined) return entry.key;
  }
  return placeOf(root, path);
};

/** `faults[0].loss`. */
export const printPath = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${String(step)}]` : i === 0 ? step : `.${step}`)).join("");

/** The values alone, for the schema. The seed is text whatever it looks like. */
export const plain = (node: TreeNode, path: Path = []): unknown => {
  switch (node.kind) {
    case "scalar":
      return path.length === 1 && path[0] === "seed" && node.value !== null ? node.text : node.value;
    case "list":
      return node.items.map((item, i) => plain(item, [...path, i]));
    case "map":
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.node, [...path, key])]));
  }
};

/** As one would write it on one line: "29.91 M", "[8080, 443]". */
export const written = (node: TreeNode): string => {
  switch (node.kind) {
    case "scalar":
      return node.text;
    case "list":
      return `[${node.items.map(written).join(", ")}]`;
    case "map":
      return `{ ${[...node.entries].map(([key, entry]) => `${key}: ${written(entry.node)}`).join(", ")} }`;
  }
};

/** A list whose every item is a map with an `id`: such lists merge and are addressed by it. */
export const idOf = (node: TreeNode): string | undefined => {
  const id = node.kind === "map" ? node.entries.get("id")?.node : undefined;
  return id?.kind === "scalar" && id.value !== null ? id.text : undefined;
};

export const hasIds = (list: ListNode): boolean => list.items.every((item) => idOf(item) !== undefined);
