/** Writes output: results to stdout, other messages to stderr, a run to its folder. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { printable } from "../base/printable.ts";
import { writeFolder } from "../report/folder.ts";
import { printCount } from "../report/numbers.ts";
import { Unwritable } from "../report/unwritable.ts";
import { isLeftOut } from "../scenario/changes.ts";
import type { Changed, Scenario } from "../scenario/scenario.ts";
import { scaleText } from "../study/assemble.ts";
import type { RunDocument } from "../study/document.ts";
import type { StudyPlan } from "../study/replications.ts";
import { EXIT, Refusal, unwritable } from "./exit.ts";
import { repetitionsText } from "./settings.ts";
import type { Finished } from "./study.ts";

/** Writes a result to stdout; resolves after the write, or if the pipe is closed. */
export const answer = (text: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });

/** Writes a result to stdout after it was kept, so that neither is lost where the other cannot be written. */
export const answerAfter = async <Kept>(text: string, keeping: () => Promise<Kept>): Promise<Kept> => {
  const [kept] = await Promise.allSettled([keeping()]);
  await answer(text);
  if (kept.status === "rejected") throw kept.reason;
  return kept.value;
};

/** Writes a line to stderr. */
export const tell = (text: string): void => void process.stderr.write(`${printable(text)}\n`);

const asName = (text: string): string => text.replaceAll(/[^\w.-]+/g, "-").slice(0, 40);

const MOST_NAMES = 3;

/** Returns the parameters that `--set` changed, each with its value, e.g. `gateway.loss-0`; of many the first three. */
const changedNames = (changes: readonly Changed[]): readonly string[] => {
  const set = changes.filter((change) => !isLeftOut(change));
  const names = set.slice(0, MOST_NAMES).map(({ parameter, value }) => {
    const last = parameter.split(".").slice(-2).join(".");
    return asName(`${last}-${value}`).replace(/-+$/, "");
  });
  return set.length > MOST_NAMES ? [...names, `and-${String(set.length - MOST_NAMES)}-more`] : names;
};

/** Returns the folder of a run: seed, scale, replications, eight digits of the fingerprint and what `--set` changed, so equal input gives one folder. */
export const folderOf = (scenario: Scenario, plan: StudyPlan): string => {
  const { faults, interventions, twin } = plan;
  const input = createHash("sha256").update(JSON.stringify([scenario.fingerprint, faults, interventions, twin]));
  const parts = [
    asName(scenario.seed),
    scaleText(scenario.run.peopleARow).replace("/", "-"),
    repetitionsText(plan),
    input.digest("hex").slice(0, 8),
    ...changedNames(scenario.changes ?? []),
  ];
  return join("reports", asName(scenario.name), parts.join("_"));
};

/** Creates a folder level by level, as Node's recursive option never returns on file systems such as /proc; returns what it made. */
const makeFolder = (dir: string): readonly string[] => {
  if (existsSync(dir)) return [];
  const above = makeFolder(dirname(dir));
  mkdirSync(dir);
  return [...above, dir];
};

/** Calls `work`, and turns an error of a path that must not or cannot be written into a `Refusal`. */
export const writing = async <Result>(dir: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unwritable) throw new Refusal(EXIT.unwritable, `error ${error.message}`);
    throw unwritable(dir, error) ?? error;
  }
};

/**
 * Makes a folder and calls `demand` to check it; throws a `Refusal` if it cannot be written, before a long run starts. What it
 * made is removed when the process ends, as far as it is empty then.
 */
export const demandWritable = (dir: string, demand: (dir: string) => Promise<void>): Promise<void> =>
  writing(dir, async () => {
    const made = makeFolder(resolve(dir));
    process.once("exit", () => {
      try {
        for (const folder of made.toReversed()) rmdirSync(folder);
      } catch {
        // A folder with files stays.
      }
    });
    if (!statSync(dir).isDirectory()) throw new Unwritable(dir, "it is not a folder: name another one");
    await demand(dir);
  });

/** The most folders that are tried beside one with a greater result; chosen. */
const MOST_BESIDE = 99;

/** Returns the name of a folder beside another, such as `out_partial-4`, for a result that must not replace a greater one. */
const besideOf = (dir: string, { replications, partial }: RunDocument, attempt: number): string => {
  const whole = resolve(dir);
  const name = `${basename(whole)}_${partial === true ? "partial-" : ""}${String(replications)}`;
  const beside = join(dirname(whole), attempt === 1 ? name : `${name}_${String(attempt)}`);
  return isAbsolute(dir) ? beside : relative("", beside);
};

/**
 * Writes the run to its folder, or beside it where a greater result is; says so and returns the folder. Throws a `Refusal` if
 * it cannot be written, e.g. on a full disk.
 */
export const keep = (dir: string, { document, pictures, meta, perReplication, decisions }: Finished): Promise<string> =>
  writing(dir, async () => {
    const run = { document, pictures, meta, perReplication, decisions };
    const outcome = await writeFolder(dir, run);
    if (outcome.kind === "written") return dir;
    const greater = `${printCount(outcome.replications, "replication")}${outcome.partial ? "" : ", complete"}`;
    for (let attempt = 1; attempt <= MOST_BESIDE; attempt++) {
      const beside = besideOf(dir, document, attempt);
      makeFolder(beside);
      if ((await writeFolder(beside, run).catch(foreign)).kind !== "written") continue;
      tell(`${dir} holds a greater result (${greater}) and is left as it is: this one goes to ${beside}`);
      return beside;
    }
    throw new Unwritable(dir, `it holds a greater result (${greater}), and so do the folders beside it`);
  });

/** Returns that a folder is another's, so that the next one is tried; throws any other error. */
const foreign = (error: unknown): { readonly kind: "foreign" } => {
  if (error instanceof Unwritable) return { kind: "foreign" };
  throw error;
};
