/**
 * The golden stories, run again through the built command line at their golden settings. A row that is red
 * and was red when it was accepted fails nothing here; any difference does. `firedrill verify` says what
 * differs, and `firedrill verify --accept --reason TEXT` makes the new result the golden.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printJson } from "../src/report/json.ts";
import type { RunDocument } from "../src/study/document.ts";
import { type Golden, goldenOf } from "../src/study/golden.ts";
import { emptyFolder, firedrill, ROOT } from "./cli/shell.ts";

const FOLDER = join(ROOT, "reports/golden");
const STORIES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".json")) : [];

describe("the golden stories", () => {
  it("are there", () => {
    expect(STORIES.length).toBeGreaterThan(0);
  });

  it.each(STORIES)("%s comes out again, byte for byte", { timeout: 600_000 }, (name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    const { scenario, seed, scale, replications, reason } = JSON.parse(text) as Golden;
    const settings = ["--seed", seed, "--scale", scale, "--reps", String(replications)];
    const out = emptyFolder();
    const run = ["run", `scenarios/${scenario.name}.yaml`, ...settings, "--quiet", "--out", out];
    const { code, stderr } = firedrill(run);
    expect([0, 1, 2, 3], stderr).toContain(code);
    const document = JSON.parse(readFileSync(join(out, "run.json"), "utf8")) as RunDocument;
    expect(printJson(goldenOf(document, reason))).toBe(text);
  });

  it.each(STORIES)("%s is small enough to be read in a review", (name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect((JSON.parse(text) as Golden).reason).not.toBe("");
  });
});
