/** Where answers go: stdout for the answer alone, stderr for all else, a folder for the run. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { probeWritable, writeFolder } from "../report/folder.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { scaleText } from "../study/assemble.ts";
import type { StudyPlan } from "../study/replications.ts";
import { EXIT, isUnwritable, Refusal } from "./exit.ts";
import { repetitionsText } from "./settings.ts";
import type { Finished } from "./study.ts";

/** Resolves when the text is on its way, or when nobody reads any more. */
export const answer = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });

export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

const asName = (text: string): string => text.replaceAll(/[^\w.-]+/g, "-").slice(0, 40);

/** Same input, same folder: seed, scale, replications and eight characters of the input's fingerprint. */
export const folderOf = (scenario: Scenario, plan: StudyPlan): string => {
  const { faults, interventions, twin } = plan;
  const input = createHash("sha256").update(JSON.stringify([scenario.fingerprint, faults, interventions, twin]));
  const parts = [
    asName(scenario.seed),
    scaleText(scenario.run.peopleARow).replace("/", "-"),
    repetitionsText(plan),
    input.digest("hex").slice(0, 8),
  ];
  return join("reports", asName(scenario.name), parts.join("_"));
};

/** Step by step: Node's own recursion never ends where a file system refuses new folders, as /proc does. */
const makeFolder = (dir: string): void => {
  if (existsSync(dir)) return;
  makeFolder(dirname(dir));
  mkdirSync(dir);
};

const whyNotMade = (dir: string): string | undefined => {
  try {
    makeFolder(resolve(dir));
    return undefined;
  } catch (error) {
    return `cannot write to ${dir}: ${(error as Error).message}`;
  }
};

/** Refuses before a long run what would fail after it. */
export const demandWritable = async (dir: string): Promise<void> => {
  const problem = whyNotMade(dir) ?? (await probeWritable(dir));
  if (problem !== undefined) throw new Refusal(EXIT.unwritable, `error ${problem}`);
};

/** Leaves the run in its folder. A disk that has filled up in the meantime is no fault of ours. */
export const keep = async (dir: string, { document, pictures, meta, perReplication }: Finished): Promise<void> => {
  try {
    await writeFolder(dir, { document, pictures, meta, perReplication });
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    throw new Refusal(EXIT.unwritable, `error cannot write to ${dir}: ${error.message}`);
  }
};
