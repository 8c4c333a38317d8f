/**
 * This machine's threads. Even one worker is a thread of its own: the main one must stay awake to show
 * progress and to hear Ctrl-C. The scenario travels once to each; progress comes back through shared memory.
 */
import { Tinypool } from "tinypool";
import type { Scenario } from "../../scenario/scenario.ts";
import { runsOnThreads } from "../../scenario/world.ts";
import { Barrier, isLost } from "../../engine/barrier.ts";
import { type GroupMembership, groupMemory } from "../../engine/thread-group.ts";
import { outcomesMemory } from "../../simulate/outcomes.ts";
import type { Replication } from "../../simulate/replication.ts";
import { estimate } from "../estimate.ts";
import type { Executor, Request } from "../replications.ts";

/** What a worker is told when it is born. */
export interface Briefing {
  readonly scenario: Scenario;
  /** For each slot simulated seconds and events of what runs there, as two doubles. */
  readonly progress: SharedArrayBuffer;
  /** What connections come to, for all workers. */
  readonly outcomes: SharedArrayBuffer;
}

/** What a worker is told to do: to run it alone, or at a table with others. */
export interface Order {
  readonly request: Request;
  readonly slot: number;
  readonly membership: GroupMembership | undefined;
}

interface Waiting {
  readonly request: Request;
  readonly start: (slot: number) => void;
}

/** Fewer rows than this are not worth the synchronisation. Chosen. */
const ROWS_WORTH_IT = 1_000_000;

/** How many threads a replication of this scenario can make use of, of so many. */
export const threadsFor = (scenario: Scenario, threads: number): number =>
  runsOnThreads(scenario) && estimate(scenario).count >= ROWS_WORTH_IT ? threads : 1;

/** Room for short-lived objects: with more of it they die before anybody has to copy them. */
const YOUNG_MIB = 32;

/** Slots say who writes where in the shared progress; a request starts when one is free. */
export class LocalExecutor implements Executor {
  readonly workers: number;
  readonly #threads: number;
  readonly #pool: Tinypool;
  readonly #progress: Float64Array;
  readonly #busy: (Request | undefined)[];
  #waiting: readonly Waiting[] = [];

  /** `workers` replications at a time, `threads` to each. */
  constructor(scenario: Scenario, workers: number, threads = 1) {
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
      workerData: { scenario, progress, outcomes: outcomesMemory() } satisfies Briefing,
    });
  }

  async run(request: Request): Promise<Replication> {
    const slot = await this.#claim(request);
    try {
      if (this.#threads === 1 || request.watch !== undefined)
        return (await this.#order({ request, slot, membership: undefined }))!;
      return await this.#together(request, slot);
    } finally {
      this.#release(slot);
    }
  }

  /** One replication on several threads: all are at work at once, for as many are free as there are of a slot. */
  async #together(request: Request, slot: number): Promise<Replication> {
    const memory = groupMemory(this.#threads);
    const barrier = new Barrier(memory.barrier, this.#threads);
    const orders = Array.from({ length: this.#threads }, async (_, index) => {
      try {
        return await this.#order({ request, slot, membership: { memory, index } });
      } catch (error) {
        // The others wait for it: they must not do so for good, nor keep their threads.
        barrier.abandon();
        throw error;
      }
    });
    const ends = await Promise.allSettled(orders);
    const errors = ends.flatMap((end): unknown[] => (end.status === "rejected" ? [end.reason] : []));
    if (errors.length > 0) throw errors.find((error) => !isLost(error)) ?? errors[0];
    return (await orders[0])!;
  }

  async #order(order: Order): Promise<Replication | undefined> {
    return (await this.#pool.run(order)) as Replication | undefined;
  }

  underWay(): readonly { readonly request: Request; readonly seconds: number; readonly events: number }[] {
    return this.#busy.flatMap((request, slot) =>
      request === undefined
        ? []
        : [{ request, seconds: this.#progress[slot * 2]!, events: this.#progress[slot * 2 + 1]! }],
    );
  }

  async close(): Promise<void> {
    this.#waiting = [];
    await this.#pool.destroy();
  }

  #claim(request: Request): Promise<number> {
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
