/** Writes scenario texts into a folder of their own and hands them to the door. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScenario, type Reading } from "../../src/scenario/read.ts";
import type { Problem } from "../../src/scenario/problem.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import type { Settings } from "../../src/scenario/settings.ts";

/** A right scenario of the shipped world, to which cases add what they are about. */
export const HEAD = `version: 1
name: story
extends: worlds/china-2014.yaml
run: { duration: 3 h, warmup: 20 min, scale: 1/1000, replications: 10 }
`;

/** Reads `story.yaml` beside the other files given. */
export const read = (
  story: string | Uint8Array,
  settings: Settings = {},
  others: Readonly<Record<string, string>> = {},
): Reading => {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-door-"));
  try {
    for (const [name, text] of Object.entries(others)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, "story.yaml"), story);
    return readScenario(join(folder, "story.yaml"), settings);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const problemsOf = (reading: Reading): readonly Problem[] => ("problems" in reading ? reading.problems : []);

export const scenarioOf = (reading: Reading): Scenario => {
  if ("problems" in reading)
    throw new Error(
      reading.problems.map(({ line, path, message }) => `${String(line)} ${path}: ${message}`).join("\n"),
    );
  return reading.scenario;
};

/** Milliseconds of processor time so far: unlike the clock it does not see what else the machine is doing. */
export const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
