/**
 * Keys that a scenario writes and that have no effect in it, as no other key of it uses them. They are errors: a run would
 * look as if they had been tried. A key of a base may stay, as the scenario may switch its user off; so may a key of the
 * file in a section that options change, as an option cannot take a key out.
 */
import { nodeAt, type MapNode, type Path } from "./positions.ts";
import type { CheckContext } from "./section.ts";

/** Who writes a value: the scenario's own file, options, or its bases. */
export type Writers = Pick<CheckContext, "isOwn" | "isInherited">;

/** Returns the writers of a tree. `base` holds the scenario's bases merged, `own` its file, `set` its options `path=value`. */
export const writersOf = (
  root: MapNode,
  { own, base }: { readonly own: MapNode; readonly base: MapNode | undefined },
  set: readonly string[] = [],
): Writers => {
  const changed = new Set(set.map((setting) => setting.split(/[.=]/)[0]!.trim()));
  return {
    isOwn: (path) => {
      const node = nodeAt(root, path);
      if (node === undefined || node === (base && nodeAt(base, path))) return false;
      return !changed.has(String(path[0])) || node.place.source !== own.place.source;
    },
    isInherited: (path) => base !== undefined && nodeAt(base, path) !== undefined,
  };
};

/** Reports a key that has no effect, if the scenario writes it. */
export const reportNoEffect = (
  { report, isOwn }: Pick<CheckContext, "report" | "isOwn">,
  path: Path,
  why: string,
  instead: string,
  at?: "key",
): void => {
  if (isOwn(path)) report(path, `has no effect: ${why}`, instead, at);
};
