/** Runs the built command line as a shell would. */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");
export const MAIN = join(ROOT, "dist/cli/main.js");

/** The environment of a plain shell: no colours asked for, no CI. */
export const plainEnv = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const { PATH, HOME } = process.env;
  return { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), ...more };
};

export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const firedrill = (args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = ROOT): Ending => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    env: plainEnv(env),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return { code: status, stdout, stderr };
};

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "firedrill-test-"));

export const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
