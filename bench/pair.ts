/**
 * npm run -s bench -- pair --base REF: how fast the command line of one commit is against that of another. Both are built
 * in a temporary folder and take turns.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import {
  compare,
  differing,
  orders,
  printComparisons,
  type Pair,
  type Run,
  type Side,
  type Usage,
} from "./pair/compare.ts";
import { ROOT } from "./programs.ts";

const USAGE =
  "usage: npm run -s bench -- pair --base REF [--head REF] [--work run,verify,help] [--pairs N] [--reps N] [--json]\n";
const PRELOAD = pathToFileURL(join(import.meta.dirname, "pair", "usage.js")).href;
const STORY = "scenarios/chongqing-unicom-2014.yaml";
/** From here on an exit code tells that a command has failed, and not what it has found. */
const FAILED = 64;

interface Work {
  readonly args: (out: string, reps: string | undefined) => readonly string[];
  readonly digests: (stdout: string) => Readonly<Record<string, string>>;
}

interface Story {
  readonly scenario: { readonly name: string };
  readonly digest: string;
}

const digestsOf = (stories: readonly Story[]): Readonly<Record<string, string>> =>
  Object.fromEntries(stories.map(({ scenario, digest }) => [scenario.name, digest]));

const WORKS: Readonly<Record<string, Work>> = {
  run: {
    args: (out, reps) => ["run", STORY, "--out", out, "--json", ...(reps === undefined ? [] : ["--reps", reps])],
    digests: (stdout) => digestsOf([JSON.parse(stdout) as Story]),
  },
  verify: {
    args: () => ["verify", "--json"],
    digests: (stdout) => digestsOf((JSON.parse(stdout) as { readonly stories: readonly Story[] }).stories),
  },
  help: { args: () => ["--help"], digests: () => ({}) },
};

const say = (text: string): void => void process.stderr.write(`${text}\n`);

let running: ChildProcess | undefined;
let stopped: "SIGINT" | "SIGTERM" | undefined;

/** Runs a program in a process group of its own, which a signal to this process ends as a whole; returns its stdout. */
const output = async (cwd: string, env: NodeJS.ProcessEnv, command: readonly string[]): Promise<string> => {
  const child = spawn(command[0]!, command.slice(1), { cwd, env: { ...process.env, ...env }, detached: true });
  running = child;
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
  const status = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  running = undefined;
  if (stopped === undefined && status !== null && status < FAILED) return texts.stdout;
  throw new Error(`${command.join(" ")} failed: ${(texts.stderr.trim() || texts.stdout.trim()).slice(-2_000)}`);
};

const git = (...args: readonly string[]): Buffer => {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: ROOT, maxBuffer: 1e9 });
  if (status !== 0) throw new Error(`git ${args.join(" ")} failed: ${stderr.toString().trim()}`);
  return stdout;
};

/** Builds a commit in `folder`, on the packages of this clone if they are those of both sides. */
const build = async (commit: string, folder: string, sharePackages: boolean): Promise<void> => {
  say(`build ${commit.slice(0, 7)}`);
  mkdirSync(folder);
  const { status } = spawnSync("tar", ["-x", "-C", folder], { input: git("archive", "--format=tar", commit) });
  if (status !== 0) throw new Error(`tar cannot write the files of ${commit}`);
  if (sharePackages) symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  else await output(folder, {}, ["npm", "ci", "--ignore-scripts", "--prefer-offline"]);
  await output(folder, {}, ["npm", "run", "-s", "build"]);
};

const measure = async ({ args, digests }: Work, folder: string, reps: string | undefined): Promise<Run> => {
  const out = mkdtempSync(`${folder}-run-`);
  const env = { FIREDRILL_BENCH_USAGE: out, NODE_OPTIONS: `--import=${PRELOAD}` };
  const command = [process.execPath, join(folder, "dist", "cli", "main.js"), ...args(join(out, "run"), reps)];
  const start = performance.now();
  const stdout = await output(folder, env, command);
  const wall = (performance.now() - start) / 1_000;
  const used = readdirSync(out)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(out, name), "utf8")) as Usage);
  rmSync(out, { recursive: true });
  const cpu = used.reduce((sum, usage) => sum + usage.cpu, 0);
  return { cpu, wall, memory: Math.max(...used.map(({ memory }) => memory)), digests: digests(stdout) };
};

const options = (args: readonly string[]) => {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { base: text, head: text, work: text, pairs: text, reps: text, json: { type: "boolean" } },
  });
  const { base, head = "HEAD", work = "run,verify,help", pairs = "3", reps, json = false } = values;
  const works = work.split(",");
  const unknown = works.find((name) => !Object.hasOwn(WORKS, name));
  if (base === undefined) throw new TypeError("--base is missing: the commit to compare with");
  if (unknown !== undefined) throw new TypeError(`--work "${unknown}" does not exist`);
  if (!/^[1-9]\d*$/.test(pairs)) throw new TypeError("--pairs must be a whole number from 1");
  return { base, head, works, pairs: Number(pairs), reps, json };
};

const compareCommits = async (
  { base, head, works, pairs, reps, json }: ReturnType<typeof options>,
  temporary: string,
): Promise<string> => {
  const commitOf = (ref: string): string => git("rev-parse", "--verify", `${ref}^{commit}`).toString().trim();
  const commits: Readonly<Record<Side, string>> = { base: commitOf(base), head: commitOf(head) };
  const ours = readFileSync(join(ROOT, "package-lock.json"));
  const share = Object.values(commits).every((commit) => git("show", `${commit}:package-lock.json`).equals(ours));
  for (const side of ["base", "head"] as const) await build(commits[side], join(temporary, side), share);
  const results: { readonly work: string; readonly pairs: readonly Pair[] }[] = [];
  for (const work of works) {
    const done: Pair[] = [];
    for (const order of orders(pairs)) {
      const runs: Partial<Record<Side, Run>> = {};
      for (const side of order) {
        say(`${work}, pair ${String(done.length + 1)} of ${String(pairs)}: ${side}`);
        runs[side] = await measure(WORKS[work]!, join(temporary, side), reps);
      }
      done.push(runs as Pair);
    }
    results.push({ work, pairs: done });
  }
  const rows = results.flatMap((result) => compare(result.work, result.pairs));
  const differs = results.flatMap((result) => differing(result.pairs).map((scenario) => `${result.work} ${scenario}`));
  if (json) return JSON.stringify({ schema: "firedrill.bench.pair/1", ...commits, pairs, rows, differs }, undefined, 2);
  const notes = differs.map((what) => `the digests differ, so that this is not the same work: ${what}`);
  return [printComparisons(rows), ...notes].join("\n");
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
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      stopped = signal;
      if (running?.pid !== undefined && running.exitCode === null) process.kill(-running.pid, "SIGKILL");
    });
  try {
    process.stdout.write(`${await compareCommits(chosen, temporary)}\n`);
    return 0;
  } catch (error) {
    say(stopped ?? (error as Error).message);
    return stopped === undefined ? 1 : 128 + constants.signals[stopped];
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
};
