/**
 * Prints commands that can be pasted into a shell: in any folder, with every word quoted, and under a name that starts this
 * very Firedrill. `npx firedrill` is never printed: outside the clone it would ask the registry for a package of that name.
 */
import { existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));

/** Returns a word as a POSIX shell reads it, in quotes if it has to be. */
export const quoted = (word: string): string =>
  /^[\w./:@,][\w./:=@%+,-]*$|^-{1,2}[\w-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const isThis = (file: string, main: string): boolean => {
  try {
    return realpathSync(file) === realpathSync(main);
  } catch {
    return false;
  }
};

/**
 * Returns the words that start this Firedrill in any folder: `firedrill` if the shell finds it under this name, else Node with
 * the path of `main`. Folders that npm adds to the path for one command do not count.
 */
export const programWords = (path = process.env["PATH"] ?? "", main = MAIN): readonly string[] => {
  const [first] = path
    .split(delimiter)
    .filter((folder) => folder !== "" && !/[\\/]node_modules[\\/]/.test(`${folder}/`))
    .map((folder) => join(folder, "firedrill"))
    .filter((file) => existsSync(file));
  return first !== undefined && isThis(first, main) ? ["firedrill"] : ["node", main];
};

/** Returns a scenario as a command in any folder takes it: the name of a shipped one as it is, a file with its whole path. */
export const scenarioWord = (given: string): string =>
  statSync(given, { throwIfNoEntry: false })?.isFile() === true ? resolve(given) : given;

/** Returns a command line that starts this Firedrill with the given words; `program` are the words before them. */
export const commandLine = (words: readonly string[], program = programWords()): string =>
  [...program, ...words].map(quoted).join(" ");

/** Returns the shell command after which `firedrill` starts this very program; undefined if it does so already. */
export const aliasCommand = (): string | undefined => {
  const program = programWords();
  return program.length === 1 ? undefined : `alias firedrill=${quoted(program.map(quoted).join(" "))}`;
};

/**
 * Returns the words before a comment such as `# firedrill 0.1.0`: some shells pass on the comment at the end of a pasted
 * command as words.
 */
export const withoutComment = (words: readonly string[]): readonly string[] => {
  const at = words.findIndex((word, place) => word === "#" && words[place + 1] === "firedrill");
  return at < 0 ? words : words.slice(0, at);
};
