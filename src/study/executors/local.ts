/**
 * Runs replications on this machine's threads. Even a single worker has a thread of its own: the main thread must stay
 * responsive to show progress and to handle Ctrl-C. Progress is in shared memory.
 */
import { Tinypool } from "tinypool";
import type { Scenario } from "../../scenario/scenario.ts";
import { runsOnThreads } from "../../scenario/known.ts";
import { Barrier, isLost } from "../../engine/barrier.ts";
import { type GroupMembership, groupMemory } from "../../engine/thread-group.ts";
import { outcomesMemory } from "../../simulate/outcomes.ts";
import type { Replication } from "../../simulate/replication.ts";
import { estimate } from "../estimate.ts";
import type { Executor, RunRequest } from "../replications.ts";

/** A scenario with what its replications share: the same for all tasks of an executor. */
export interface Study {
  /** Differs from that of any other executor of this process. */
  readonly id: number;
  readonly scenario: Scenario;
  /** Simulated seconds and events of the request in each slot, as two doubles. */
  readonly progress: SharedArrayBuffer;
  /** Outcomes of connections, shared by all workers. */
  readonly outcomes: SharedArrayBuffer;
}

/** One task of a worker thread: a request to run alone, or together with the other threads of a group. */
export interface WorkerTask {
  readonly study: Study;
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

/** More threads than any study asks for: what runs at a time is its executor's to say. */
const THREADS_MOST = 4_096;

/** Heap for short-lived objects, MiB: with enough of it, most are garbage before they would be copied. */
const YOUNG_MIB = 32;

/** Longer than any thread is idle, ms. */
const FOR_EVER = 0x7fff_ffff;

/** Threads for replications. They outlive an executor: the next one finds the program loaded and compiled. */
export class Workers {
  #pool: Tinypool | undefined;

  /** Runs a task on an idle thread, or on a new one if there is none. */
  async run(task: WorkerTask): Promise<Replication | undefined> {
    this.#pool ??= new Tinypool({
      filename: new URL("./worker.js", import.meta.url).href,
      name: "replicate",
      runtime: "worker_threads",
      minThreads: 0,
      maxThreads: THREADS_MOST,
      idleTimeout: FOR_EVER,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    return (await this.#pool.run(task)) as Replication | undefined;
  }

  /** Stops all threads: tasks under way are rejected. A later task starts new ones. */
  async stop(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }
}

let studies = 0;

/** Runs requests on threads. A request starts when a slot is free; a slot is its place in the shared progress. */
export class LocalExecutor implements Executor {
  /** The number of replications that run at the same time. */
  readonly workers: number;
  readonly #threads: number;
  readonly #pool: Workers;
  readonly #study: Study;
  readonly #progress: Float64Array;
  readonly #busy: (RunRequest | undefined)[];
  #waiting: readonly Waiting[] = [];

  /**
   * Runs `workers` requests at a time, each on `threads` threads of `pool`; without one it starts its own. All share the memory of
   * outcomes.
   */
  constructor(
    scenario: Scenario,
    { workers, threads = 1 }: { readonly workers: number; readonly threads?: number },
    outcomes = outcomesMemory(),
    pool = new Workers(),
  ) {
    this.workers = workers;
    this.#threads = threads;
    this.#pool = pool;
    const progress = new SharedArrayBuffer(workers * 2 * Float64Array.BYTES_PER_ELEMENT);
    this.#progress = new Float64Array(progress);
    this.#busy = Array.from({ length: workers }, () => undefined);
    this.#study = { id: studies++, scenario, progress, outcomes };
  }

  /** Runs a request as soon as a slot is free; rejects if a thread fails or the executor is closed. */
  async run(request: RunRequest): Promise<Replication> {
    const slot = await this.#claim(request);
    try {
      if (this.#threads === 1 || request.watch !== undefined) return (await this.#submit(request, slot))!;
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
        return await this.#submit(request, slot, { memory, index });
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

  #submit(request: RunRequest, slot: number, membership?: GroupMembership): Promise<Replication | undefined> {
    return this.#pool.run({ study: this.#study, request, slot, membership });
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
    await this.#pool.stop();
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
