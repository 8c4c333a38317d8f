/** The flags that most commands share, how they are read, and how a run is told to be repeated. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ColorChoice } from "./terminal.ts";

export interface Repetitions {
  readonly least: number;
  readonly most: number;
}

/** What changes a result. */
export interface InputFlags {
  readonly seed?: string;
  readonly reps?: Repetitions;
  readonly scale?: string;
  readonly set: readonly string[];
  readonly faults: boolean;
  readonly interventions: boolean;
  readonly twin: boolean;
}

/** What changes only how it is computed and shown. */
export interface OutputFlags {
  readonly workers?: number;
  readonly out?: string;
  readonly twice?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly color: ColorChoice;
}

export type RunFlags = InputFlags & OutputFlags;

export interface VerifyFlags extends RunFlags {
  readonly accept?: true;
  readonly reason?: string;
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

/** `10`, or `10..200`: at least ten, then more until every judged row is decided. */
export const readRepetitions = (text: string): Repetitions => {
  const [, first = text, last = first] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const isBad = [first, last].some((one) => !/^\d{1,9}$/.test(one) || Number(one) < 1);
  if (isBad) throw new InvalidArgumentError("write a whole number from 1, or two of them, such as 10..200.");
  const [least, most] = [whole(first, MOST_REPLICATIONS), whole(last, MOST_REPLICATIONS)];
  if (least > most) throw new InvalidArgumentError(`${text} has its ends the wrong way round.`);
  return { least, most };
};

const readScale = (text: string): string => {
  const [, below = "1"] = /^1(?:\/([1-9]\d{0,8}))?$/.exec(text) ?? [undefined, undefined];
  if (!/^1(\/[1-9]\d{0,8})?$/.test(text))
    throw new InvalidArgumentError("write 1, or a share of people such as 1/1000.");
  return below === "1" ? "1" : text;
};

export const readFolderName = (text: string): string => {
  if (text.trim() === "") throw new InvalidArgumentError("write the name of a folder.");
  return text;
};

const readSet = (text: string, before: readonly string[]): readonly string[] => {
  if (!/^[^=\s]+=/.test(text)) throw new InvalidArgumentError("write path=value, such as faults.gateway.loss=0%.");
  return [...before, text];
};

export const colorOption = (): Option =>
  new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto");

export const readWorkers = (text: string): number => whole(text, MOST_WORKERS);
const MOST_SAMPLES = 1_000_000;
/** Of fewer the model's own chance would show. */
const LEAST_SAMPLES = 4_000;
export const readSamples = (text: string): number => whole(text, MOST_SAMPLES, LEAST_SAMPLES);

/** Adds the flags that say what is run. */
export const addInputFlags = (command: Command): Command =>
  command
    .option("--seed <text>", "dice, instead of the scenario's own")
    .option(
      "--reps <n|min..max>",
      "replications; with two numbers, more until every judged row is decided",
      readRepetitions,
    )
    .option("--scale <1/n>", "rows for people: 1/1000 lets one row stand for a thousand", readScale)
    .option("--set <path=value>", "change a parameter; may be repeated", readSet, [])
    .option("--no-faults", "drop all faults")
    .option("--no-interventions", "drop all interventions")
    .option("--no-twin", "skip the paired runs without faults");

/** Adds the flags that say how it is shown. */
export const addOutputFlags = (command: Command): Command =>
  command
    .option("--workers <n>", "threads (default: one a processor)", readWorkers)
    .option("--json", "print one JSON document on stdout")
    .option("--quiet", "no progress on stderr")
    .addOption(colorOption());

const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** As `--reps` takes it. */
export const repetitionsText = ({ least, most }: Repetitions): string =>
  least === most ? String(least) : `${String(least)}..${String(most)}`;

/** The command that gives the same document again, whatever becomes of the scenario's defaults. */
export const reproduceCommand = (
  file: string,
  flags: InputFlags,
  resolved: { readonly seed: string; readonly reps: Repetitions; readonly scale: string },
): string =>
  [
    ["firedrill", "run", file],
    ["--seed", resolved.seed, "--reps", repetitionsText(resolved.reps), "--scale", resolved.scale],
    flags.set.flatMap((one) => ["--set", one]),
    flags.faults ? [] : ["--no-faults"],
    flags.interventions ? [] : ["--no-interventions"],
    flags.twin ? [] : ["--no-twin"],
  ]
    .flat()
    .map(quoted)
    .join(" ");
