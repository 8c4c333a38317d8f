/**
 * Runs replications on this machine's threads. Even a single worker has a thread of its own: the main thread must stay
 * responsive to show progress and to handle Ctrl-C. Each thread gets the scenario once; progress is in shared memory.
 */
import { Tinypool } from "tinypool";
import type { Scenario } from "../../scenario/scenario.ts";
import { runsOnThreads } from "../../scenario/world.ts";
import { Barrier, isLost } from "../../engine/barrier.ts";
import { type GroupMembership, groupMemory } from "../../engine/thread-group.ts";
import { outcomesMemory } from "../../simulate/outcomes.ts";
import type { Replication } from "../../simulate/replication.ts";
import { estimate } from "../estimate.ts";
import type { Executor, RunRequest } from "../replications.ts";

/** The data that each worker thread starts with. */
export interface WorkerData {
  readonly scenario: Scenario;
  /** Simulated seconds and events of the request in each slot, as two doubles. */
  readonly progress: SharedArrayBuffer;
  /** Outcomes of connections, shared by all workers. */
  readonly outcomes: SharedArrayBuffer;
}

/** One task of a worker thread: a request to run alone, or together with the other threads of a group. */
export interface WorkerTask {
  readonly request: RunRequest;
  readonly slot: number;
  readonly membership: GroupMembership | undefined;
}

interface Waiting {
  readonly request: RunRequest;
  readonly start: (slot: number) => void;
}

/** The least number of rows for which several threads pay for their synchronisation. Chosen. */
const ROWS_FOR_THREADS = 1_000_000;

/** Returns how many of the given threads one replication of this scenario can use. */
export const threadsFor = (scenario: Scenario, threads: number): number =>
  runsOnThreads(scenario) && estimate(scenario).count >= ROWS_FOR_THREADS ? threads : 1;

/** Heap for short-lived objects, MiB: with enough of it, most are garbage before they would be copied. */
const YOUNG_MIB = 32;

/** Runs requests on a pool of threads. A request starts when a slot is free; a slot is its place in the shared progress. */
export class LocalExecutor implements Executor {
  /** The number of replications that run at the same time. */
  readonly workers: number;
  readonly #threads: number;
  readonly #pool: Tinypool;
  readonly #progress: Float64Array;
  readonly #busy: (RunRequest | undefined)[];
  #waiting: readonly Waiting[] = [];

  /** Starts `workers` × `threads` threads: `threads` run each replication together. All share the memory of outcomes. */
  constructor(scenario: Scenario, workers: number, threads = 1, outcomes = outcomesMemory()) {
    this.workers = workers;
    this.#threads = threads;
    const progress = new SharedArrayBuffer(workers * 2 * Float64Array.BYTES_PER_ELEMENT);
    this.#progress = new Float64Array(progress);
    this.#busy = Array.from({ length: workers }, () => undefined);
    this.#pool = new Tinypool({
      filename: new URL("./worker.js", import.meta.url).href,
      name: "replicate",
      runtime: "worker_threads",
      minThreads: workers * threads,
      maxThreads: workers * threads,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
      workerData: { scenario, progress, outcomes } satisfies WorkerData,
    });
  }

  /** Runs a request as soon as a slot is free; rejects if a thread fails or the executor is closed. */
  async run(request: RunRequest): Promise<Replication> {
    const slot = await this.#claim(request);
    try {
      if (this.#threads === 1 || request.watch !== undefined)
        return (await this.#submit({ request, slot, membership: undefined }))!;
      return await this.#together(request, slot);
    } finally {
      this.#release(slot);
    }
  }

  /** Runs one replication on several threads, which all start at once: a free slot has as many free threads. */
  async #together(request: RunRequest, slot: number): Promise<Replication> {
    const memory = groupMemory(this.#threads);
    const barrier = new Barrier(memory.barrier, this.#threads);
    const tasks = Array.from({ length: this.#threads }, async (_, index) => {
      try {
        return await this.#submit({ request, slot, membership: { memory, index } });
      } catch (error) {
        // The other threads wait for this one: they must end too and free their place.
        barrier.abandon();
        throw error;
      }
    });
    const ends = await Promise.allSettled(tasks);
    const errors = ends.flatMap((end): unknown[] => (end.status === "rejected" ? [end.reason] : []));
    if (errors.length > 0) throw errors.find((error) => !isLost(error)) ?? errors[0];
    return (await tasks[0])!;
  }

  async #submit(task: WorkerTask): Promise<Replication | undefined> {
    return (await this.#pool.run(task)) as Replication | undefined;
  }

  /** Returns simulated seconds and events of each unfinished request. */
  underWay(): readonly { readonly request: RunRequest; readonly seconds: number; readonly events: number }[] {
    return this.#busy.flatMap((request, slot) =>
      request === undefined
        ? []
        : [{ request, seconds: this.#progress[slot * 2]!, events: this.#progress[slot * 2 + 1]! }],
    );
  }

  /** Stops all threads: requests under way are rejected, waiting ones never start. */
  async close(): Promise<void> {
    this.#waiting = [];
    await this.#pool.destroy();
  }

  #claim(request: RunRequest): Promise<number> {
    return new Promise((resolve) => {
      const start = (slot: number): void => {
        this.#busy[slot] = request;
        this.#progress.fill(0, slot * 2, slot * 2 + 2);
        resolve(slot);
      };
      const free = this.#busy.indexOf(undefined);
      if (free >= 0) start(free);
      else this.#waiting = [...this.#waiting, { request, start }];
    });
  }

  #release(slot: number): void {
    this.#busy[slot] = undefined;
    const [next, ...rest] = this.#waiting;
    this.#waiting = rest;
    next?.start(slot);
  }
}
