/**
 * A tree of values with the position of each in its text: `extends` merges it, the schema checks it, and problems point
 * into it. A value keeps its own file through every merge.
 */
import { LineCounter } from "yaml";

/** A text that problems can point into: a file, or the value of an option. */
export interface Source {
  /** Name shown to the user. */
  readonly name: string;
  /** The whole text. */
  readonly text: string;
  /** Its lines without their ends. */
  readonly lines: readonly string[];
  /** Turns offsets into lines and columns. */
  readonly counter: LineCounter;
}

/** A position in a text. */
export interface Place {
  /** The text. */
  readonly source: Source;
  /** Characters before it. */
  readonly offset: number;
}

/** A single value. */
export interface ScalarNode {
  /** Distinguishes the nodes. */
  readonly kind: "scalar";
  /** Where it begins. */
  readonly place: Place;
  /** As YAML reads it. */
  readonly value: string | number | boolean | null;
  /** As written, e.g. "012" for the seed `012`. */
  readonly text: string;
}

/** A list. */
export interface ListNode {
  /** Distinguishes the nodes. */
  readonly kind: "list";
  /** Where it begins. */
  readonly place: Place;
  /** Its items in order. */
  readonly items: readonly TreeNode[];
}

/** A map. */
export interface MapNode {
  /** Distinguishes the nodes. */
  readonly kind: "map";
  /** Where it begins. */
  readonly place: Place;
  /** Its entries by key, in order. */
  readonly entries: ReadonlyMap<string, Entry>;
}

/** One entry of a map. */
export interface Entry {
  /** Where its key begins. */
  readonly key: Place;
  /** Its value. */
  readonly node: TreeNode;
}

/** A value of any kind. */
export type TreeNode = ScalarNode | ListNode | MapNode;

/** Keys and list indices from the root to a value. */
export type Path = readonly (string | number)[];

/** Returns a text as a source of problems. */
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

/** Returns line and column of a position, both from 1, and the text of the line. */
export const locate = ({ source, offset }: Place): { line: number; column: number; excerpt: string } => {
  const { line, col } = source.counter.linePos(offset);
  return { line, column: col, excerpt: source.lines[line - 1] ?? "" };
};

/** Returns the value at a path; undefined if there is none. */
export const nodeAt = (root: TreeNode, path: Path): TreeNode | undefined => {
  let node: TreeNode | undefined = root;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(String(step))?.node;
    else if (node?.kind === "list") node = node.items[Number(step)];
    else return undefined;
  }
  return node;
};

/** Returns the position of the value at a path; if it is absent, that of the key of its nearest ancestor. */
export const placeOf = (root: TreeNode, path: Path): Place => {
  const value = nodeAt(root, path);
  if (value !== undefined) return value.place;
  for (let length = path.length - 1; length > 0; length--) {
    const parent = path.slice(0, length);
    if (nodeAt(root, parent) !== undefined) return keyPlaceOf(root, parent);
  }
  return root.place;
};

/** Returns the position of the last key of a path; for an item of a list, that of the item. */
export const keyPlaceOf = (root: TreeNode, path: Path): Place => {
  const parent = nodeAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (parent?.kind === "map" && last !== undefined) {
    const entry = parent.entries.get(String(last));
    if (entry !== undefined) return entry.key;
  }
  return placeOf(root, path);
};

/** Returns a path as text, e.g. `faults[0].loss`. */
export const printPath = (path: Path): string =>
  path.map((step, i) => (typeof step === "number" ? `[${String(step)}]` : i === 0 ? step : `.${step}`)).join("");

/** Returns the plain values of a tree, for the schema; the seed stays the text that was written. */
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

/** Returns a value as written on one line: "29.91 M", "[8080, 443]". */
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

/** Returns the `id` of a map; undefined if it has none. */
export const idOf = (node: TreeNode): string | undefined => {
  const id = node.kind === "map" ? node.entries.get("id")?.node : undefined;
  return id?.kind === "scalar" && id.value !== null ? id.text : undefined;
};

/** True if every item of a list has an `id`: such lists are merged and addressed by it. */
export const hasIds = (list: ListNode): boolean => list.items.every((item) => idOf(item) !== undefined);
