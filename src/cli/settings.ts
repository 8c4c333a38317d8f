/** The flags that commands share, their parsing, and their words on a command line. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { readRepetitions, type Repetitions } from "../scenario/quantities.ts";
import type { ColorChoice } from "./terminal.ts";

/** Flags that change the result. */
export interface InputFlags {
  /** Seed instead of the scenario's. */
  readonly seed?: string;
  /** Replications instead of the scenario's. */
  readonly reps?: Repetitions;
  /** Scale instead of the scenario's, e.g. `1/1000`. */
  readonly scale?: string;
  /** Settings, each `path=value`. */
  readonly set: readonly string[];
  /** False to drop all faults. */
  readonly faults: boolean;
  /** False to drop all interventions. */
  readonly interventions: boolean;
  /** False to skip the paired runs without faults. */
  readonly twin: boolean;
}

/** Flags that change only how a result is computed and shown. */
export interface OutputFlags {
  /** Number of threads. */
  readonly workers?: number;
  /** Folder of the run. */
  readonly out?: string;
  /** Present to run twice and compare. */
  readonly twice?: true;
  /** Present to print JSON. */
  readonly json?: true;
  /** Present to show no progress. */
  readonly quiet?: true;
  /** When to use colour. */
  readonly color: ColorChoice;
}

/** Flags of `run`. */
export type RunFlags = InputFlags & OutputFlags;

/** Flags of `verify`. */
export interface VerifyFlags extends RunFlags {
  /** Present to rewrite the goldens. */
  readonly accept?: true;
  /** Why the goldens change. */
  readonly reason?: string;
  /** Present to compare scales instead of goldens. */
  readonly scales?: true;
}

const MOST_REPLICATIONS = 100_000;
const MOST_WORKERS = 256;

const whole = (text: string, most: number, least = 1): number => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw new InvalidArgumentError(`write a whole number from ${String(least)} to ${String(most)}.`);
  return value;
};

/** Reads `10`, or `10..200` for at least ten and more until every judged row is decided. */
export const readReps = (text: string): Repetitions => {
  const read = readRepetitions(text, MOST_REPLICATIONS);
  if ("value" in read) return read.value;
  throw new InvalidArgumentError(`${read.wrong}: ${read.hint}.`);
};

const readScale = (text: string): string => {
  const [, below = "1"] = /^1(?:\/([1-9]\d{0,8}))?$/.exec(text) ?? [undefined, undefined];
  if (!/^1(\/[1-9]\d{0,8})?$/.test(text)) throw new InvalidArgumentError("write 1, or a fraction such as 1/1000.");
  return below === "1" ? "1" : text;
};

/** Reads the name of a folder; it must not be blank. */
export const readFolderName = (text: string): string => {
  if (text.trim() === "") throw new InvalidArgumentError("write the name of a folder.");
  return text;
};

/** Adds a setting `path=value` to those before it. */
export const readSet = (text: string, before: readonly string[]): readonly string[] => {
  if (!/^[^=\s]+=/.test(text)) throw new InvalidArgumentError("write path=value, such as faults.gateway.loss=0%.");
  return [...before, text];
};

/** Returns the option `--color`. */
export const colorOption = (): Option =>
  new Option("--color <when>", "when to use colour").choices(["auto", "always", "never"]).default("auto");

/** Reads a number of threads, from 1 to 256. */
export const readWorkers = (text: string): number => whole(text, MOST_WORKERS);
const MOST_SAMPLES = 1_000_000;
/** With fewer samples the random error of the model would matter. */
const LEAST_SAMPLES = 4_000;
/** Reads a number of simulated connections per cell. */
export const readSamples = (text: string): number => whole(text, MOST_SAMPLES, LEAST_SAMPLES);

/** Adds the flags of `InputFlags`. */
export const addInputFlags = (command: Command): Command =>
  command
    .option("--seed <text>", "seed of all random draws, instead of the scenario's")
    .option(
      "--reps <n|min..max>",
      "number of replications; with two numbers, at least the first, and more until every judged row is decided",
      readReps,
    )
    .option("--scale <1/n>", "rows per person: 1/1000 simulates one row per thousand people", readScale)
    .option("--set <path=value>", "set a parameter; can be repeated", readSet, [])
    .option("--no-faults", "drop all faults")
    .option("--no-interventions", "drop all interventions")
    .option("--no-twin", "skip the paired runs without faults");

/** Adds the flags of `OutputFlags` that all commands share. */
export const addOutputFlags = (command: Command): Command =>
  command
    .option("--workers <n>", "number of threads (default: one per processor)", readWorkers)
    .option("--json", "print one JSON document on stdout")
    .option("--quiet", "no progress on stderr")
    .addOption(colorOption());

/** Returns a number of replications as `--reps` takes it. */
export const repetitionsText = ({ least, most }: Repetitions): string =>
  least === most ? String(least) : `${String(least)}..${String(most)}`;

/** Returns the words on a command line of the flags that change the result; of the first three those that are given. */
export const inputWords = ({ seed, reps, scale, set, faults, interventions, twin }: InputFlags): readonly string[] => [
  ...(seed === undefined ? [] : ["--seed", seed]),
  ...(reps === undefined ? [] : ["--reps", repetitionsText(reps)]),
  ...(scale === undefined ? [] : ["--scale", scale]),
  ...set.flatMap((one) => ["--set", one]),
  ...(faults ? [] : ["--no-faults"]),
  ...(interventions ? [] : ["--no-interventions"]),
  ...(twin ? [] : ["--no-twin"]),
];
