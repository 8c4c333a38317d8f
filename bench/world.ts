/**
 * The full model on a quiet evening at 1:1: every one of 180 million users is a row with heartbeats, logins and
 * goodbyes, over the network, the telemetry and the scheduler, metered and booked. Fifteen simulated minutes.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { readScenario } from "../src/scenario/read.ts";
import type { Scenario } from "../src/scenario/scenario.ts";
import { LocalExecutor, threadsFor } from "../src/study/executors/local.ts";
import { ours, ROOT } from "./programs.ts";
import type { Bench, Measurement, Row } from "./row.ts";

const SIMULATED_S = 900;

/** The quiet day's first quarter of an hour with this many online, every one of them a row. */
const evening = (online: number): Scenario => {
  const reading = readScenario(join(ROOT, "scenarios", "quiet-day.yaml"), {
    set: [`online=${String(online)}`, "run.scale=1", "run.duration=15 min", "run.warmup=1 min", "rows-a-gateway-min=1"],
  });
  if (!("scenario" in reading)) throw new Error(reading.problems.map(({ message }) => message).join("\n"));
  return reading.scenario;
};

/** One replication without faults, on as many threads: events, seconds, and the most memory this process took. */
export const measureRun = async (
  scenario: Scenario,
  interventions: boolean,
  threads = availableParallelism(),
): Promise<Measurement> => {
  const start = performance.now();
  const executor = new LocalExecutor(scenario, { workers: 1, threads: threadsFor(scenario, threads) });
  const { events } = await executor.run({ replication: 0, faults: false, interventions });
  const seconds = (performance.now() - start) / 1_000;
  await executor.close();
  return { events, seconds, bytes: process.resourceUsage().maxRSS * 1_024 };
};

const run = (): readonly Row[] =>
  [1.8e6, 1.8e7, 1.8e8].flatMap((n): Row[] => {
    const { events, seconds, bytes } = ours("world", n, 1);
    const row = { bench: "world", impl: "firedrill full model, quiet, 1:1", n };
    return [
      { ...row, value: SIMULATED_S / seconds, unit: "x real time" },
      { ...row, value: events / seconds / 1e6, unit: "M events/s" },
      { ...row, value: bytes! / 1_073_741_824, unit: "GiB" },
    ];
  });

export const world: Bench = { run, measure: (n) => measureRun(evening(n), false) };
