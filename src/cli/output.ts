/** Writes output: results to stdout, other messages to stderr, a run to its folder. */
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

/** Writes a result to stdout; resolves after the write, or if the pipe is closed. */
export const answer = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });

/** Writes a line to stderr. */
export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

const asName = (text: string): string => text.replaceAll(/[^\w.-]+/g, "-").slice(0, 40);

/** Returns the folder of a run: seed, scale, replications and eight digits of the fingerprint, so equal input gives one folder. */
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

/** Creates a folder level by level: Node's recursive option never returns on file systems such as /proc. */
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

/** Throws a `Refusal` if a folder cannot be written, before a long run starts. */
export const demandWritable = async (dir: string): Promise<void> => {
  const problem = whyNotMade(dir) ?? (await probeWritable(dir));
  if (problem !== undefined) throw new Refusal(EXIT.unwritable, `error ${problem}`);
};

/** Writes the run to its folder; throws a `Refusal` if it cannot be written, e.g. on a full disk. */
export const keep = async (dir: string, { document, pictures, meta, perReplication }: Finished): Promise<void> => {
  try {
    await writeFolder(dir, { document, pictures, meta, perReplication });
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    throw new Refusal(EXIT.unwritable, `error cannot write to ${dir}: ${error.message}`);
  }
};
