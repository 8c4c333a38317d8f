/**
 * This machine's threads. Even one worker is a thread of its own: the main one must stay awake to show
 * progress and to hear Ctrl-C. The scenario travels once to each; progress comes back through shared memory.
 */
import { Tinypool } from "tinypool";
import type { Scenario } from "../../scenario/scenario.ts";
import type { Replication } from "../../simulate/replication.ts";
import type { Executor, Request } from "../replications.ts";

/** What a worker is told when it is born. */
export interface Briefing {
  readonly scenario: Scenario;
  /** For each slot simulated seconds and events of what runs there, as two doubles. */
  readonly progress: SharedArrayBuffer;
}

/** What a worker is told to do. */
export interface Order {
  readonly request: Request;
  readonly slot: number;
}

interface Waiting {
  readonly request: Request;
  readonly start: (slot: number) => void;
}

/** Room for short-lived objects: with more of it they die before anybody has to copy them. */
const YOUNG_MIB = 32;

/** Slots say who writes where in the shared progress; a request starts when one is free. */
export class LocalExecutor implements Executor {
  readonly workers: number;
  readonly #pool: Tinypool;
  readonly #progress: Float64Array;
  readonly #busy: (Request | undefined)[];
  #waiting: readonly Waiting[] = [];

  constructor(scenario: Scenario, workers: number) {
    this.workers = workers;
    const progress = new SharedArrayBuffer(workers * 2 * Float64Array.BYTES_PER_ELEMENT);
    this.#progress = new Float64Array(progress);
    this.#busy = Array.from({ length: workers }, () => undefined);
    this.#pool = new Tinypool({
      filename: new URL("./worker.js", import.meta.url).href,
      name: "replicate",
      runtime: "worker_threads",
      minThreads: workers,
      maxThreads: workers,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
      workerData: { scenario, progress } satisfies Briefing,
    });
  }

  async run(request: Request): Promise<Replication> {
    const slot = await this.#claim(request);
    try {
      return (await this.#pool.run({ request, slot } satisfies Order)) as Replication;
    } finally {
      this.#release(slot);
    }
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
