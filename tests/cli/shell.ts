/** Runs the built command line as a shell would. */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Folder of the repository. */
export const ROOT = resolve(import.meta.dirname, "../..");
/** The built command line. */
export const MAIN = join(ROOT, "dist/cli/main.js");

/** Returns the environment of a plain shell, without settings for colour or CI. */
export const plainEnv = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const { PATH, HOME, TMPDIR, FIREDRILL_CACHE } = process.env;
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    ...(FIREDRILL_CACHE === undefined ? {} : { FIREDRILL_CACHE }),
    ...more,
  };
};

/** The end of a process. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export const firedrill = (args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = ROOT): Ending => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    env: plainEnv(env),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return { code: status, stdout, stderr };
};

/** Returns a new empty folder. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "firedrill-test-"));

/** Returns the last line of a text that is not blank. */
export const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
