/** Runs programs one after the other, each in a process group of its own, and measures them. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { childSeconds } from "./figures.ts";

/** How a program has ended. */
export interface Ended {
  /** Exit code; undefined after a signal. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds from the start to the end, or to the first line on stderr if that was asked for. */
  readonly wall: number;
  /** Seconds of processor time of all its processes; undefined after a signal. */
  readonly cpu: number | undefined;
}

export interface Conditions {
  /** Variables in addition to those of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program once it has printed a line on stderr. */
  readonly untilFirstLine?: boolean;
}

/** The shell counts children that were killed too. Bash does so in milliseconds, other shells in hundredths of a second. */
const TIMED = ["bash", "-c", '"$@" 3>&-; status=$?; times >&3; exit $status', "bash"];

let running: ChildProcess | undefined;
let stopped: "SIGINT" | "SIGTERM" | undefined;

const kill = (child: ChildProcess): void => {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
};

/** Returns the signal that has stopped this process, if any. */
export const stoppedBy = (): typeof stopped => stopped;

const checkStop = (): void => {
  if (stopped !== undefined) throw new Error(`stopped by ${stopped}`);
};

/** Lets a signal to this process end the running program with all its processes. */
export const stopOnSignals = (): void => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      stopped = signal;
      if (running !== undefined) kill(running);
    });
};

/** Runs a program to its end. Throws if it does not start, or once this process has been stopped. */
export const execute = async (
  cwd: string,
  command: readonly string[],
  { env = {}, untilFirstLine = false }: Conditions = {},
): Promise<Ended> => {
  checkStop();
  const start = performance.now();
  const since = (): number => (performance.now() - start) / 1_000;
  const [shell, ...args] = [...TIMED, ...command];
  const child = spawn(shell!, args, {
    ...{ cwd, env: { ...process.env, ...env }, detached: true },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  running = child;
  let firstLine: number | undefined;
  const texts = ["", "", "", ""];
  for (const stream of [1, 2, 3])
    (child.stdio[stream] as Readable).setEncoding("utf8").on("data", (text: string) => {
      texts[stream] += text;
      if (stream !== 2 || !untilFirstLine || firstLine !== undefined || !text.includes("\n")) return;
      firstLine = since();
      kill(child);
    });
  const status = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  running = undefined;
  checkStop();
  const [, stdout, stderr, times] = texts as [string, string, string, string];
  return { status: status ?? undefined, stdout, stderr, wall: firstLine ?? since(), cpu: childSeconds(times) };
};

/** Returns what a program that has failed said last. */
export const lastWords = ({ status, stdout, stderr }: Ended): string =>
  `it ended with ${String(status ?? "a signal")}: ${(stderr.trim() || stdout.trim()).slice(-2_000)}`;
