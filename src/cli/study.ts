/** Runs one study from the command line: workers, progress, interruption, and the metadata of the machine. */
import { arch, availableParallelism, cpus, freemem, platform, totalmem } from "node:os";
import { labelOf } from "../report/labels.ts";
import { printCount, printNumber } from "../report/numbers.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { figuresOf } from "../scenario/asked.ts";
import { partsOf } from "../scenario/figure-parts.ts";
import { assemble, isDecided, scaleText } from "../study/assemble.ts";
import type { Meta, ReplicationDecisions, RunDocument, RunPictures } from "../study/document.ts";
import { estimate, misfitOf } from "../study/estimate.ts";
import { remarksBeforehand } from "../study/foresight.ts";
import { LocalExecutor, threadsFor, Workers } from "../study/executors/local.ts";
import { figureResult, replicationRows, type ReplicationRow } from "../study/figures.ts";
import { picturesOf } from "../study/pictures.ts";
import { runStudy, type Executor, type Pair, type StudyPlan, type StudyResult } from "../study/replications.ts";
import { inSeconds } from "../base/units.ts";
import { warningsOf } from "../scenario/world.ts";
import { EXIT, Refusal } from "./exit.ts";
import { threadsAllowed } from "./limits.ts";
import { cacheFolder, OutcomesCache } from "./cache.ts";
import { planOf } from "./plan.ts";
import { Progress, span, type Standing } from "./progress.ts";
import { commandLine, scenarioWord } from "./command.ts";
import { inputWords, type RunFlags } from "./settings.ts";
import { VERSION } from "./tool.ts";

/** A finished study with all that is written to its folder. */
export interface Finished {
  /** The results; a function of the input alone. */
  readonly document: RunDocument;
  /** Data of the charts. */
  readonly pictures: RunPictures;
  /** Facts of the machine and the time of the run. */
  readonly meta: Meta;
  /** Values of each replication. */
  readonly perReplication: readonly ReplicationRow[];
  /** Decisions of each replication. */
  readonly decisions: readonly ReplicationDecisions[];
  /** All replications with their twins. */
  readonly pairs: readonly Pair[];
  /** The words after the program's of the command that repeats the run. */
  readonly repeat: readonly string[];
}

/** Number of rows above which the costs are printed before the run. */
const LARGE_RUN = 20_000_000;
/** Estimated seconds above which they are printed. Chosen. */
const LONG_RUN = 600;

/** Estimated seconds of work for which a thread is started: it takes as long to load the program. Chosen. */
const WORTH_A_THREAD = 0.5;

/** Number of concurrent runs, and of threads per run. */
interface Crew {
  readonly runs: number;
  readonly threads: number;
}

/** Returns the most runs of a plan, twins included. */
const mostRuns = ({ most, twin }: StudyPlan): number => most * (twin ? 2 : 1);

/**
 * Distributes threads: first to independent runs, as far as memory and open files allow and each has work, then several to each
 * run.
 */
const crewFor = (scenario: Scenario, plan: StudyPlan, asked: number | undefined): Crew => {
  const { bytes, seconds } = estimate(scenario);
  const all = mostRuns(plan);
  const worth = Math.max(1, Math.ceil((all * seconds) / WORTH_A_THREAD));
  const fitting = Math.max(1, Math.floor((0.8 * freemem()) / Math.max(1, bytes)));
  const crewOf = (workers: number): Crew => {
    const runs = Math.min(workers, asked ?? Math.min(fitting, worth), all);
    return { runs, threads: threadsFor(scenario, Math.floor(workers / runs)) };
  };
  const { runs, threads } = crewOf(asked ?? availableParallelism());
  return crewOf(threadsAllowed(runs * threads, asked !== undefined));
};

/** Returns the memory that this process may take, in bytes: the machine's, or less in a container. */
const memoryOfMachine = (): number => {
  const most = process.constrainedMemory();
  return most > 0 ? Math.min(most, totalmem()) : totalmem();
};

const warnOfCosts = (scenario: Scenario, plan: StudyPlan, crew: Crew): void => {
  const { count, noun, bytes, seconds } = estimate(scenario);
  const runs = mostRuns(plan);
  if (count <= LARGE_RUN && (seconds * runs) / (crew.runs * crew.threads) <= LONG_RUN) return;
  const memory = ((bytes * crew.runs) / 2 ** 30).toFixed(1);
  const time = span((seconds * runs) / (crew.runs * crew.threads));
  const what = `${printCount(runs, "run")} of ${printNumber(count)} ${noun}`;
  process.stderr.write(`large run: ${what} will take about ${memory} GiB and ${time}\n`);
};

/** What studies of one command share: threads that have loaded and compiled the program, and outcomes of connections. */
export class StudyResources {
  readonly pool = new Workers();
  readonly cache = new OutcomesCache(cacheFolder());

  /** Runs `work` with resources that are freed afterwards. */
  static async during<T>(work: (resources: StudyResources) => Promise<T>): Promise<T> {
    const resources = new StudyResources();
    try {
      return await work(resources);
    } finally {
      await resources.pool.stop();
      resources.cache.save();
    }
  }
}

/** Runs a study on threads; undefined if it was interrupted before the first replication was finished. */
export const runOnThreads = async (
  scenario: Scenario,
  flags: RunFlags,
  signal: AbortSignal,
  shared?: StudyResources,
): Promise<Finished | undefined> => {
  const plan = planOf(scenario, flags);
  const misfit = misfitOf(scenario, memoryOfMachine());
  if (misfit !== undefined) throw new Refusal(EXIT.invalid, `error ${misfit}`);
  const crew = crewFor(scenario, plan, flags.workers);
  if (flags.quiet !== true) {
    warnOfCosts(scenario, plan, crew);
    for (const warning of [...warningsOf(scenario), ...remarksBeforehand(scenario, plan)])
      process.stderr.write(`note: ${warning}\n`);
  }
  const started = new Date();
  const before = performance.now();
  const { result, events } =
    shared === undefined
      ? await StudyResources.during((own) => watched(scenario, { plan, crew, resources: own }, flags, signal))
      : await watched(scenario, { plan, crew, resources: shared }, flags, signal);
  if (result.pairs.length === 0) return undefined;
  const wallSeconds = (performance.now() - before) / 1000;
  const figures = figuresOf(scenario);
  const repeat = repeatWords(scenario, flags, result, plan);
  return {
    document: assemble(scenario, figures, result, { tool: VERSION, plan }),
    pictures: picturesOf(scenario, result.pairs),
    perReplication: replicationRows(figures, result.pairs),
    decisions: result.pairs.map(({ run: { replication, decisions } }) => ({ replication, decisions })),
    pairs: result.pairs,
    repeat,
    meta: {
      started: started.toISOString(),
      wallSeconds: Math.round(wallSeconds * 1000) / 1000,
      eventsPerSecond: Math.round(events / wallSeconds),
      memoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
      workers: crew.runs * crew.threads,
      host: `${platform()} ${arch()}, ${String(availableParallelism())} × ${cpus()[0]?.model.trim() ?? "processor"}`,
      node: process.version,
      v8: process.versions.v8,
      reproduce: commandLine(repeat),
    },
  };
};

/** Returns the command that repeats a run, with seed, scale and replications written out: the finished ones of a partial run. */
const repeatWords = (
  { file, seed, run }: Scenario,
  flags: RunFlags,
  { pairs, partial }: StudyResult,
  { least, most }: StudyPlan,
): readonly string[] => {
  const reps = partial ? { least: pairs.length, most: pairs.length } : { least, most };
  return ["run", scenarioWord(file), ...inputWords({ ...flags, seed, reps, scale: scaleText(run.peopleARow) })];
};

/** How a study is run. */
interface Ways {
  readonly plan: StudyPlan;
  readonly crew: Crew;
  readonly resources: StudyResources;
}

/** Runs the study with progress; returns its result and the number of events of all finished runs and twins. */
const watched = async (
  scenario: Scenario,
  { plan, crew, resources: { pool, cache } }: Ways,
  flags: RunFlags,
  signal: AbortSignal,
): Promise<{ readonly result: StudyResult; readonly events: number }> => {
  const executor = new LocalExecutor(scenario, { workers: crew.runs, threads: crew.threads }, cache.memory, pool);
  const count = new Count(executor, scenario, plan);
  const progress = flags.quiet === true ? undefined : new Progress(process.stderr, () => count.standing());
  try {
    const result = await runStudy(plan, count, (pairs) => isDecided(scenario, pairs, plan), {
      signal,
      onPair: (pairs, planned) => count.finish(pairs, planned),
    });
    return { result, events: count.events };
  } finally {
    progress?.stop();
  }
};

/** An executor that also counts progress. */
class Count implements Executor {
  readonly workers: number;
  events = 0;
  readonly #inner: Executor;
  readonly #scenario: Scenario;
  readonly #runsAPair: number;
  #runs = 0;
  #pairs: readonly Pair[] = [];
  #planned: number;
  #leading: Standing["leading"];

  constructor(inner: Executor, scenario: Scenario, plan: StudyPlan) {
    this.workers = inner.workers;
    this.#inner = inner;
    this.#scenario = scenario;
    this.#planned = plan.least;
    this.#runsAPair = plan.twin ? 2 : 1;
  }

  async run(request: Parameters<Executor["run"]>[0]): ReturnType<Executor["run"]> {
    const replication = await this.#inner.run(request);
    this.#runs += 1;
    this.events += replication.events;
    return replication;
  }

  underWay(): ReturnType<Executor["underWay"]> {
    return this.#inner.underWay();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** Notes the finished pairs; the leading figure is the first that is judged. */
  finish(pairs: readonly Pair[], planned: number): void {
    this.#pairs = pairs;
    this.#planned = planned;
    const figure = [...this.#scenario.expect, ...this.#scenario.thresholds][0]?.figure;
    const result = figure === undefined ? undefined : figureResult(figure, this.#scenario, pairs);
    if (figure === undefined || result === undefined) return;
    this.#leading = {
      name: labelOf({ figure: figure.text, parts: partsOf(figure) }),
      unit: result.unit,
      interval: result,
    };
  }

  standing(): Standing {
    const duration = inSeconds(this.#scenario.run.duration);
    const underWay = this.underWay();
    return {
      finished: this.#pairs.length,
      planned: this.#planned,
      seconds: this.#runs * duration + underWay.reduce((sum, { seconds }) => sum + seconds, 0),
      secondsPlanned: this.#planned * this.#runsAPair * duration,
      clock: underWay.length === 0 ? undefined : Math.max(...underWay.map(({ seconds }) => seconds)),
      events: this.events + underWay.reduce((sum, { events }) => sum + events, 0),
      leading: this.#leading,
    };
  }
}
