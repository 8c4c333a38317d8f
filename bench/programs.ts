/**
 * Runs what is measured, each in a process of its own: ours, and other people's simulators doing the same work where
 * this machine has them. Every program prints one line of JSON: how many events, in how many seconds of processor time.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { median, rate, type Measurement } from "./row.ts";

/** From dist/bench/bench. */
export const ROOT = resolve(import.meta.dirname, "..", "..", "..");
const PEERS = join(ROOT, "bench", "peers");
const HEAP_FOR_THE_LARGEST = "--max-old-space-size=8192";

/** A peer that takes longer than this is left out. */
const PATIENCE_MS = 240_000;
/** Without its list, which takes a walk through all for each event. */
export const NS3_SCHEDULERS: readonly string[] = ["Heap", "Map", "PriorityQueue", "Calendar"];

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const measured = (command: string, args: readonly string[], patienceMs?: number): Measurement | undefined => {
  const limit = patienceMs === undefined ? {} : { timeout: patienceMs };
  const { status, stdout, stderr, signal } = spawnSync(command, args, { encoding: "utf8", cwd: ROOT, ...limit });
  if (status === 0) return JSON.parse(stdout) as Measurement;
  say(`${command} ${args.join(" ")} failed: ${signal ?? stderr.trim().split("\n").at(-1) ?? ""}`);
  return undefined;
};

/** Ours: `measure(n)` of the named benchmark; the run with the median rate of `times`. */
export const ours = (bench: string, n: number, times: number): Measurement => {
  say(`firedrill ${bench} ${String(n)}`);
  const runs = Array.from({ length: times }, () =>
    measured(process.execPath, [
      HEAP_FOR_THE_LARGEST,
      join(import.meta.dirname, "main.js"),
      "--measure",
      bench,
      String(n),
    ]),
  ).filter((run) => run !== undefined);
  if (runs.length < times) throw new Error(`the measurement of ${bench} at ${String(n)} failed`);
  const middle = median(runs.map(rate));
  return runs.find((run) => rate(run) === middle)!;
};

/** M events a second of a peer, the median of `times`; undefined, with a word on stderr, where it is not installed. */
export const peer = (
  program: readonly string[] | undefined,
  args: readonly (number | string)[],
  times = 1,
): number | undefined => {
  if (program === undefined) return undefined;
  const [command, ...before] = program;
  const all = [...before, ...args.map(String)];
  say([command, ...all].join(" "));
  const rates: number[] = [];
  for (let i = 0; i < times; i++) {
    const run = measured(command!, all, PATIENCE_MS * times);
    if (run === undefined) return undefined;
    rates.push(rate(run));
  }
  return median(rates);
};

let folder: string | undefined;

/** Compiles bench/peers/`source`; undefined where there is no compiler or no such library. */
export const compiled = (source: string, ...libraries: readonly string[]): readonly string[] | undefined => {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "firedrill-bench-"));
    folder = made;
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  }
  const program = join(folder, source.replace(".cc", ""));
  const args = ["-O3", "-std=c++17", "-o", program, join(PEERS, source), ...libraries];
  if (!existsSync(program) && spawnSync("g++", args, { stdio: "ignore" }).status !== 0) {
    say(`left out: ${source} does not compile here (it needs g++${libraries.map((one) => ` and ${one}`).join("")})`);
    return undefined;
  }
  return [program];
};

/** A SimPy program under the system's Python, which is where Debian's package puts it. */
export const simpy = (source: string): readonly string[] | undefined => {
  if (spawnSync("/usr/bin/python3", ["-c", "import simpy"], { stdio: "ignore" }).status === 0)
    return ["/usr/bin/python3", join(PEERS, source)];
  say("left out: SimPy is not installed (Debian: python3-simpy3)");
  return undefined;
};

/** The contender with the best rate in one trial each. */
export const fastestOf = (
  names: readonly string[],
  trial: (name: string) => number | undefined,
): string | undefined => {
  const rates = names.map((name) => trial(name) ?? 0);
  const best = Math.max(...rates);
  return best > 0 ? names[rates.indexOf(best)] : undefined;
};
