/** A worker thread that runs replications of one scenario, one after another, and reports its progress. */
import { Tinypool } from "tinypool";
import { ThreadGroup } from "../../engine/thread-group.ts";
import type { Replication } from "../../simulate/replication.ts";
import { simulate } from "../../simulate/simulation.ts";
import type { WorkerData, WorkerTask } from "./local.ts";

const { scenario, progress, outcomes } = Tinypool.workerData as WorkerData;
const sharedProgress = new Float64Array(progress);

/** Runs one replication, or this thread's part of it; the pool calls it by this name. */
export const replicate = ({ request, slot, membership }: WorkerTask): Replication | undefined => {
  const isFirst = (membership?.index ?? 0) === 0;
  const onProgress = (simulatedSeconds: number, events: number): void => {
    sharedProgress[slot * 2] = simulatedSeconds;
    sharedProgress[slot * 2 + 1] = events;
  };
  const threads = new ThreadGroup(membership);
  const replication = simulate(scenario, isFirst ? { ...request, onProgress } : request, { threads, outcomes });
  // All threads of a group get the same result.
  return isFirst ? replication : undefined;
};
