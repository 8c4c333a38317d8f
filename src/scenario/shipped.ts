/** Finds the scenarios that are shipped with Firedrill. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Findings } from "./findings.ts";
import { sourceOf, type MapNode } from "./positions.ts";
import { parseTree, readText } from "./text.ts";

const FOLDER = resolve(dirname(fileURLToPath(import.meta.url)), "../../scenarios");

/** One shipped scenario. */
export interface Shipped {
  /** Name that every command accepts. */
  readonly name: string;
  /** Its title, or empty. */
  readonly title: string;
  /** Path, relative to the working directory if it is below it. */
  readonly file: string;
}

/** Returns a path relative to the working directory if it lies below it. */
const shown = (file: string): string => {
  const near = relative("", file);
  return near === "" || near.startsWith("..") ? file : near;
};

/** Returns the file of a shipped scenario or world by name or by relative path; undefined if there is none. */
export const shippedFile = (name: string): string | undefined => {
  if (name === "" || isAbsolute(name)) return undefined;
  const file = [name, `${name}.yaml`, join("worlds", `${name}.yaml`)]
    .map((candidate) => join(FOLDER, candidate))
    .find((candidate) => candidate.endsWith(".yaml") && existsSync(candidate));
  return file === undefined ? undefined : shown(file);
};

/** Returns the shipped worlds as `extends` takes them, e.g. `worlds/china-2014.yaml`. */
export const shippedWorlds = (): readonly string[] => yamlIn(join(FOLDER, "worlds")).map((file) => `worlds/${file}`);

/** Returns all shipped scenarios by name; worlds are not among them. */
export const shippedScenarios = (): readonly Shipped[] =>
  yamlIn(FOLDER).map((file) => {
    const tree = treeOf(join(FOLDER, file));
    return {
      name: file.replace(/\.yaml$/, ""),
      title: textAt(tree, "title"),
      file: shown(join(FOLDER, file)),
    };
  });

const yamlIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".yaml"))
        .sort()
    : [];

const treeOf = (file: string): MapNode | undefined => {
  const read = readText(file);
  return "text" in read ? parseTree(read.text, sourceOf(file, read.text), new Findings()) : undefined;
};

const textAt = (tree: MapNode | undefined, key: string): string => {
  const node = tree?.entries.get(key)?.node;
  return node?.kind === "scalar" ? node.text : "";
};
