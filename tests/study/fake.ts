/** A scenario and a simulation small enough to check by hand. */
import { minutes, seconds, START } from "../../src/base/units.ts";
import type { Figure } from "../../src/scenario/figure-parts.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import type { Replication } from "../../src/simulate/replication.ts";
import type { Executor, RunRequest } from "../../src/study/replications.ts";

export const figure = (text: string, unit = "%", by?: string): Figure => {
  const dot = text.lastIndexOf(".");
  return { text, metric: text.slice(0, dot), stat: text.slice(dot + 1), labels: [], window: "run", by, unit };
};

/** Only what a study reads. */
export const scenario = (more: Partial<Scenario> = {}): Scenario =>
  ({
    name: "small",
    title: "A small drill",
    file: "small.yaml",
    sources: {},
    seed: "seed",
    run: { duration: minutes(60), warmup: seconds(0), peopleARow: 1000, replications: 3 },
    world: {
      online: 5000,
      centres: { north: {}, east: {} },
      regions: { hainan: { title: "Hainan", code: "hi", tile: [7, 9], people: 9_000, penetration: 1 } },
      carriers: { own: { share: 1, access: { wifi: 1 } } },
      access: { wifi: { gateways: "wired" } },
      gateways: { families: { wired: { count: 1 } } },
    },
    faults: [],
    interventions: [],
    windows: { run: { from: START, to: minutes(60) } },
    expect: [],
    thresholds: [],
    assumptions: [],
    fingerprint: "f".repeat(64),
    ...more,
  }) as unknown as Scenario;

/** Loss rises by 2 with faults; a replication differs from the next by `spread`. */
export const replicate = ({ replication, faults }: RunRequest, spread = 0.1): Replication => ({
  replication,
  digest: `${replication.toString(16).padStart(8, "0")}${faults ? "0000000f" : "00000000"}`,
  events: 100 + replication,
  population: { online: 5000, rows: 5 },
  figures: {
    "loss.mean": { value: 1 + replication * spread + (faults ? 2 : 0) },
    "moved.count": { value: 0 },
    "never.mean": { value: null },
    "loss.p95": { value: 9, groups: { a: { value: 1 }, b: { value: faults ? 5 : 1 }, c: { value: null } } },
  },
  series: [
    {
      chart: { name: "login-time", title: "Login time, mean" },
      figure: "login.time.mean",
      parts: { metric: "login.time", stat: "mean", labels: {} },
      title: "Login",
      unit: "s",
      at: [30, 90],
      value: [replication, null],
    },
  ],
  regionLoss: { hainan: faults ? 25 : 1 },
  invariants: [{ name: "nobody is lost", held: true }],
  timeline: [
    { at: 60, kind: "fault-begins", id: "dark", what: `fault dark begins in ${String(replication)}`, who: "me" },
  ],
  traces: [],
  decisions: [],
});

/** Runs everything at once and finishes in the order that `delay` says, in milliseconds. */
export class FakeExecutor implements Executor {
  readonly workers = 1;
  readonly asked: RunRequest[] = [];
  readonly #delay: (request: RunRequest) => number;
  readonly #simulate: (request: RunRequest) => Replication;
  closed = false;

  constructor(
    delay: (request: RunRequest) => number = () => 0,
    simulate: (request: RunRequest) => Replication = replicate,
  ) {
    this.#delay = delay;
    this.#simulate = simulate;
  }

  run(request: RunRequest): Promise<Replication> {
    this.asked.push(request);
    const wait = this.#delay(request);
    return new Promise((resolve) => {
      if (wait < Infinity) setTimeout(() => resolve(this.#simulate(request)), wait);
    });
  }

  underWay(): [] {
    return [];
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
