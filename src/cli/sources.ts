/** Finds the files that a module is made of: a change of what it computes is a change of one of them. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";

/** The names of modules in imports, which the compiler writes in this way. */
const NAMED = /^(?:import\b[^"]*?|export \{[^}]*\} from )"([^"\n]+)"|\bimport\("([^"\n]+)"\)/gm;

const manifestAbove = (path: string): string => {
  const manifest = join(dirname(path), "package.json");
  return existsSync(manifest) ? manifest : manifestAbove(dirname(path));
};

/**
 * Returns a module of this package and all that it imports, directly or not, as path and text; of another package the manifest,
 * which has its version.
 */
export const sourcesOf = (module: string): ReadonlyMap<string, string> => {
  const sources = new Map<string, string>();
  const add = (path: string): void => {
    if (sources.has(path)) return;
    const text = readFileSync(path, "utf8");
    sources.set(path, text);
    if (path.endsWith(".json")) return;
    const { resolve } = createRequire(path);
    for (const [, first, second] of text.matchAll(NAMED)) {
      const name = (first ?? second)!;
      if (!isBuiltin(name)) add(name.startsWith(".") ? resolve(name) : manifestAbove(resolve(name)));
    }
  };
  add(module);
  return new Map([...sources].sort(([one], [other]) => (one < other ? -1 : 1)));
};
