/** A tiny scenario, read as a user's is, with faults and other settings added. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readScenario } from "../../src/scenario/read.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** Returns the tiny scenario with this YAML added (faults, interventions, windows, expect, thresholds) and these settings. */
export const tiny = (more = "", set: readonly string[] = []): Scenario => {
  const file = join(mkdtempSync(join(tmpdir(), "tiny-")), "story.yaml");
  const base = resolve("tests/fixtures/tiny.yaml");
  writeFileSync(file, `version: 1\nname: story\ntitle: A story\nextends: ${base}\n${more}\n`);
  const reading = readScenario(file, { set });
  if (!("scenario" in reading)) throw new Error(JSON.stringify(reading.problems, null, 1));
  return reading.scenario;
};
