/** Finds what a command changes of the file: parameters that `--set` gives another value, and faults or interventions left out. */
import { hasIds, idOf, written, type MapNode, type TreeNode } from "./positions.ts";
import type { Changed } from "./scenario.ts";
import type { Settings } from "./settings.ts";

/** Returns the changes by `set` and `without`, in that order; a setting to the value of the file is none. */
export const changesBetween = (
  file: MapNode,
  changed: MapNode,
  { set = [], without = [] }: Settings,
): readonly Changed[] => {
  const paths = new Set(set.map((setting) => setting.slice(0, Math.max(0, setting.indexOf("="))).trim()));
  return [
    ...[...paths].flatMap((parameter): readonly Changed[] => {
      const [before, value] = [file, changed].map((root) => valueAt(root, parameter));
      return value === undefined || value === before ? [] : [{ parameter, value, before: before ?? "not set" }];
    }),
    ...without.flatMap((list): readonly Changed[] => {
      const ids = idsIn(changed.entries.get(list)?.node);
      return ids === "" ? [] : [{ parameter: list, value: LEFT_OUT, before: ids }];
    }),
  ];
};

const LEFT_OUT = "left out";

/** True if a change is a list of faults or interventions that was left out. */
export const isLeftOut = ({ parameter, value }: Changed): boolean =>
  value === LEFT_OUT && ["faults", "interventions"].includes(parameter);

const idsIn = (node: TreeNode | undefined): string =>
  node?.kind === "list" ? node.items.map((item) => idOf(item) ?? "").join(", ") : "";

/** Returns the value at a path of keys and ids as it is written; undefined if there is none. */
const valueAt = (root: MapNode, path: string): string | undefined => {
  const node = nodeOf(root, path);
  return node === undefined ? undefined : written(node);
};

/** Returns the node at a path of keys and ids, such as `faults.gateway.loss`; undefined if there is none. */
export const nodeOf = (root: MapNode, path: string): TreeNode | undefined => {
  let node: TreeNode | undefined = root;
  for (const step of path.split(".")) {
    if (node?.kind === "map") node = node.entries.get(step)?.node;
    else if (node?.kind === "list" && hasIds(node)) node = node.items.find((item) => idOf(item) === step);
    else return undefined;
  }
  return node;
};

/** Returns the change of any of these parameters, or of a map that has or is in one of them; undefined without any. */
export const changeOf = (changes: readonly Changed[], parameters: readonly string[]): Changed | undefined =>
  changes.find(({ parameter }) =>
    parameters.some((one) => `${one}.`.startsWith(`${parameter}.`) || `${parameter}.`.startsWith(`${one}.`)),
  );

/** Prints a change, e.g. "faults.gateway.loss: 0 % (file: 9 %)". */
export const printChange = ({ parameter, value, before }: Changed): string =>
  `${parameter}: ${short(value)} (file: ${short(before)})`;

const LONGEST = 60;
const short = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`);
