/** What `pair` lets both sides do, and how the figures of one run are gathered. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Row } from "../row.ts";
import type { Run } from "./compare.ts";
import { benchFigures, failedTests } from "./figures.ts";
import { execute, lastWords, type Ended } from "./program.ts";

const PRELOAD = pathToFileURL(join(import.meta.dirname, "memory.js")).href;
const STORY = "scenarios/chongqing-unicom-2014.yaml";
/** From here on an exit code of the command line tells that it has failed, and not what it has found. */
const FAILED = 64;
/** The exit code for a name that a program does not know. */
const UNKNOWN = 2;
const BENCHES = ["tianjin", "seven", "clients", "hold"];

/** A side cannot do a work, as its commit does not have it. */
export class Lacking extends Error {}

interface Work {
  /** What to run in the folder of a side; `out` is a folder that does not exist yet. */
  readonly command: (out: string, reps: string | undefined) => readonly string[];
  /** Reads what a run has printed. Throws if it failed. */
  readonly read: (ended: Ended) => Partial<Run>;
  /** Whether the peak memory of the largest Node process is measured: by code that each of them loads. */
  readonly memory: boolean;
  readonly untilFirstLine?: boolean;
}

interface Story {
  readonly scenario: { readonly name: string };
  readonly digest: string;
}

const cli = (...args: readonly string[]): readonly string[] => [
  process.execPath,
  join("dist", "cli", "main.js"),
  ...args,
];

const digestsOf = (stories: readonly Story[]): Pick<Run, "digests"> => ({
  digests: Object.fromEntries(stories.map(({ scenario, digest }) => [scenario.name, digest])),
});

const check = (ended: Ended, succeeded: boolean): void => {
  if (!succeeded) throw new Error(lastWords(ended));
};

const ofCommandLine = (read: (stdout: string) => Partial<Run>, command: Work["command"]): Work => ({
  command,
  read: (ended) => {
    check(ended, ended.status !== undefined && ended.status < FAILED);
    return read(ended.stdout);
  },
  memory: true,
});

const ofBench = (name: string): Work => ({
  command: () => [process.execPath, join("dist", "bench", "bench", "main.js"), name, "--json"],
  read: (ended) => {
    if (ended.status === UNKNOWN) throw new Lacking("its commit does not have the benchmark");
    check(ended, ended.status === 0);
    const { rows } = JSON.parse(ended.stdout) as { readonly rows: readonly Row[] };
    return { figures: benchFigures(rows), notes: ended.stderr.match(/^left out: .*$/gm) ?? [] };
  },
  memory: true,
});

const tests: Work = {
  command: () => ["npm", "test"],
  read: (ended) => {
    check(ended, ended.status !== undefined && ended.status < FAILED);
    if (ended.status === 0) return {};
    const failed = failedTests(`${ended.stdout}\n${ended.stderr}`);
    return { notes: [failed === undefined ? lastWords(ended) : `${String(failed)} failed`] };
  },
  // Tests limit, kill and look at the processes that they start: these load nothing of ours.
  memory: false,
};

const progress: Work = {
  command: (out) => cli("run", STORY, "--out", out),
  read: (ended) => {
    check(ended, ended.stderr.includes("\n"));
    return {};
  },
  memory: false,
  untilFirstLine: true,
};

/** By name, in the order in which they run. */
export const WORKS: Readonly<Record<string, Work>> = {
  run: ofCommandLine(
    (stdout) => digestsOf([JSON.parse(stdout) as Story]),
    (out, reps) => cli("run", STORY, "--out", out, "--json", ...(reps === undefined ? [] : ["--reps", reps])),
  ),
  verify: ofCommandLine(
    (stdout) => digestsOf((JSON.parse(stdout) as { readonly stories: readonly Story[] }).stories),
    () => cli("verify", "--json"),
  ),
  test: tests,
  ...Object.fromEntries(BENCHES.map((name) => [name, ofBench(name)])),
  help: ofCommandLine(
    () => ({}),
    () => cli("--help"),
  ),
  progress,
};

/** Returns whether a work needs the benchmarks of a side to be built. */
export const isBench = (work: string): boolean => BENCHES.includes(work);

const largest = (folder: string): number =>
  Math.max(
    ...readdirSync(folder)
      .filter((name) => name.endsWith(".mib"))
      .map((name) => Number(readFileSync(join(folder, name), "utf8"))),
  );

/** Lets a side do a work once. Throws `Lacking` if its commit does not have it, and another error if it failed. */
export const measure = async (
  { command, read, memory, untilFirstLine = false }: Work,
  folder: string,
  reps: string | undefined,
): Promise<Run & { readonly wall: number }> => {
  const out = mkdtempSync(`${folder}-run-`);
  try {
    const env = memory ? { FIREDRILL_BENCH_MEMORY: out, NODE_OPTIONS: `--import=${PRELOAD}` } : {};
    const ended = await execute(folder, command(join(out, "run"), reps), { env, untilFirstLine });
    const { figures = [], digests = {}, notes = [] } = read(ended);
    const { cpu, wall } = ended;
    const own = [
      ...(cpu === undefined ? [] : [{ name: "cpu", unit: "s", value: cpu }]),
      { name: "wall", unit: "s", value: wall },
      ...(memory ? [{ name: "memory", unit: "MiB", value: largest(out) }] : []),
    ];
    return { figures: [...own, ...figures], digests, notes, wall };
  } finally {
    rmSync(out, { recursive: true, force: true, maxRetries: 3 });
  }
};
