/** The files of the repository, for tests that read them. */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "..");
/** Folders that are installed or built. */
export const NOT_OURS = ["node_modules", "dist"];

/** Returns the paths of all files of a folder and of the folders below. */
export const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.includes(entry.name) || entry.name === ".git") return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : entry.isFile() ? [path] : [];
  });

/** Every text file that people write or review. */
export const OURS = [
  ...["src", "tests", "bench", "scenarios", ".ci", ".github"].flatMap((folder) => filesUnder(join(ROOT, folder))),
  ...["README.md", "CHANGELOG.md", "package.json"].map((name) => join(ROOT, name)),
].filter((path) => /\.(ts|js|cjs|json|ya?ml|md|html|css|csv)$|\/run$/.test(path) && existsSync(path));
