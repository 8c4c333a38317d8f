/** Commands under limits of the shell, which each test sets for one command. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyFolder, type Ending, MAIN, plainEnv, ROOT } from "./shell.ts";

const SMALL = join(ROOT, "tests/cli/small.yaml");

/** Runs a command to its end under a limit such as `-n 40`. */
const limited = (limit: string, args: readonly string[], cwd = emptyFolder()): Ending => {
  const words = ["-c", `ulimit ${limit} && exec "$0" "$@"`, process.execPath, MAIN, ...args];
  const { status, stdout, stderr } = spawnSync("sh", words, { cwd, env: plainEnv(), encoding: "utf8" });
  return { code: status, stdout, stderr };
};

describe.runIf(process.platform === "linux")("with too few open files", () => {
  it.each([
    [40, ["validate", SMALL]],
    [27, ["list", "metrics"]],
    [64, ["report", "nowhere"]],
    [64, ["run", SMALL]],
    [160, ["run", SMALL, "--workers", "1"]],
  ])("%i, %j ends with 69 and says how many are needed", (files, args) => {
    const { code, stdout, stderr } = limited(`-n ${String(files)}`, args);
    expect([code, stdout]).toEqual([69, ""]);
    expect(stderr).toMatch(/^error .* this shell allows \d+.*: raise the limit: ulimit -n 224\n$/);
    expect(stderr).toContain(`allows ${String(files)}`);
  });

  it("as many threads as fit are proposed, and used where none were asked for", () => {
    const cwd = emptyFolder();
    const asked = limited("-n 256", ["run", SMALL, "--workers", "4"], cwd);
    expect(asked.code).toBe(69);
    expect(asked.stderr).toContain("write --workers 1, or raise the limit: ulimit -n 704");
    expect(readdirSync(cwd)).toEqual([]);
    expect(limited("-n 256", ["run", SMALL, "--quiet"]).code).toBe(0);
  });
});

describe.runIf(process.platform === "linux")("with a limit on the size of files", () => {
  it("a run ends with 73, says which limit, and leaves no half file", () => {
    const cwd = emptyFolder();
    copyFileSync(SMALL, join(cwd, "small.yaml"));
    const { code, stderr } = limited("-f 8", ["run", "small.yaml", "--quiet", "--out", "o"], cwd);
    expect(code).toBe(73);
    expect(stderr).toContain("a file becomes larger than this shell allows: raise the limit: ulimit -f unlimited");
    const left = readdirSync(join(cwd, "o"));
    expect(left).toContain("manifest.json");
    expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("a new scenario is whole or not there", () => {
    const cwd = emptyFolder();
    const { code, stderr } = limited("-f 1", ["new", "story"], cwd);
    expect([code, existsSync(join(cwd, "story.yaml"))]).toEqual([73, false]);
    expect(stderr).toMatch(/^error cannot write to story\.yaml: a file becomes larger/);
  });
});
