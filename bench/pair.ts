/**
 * npm run -s bench -- pair --base REF: how fast one commit is against another. Both are built in a temporary folder and
 * take turns.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  compare,
  differing,
  missing,
  orders,
  printComparisons,
  SIDES,
  type Pair,
  type Run,
  type Side,
} from "./pair/compare.ts";
import { execute, lastWords, stoppedBy, stopOnSignals } from "./pair/program.ts";
import { isBench, Lacking, measure, WORKS } from "./pair/works.ts";
import { ROOT } from "./programs.ts";
import { printed } from "./row.ts";

const ALL = Object.keys(WORKS).join(",");
const USAGE = `usage: npm run -s bench -- pair --base REF [--head REF] [--work WORK,...] [--pairs N] [--reps N] [--json]
  --base REF   the commit to compare with
  --head REF   the commit to compare (HEAD)
  --work WORK  what both do (${ALL})
  --pairs N    how many times each does it (3)
  --reps N     replications of the work "run" (as in its story)
  --json       one document instead of a table
`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const git = (...args: readonly string[]): Buffer => {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: ROOT, maxBuffer: 1e9 });
  if (status !== 0) throw new Error(`git ${args.join(" ")} failed: ${stderr.toString().trim()}`);
  return stdout;
};

const succeed = async (cwd: string, ...command: readonly string[]): Promise<void> => {
  const ended = await execute(cwd, command);
  if (ended.status !== 0) throw new Error(`${command.join(" ")} failed: ${lastWords(ended)}`);
};

/** Builds a commit in `folder`, with a copy of this clone's packages if they are those of both sides. */
const build = async (commit: string, folder: string, samePackages: boolean, benches: boolean): Promise<void> => {
  say(`build ${commit.slice(0, 7)}`);
  mkdirSync(folder);
  const { status } = spawnSync("tar", ["-x", "-C", folder], { input: git("archive", "--format=tar", commit) });
  if (status !== 0) throw new Error(`tar cannot write the files of ${commit}`);
  const packages = join(folder, "node_modules");
  // A link to them would not do: one of the packages is a folder of the commit itself.
  if (samePackages)
    await cp(realpathSync(join(ROOT, "node_modules")), packages, { recursive: true, verbatimSymlinks: true });
  else await succeed(folder, "npm", "ci", "--ignore-scripts", "--prefer-offline");
  await succeed(folder, "npm", "run", "-s", "build");
  if (benches) await succeed(folder, "npm", "exec", "--", "tsc", "-p", "bench/tsconfig.json");
};

const options = (args: readonly string[]) => {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { base: text, head: text, work: text, pairs: text, reps: text, json: { type: "boolean" } },
  });
  const { base, head = "HEAD", work = ALL, pairs = "3", reps, json = false } = values;
  const works = work.split(",");
  const unknown = works.find((name) => !Object.hasOwn(WORKS, name));
  if (base === undefined) throw new TypeError("--base is missing: the commit to compare with");
  if (unknown !== undefined) throw new TypeError(`--work "${unknown}" does not exist: use ${ALL}`);
  if (!/^[1-9]\d*$/.test(pairs)) throw new TypeError("--pairs must be a whole number from 1");
  return { base, head, works, pairs: Number(pairs), reps, json };
};

/** Lets both sides do a work in turn. A side that lacks or fails it ends the work: the reason becomes a note instead of pairs. */
const runPairs = async (work: string, pairs: number, runSide: (side: Side) => ReturnType<typeof measure>) => {
  const done: Pair[] = [];
  let last = "";
  for (const order of orders(pairs)) {
    const runs: Partial<Record<Side, Run>> = {};
    for (const side of order) {
      say(`${work}, pair ${String(done.length + 1)} of ${String(pairs)}: ${side}${last}`);
      try {
        const run = await runSide(side);
        runs[side] = run;
        last = ` (the last run took ${printed(run.wall)} s)`;
      } catch (error) {
        if (stoppedBy() !== undefined) throw error;
        const lacks = error instanceof Lacking;
        say(`${work} of ${side}: ${(error as Error).message}`);
        return {
          work,
          pairs: [],
          failed: !lacks,
          notes: [`left out, as ${side} ${lacks ? "does not have it" : "failed"}`],
        };
      }
    }
    done.push(runs as Pair);
  }
  const told = done.flatMap((pair) => SIDES.flatMap((side) => pair[side].notes.map((note) => `${side}: ${note}`)));
  return { work, pairs: done, failed: false, notes: [...missing(done), ...new Set(told)] };
};

/** Returns what to print, and whether a side failed in some work. */
const compareCommits = async (
  { base, head, works, pairs, reps, json }: ReturnType<typeof options>,
  temporary: string,
): Promise<{ readonly text: string; readonly failed: boolean }> => {
  const commitOf = (ref: string): string => git("rev-parse", "--verify", `${ref}^{commit}`).toString().trim();
  const commits: Readonly<Record<Side, string>> = { base: commitOf(base), head: commitOf(head) };
  const ours = readFileSync(join(ROOT, "package-lock.json"));
  const same = Object.values(commits).every((commit) => git("show", `${commit}:package-lock.json`).equals(ours));
  for (const side of SIDES) await build(commits[side], join(temporary, side), same, works.some(isBench));
  const results: Awaited<ReturnType<typeof runPairs>>[] = [];
  for (const work of works)
    results.push(await runPairs(work, pairs, (side) => measure(WORKS[work]!, join(temporary, side), reps)));
  const rows = results.flatMap((result) => compare(result.work, result.pairs));
  const differs = results.flatMap((result) => differing(result.pairs).map((scenario) => `${result.work} ${scenario}`));
  const notes = results.flatMap((result) => result.notes.map((note) => `${result.work}: ${note}`));
  const failed = results.some((result) => result.failed);
  const document = { schema: "firedrill.bench.pair/1", ...commits, pairs, rows, differs, notes };
  if (json) return { text: JSON.stringify(document, undefined, 2), failed };
  const warnings = differs.map((what) => `the digests differ, so that this is not the same work: ${what}`);
  return { text: [printComparisons(rows), ...warnings, ...notes].join("\n"), failed };
};

/** The command; returns its exit code. */
export const pair = async (args: readonly string[]): Promise<number> => {
  if (args.includes("--help")) {
    process.stdout.write(USAGE);
    return 0;
  }
  let chosen: ReturnType<typeof options>;
  try {
    chosen = options(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const temporary = mkdtempSync(join(tmpdir(), "firedrill-bench-"));
  stopOnSignals();
  try {
    const { text, failed } = await compareCommits(chosen, temporary);
    process.stdout.write(`${text}\n`);
    return failed ? 1 : 0;
  } catch (error) {
    const signal = stoppedBy();
    say(signal ?? (error as Error).message);
    return signal === undefined ? 1 : 128 + constants.signals[signal];
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
};
