/** Checks that two majors of Node give the same result; FIREDRILL_OTHER_NODE is the path of the other one, set in CI. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { emptyFolder, ROOT } from "./shell.ts";

const other = process.env["FIREDRILL_OTHER_NODE"];

const runOn = (node: string): string => {
  const out = emptyFolder();
  const story = ["run", "scenarios/hainan-rerouting.yaml", "--reps", "1", "--set", "run.scale=1/10000", "--quiet"];
  const { stderr } = spawnSync(node, ["dist/cli/main.js", ...story, "--out", out], { cwd: ROOT, encoding: "utf8" });
  expect(stderr).toContain("reproduce:");
  return readFileSync(join(out, "run.json"), "utf8");
};

it.skipIf(other === undefined)("another Node gives the same document, byte for byte", () => {
  const version = (node: string): string => spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.split(".")[0]!;
  expect(version(other!)).not.toBe(version(process.execPath));
  expect(runOn(other!)).toBe(runOn(process.execPath));
});
