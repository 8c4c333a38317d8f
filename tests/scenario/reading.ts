/** Reads scenarios from texts, for tests of the reader. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScenario, type Reading } from "../../src/scenario/read.ts";
import type { Problem } from "../../src/scenario/problem.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import type { Settings } from "../../src/scenario/settings.ts";

/** A valid scenario of a shipped world, to which tests append their cases. */
export const HEAD = `version: 1
name: story
extends: worlds/china-2014.yaml
run: { duration: 3 h, warmup: 20 min, scale: 1/1000, replications: 10 }
`;

/** Writes the texts to a folder of their own and reads `story.yaml` in it. */
export const read = (
  story: string | Uint8Array,
  settings: Settings = {},
  others: Readonly<Record<string, string>> = {},
): Reading => {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-reading-"));
  try {
    for (const [name, text] of Object.entries(others)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "story.yaml"), story);
    return readScenario(join(folder, "story.yaml"), settings);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Returns the problems of a reading; none if it is valid. */
export const problemsOf = (reading: Reading): readonly Problem[] => ("problems" in reading ? reading.problems : []);

/** Returns the scenario of a reading; throws its problems if it is invalid. */
export const scenarioOf = (reading: Reading): Scenario => {
  if ("problems" in reading)
    throw new Error(
      reading.problems.map(({ line, path, message }) => `${String(line)} ${path}: ${message}`).join("\n"),
    );
  return reading.scenario;
};

/** Returns the processor time of this process in ms; unlike wall-clock time it is independent of other processes. */
export const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Processor time above which a reading hangs: far above what any text takes, so that no slow machine reaches it. */
export const PROCESSOR_MS_MAX = 30_000;
