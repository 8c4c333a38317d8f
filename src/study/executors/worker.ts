/** A worker thread that runs replications one after another, and reports its progress. */
import { ThreadGroup } from "../../engine/thread-group.ts";
import type { Replication } from "../../simulate/replication.ts";
import { simulate } from "../../simulate/simulation.ts";
import type { Study, WorkerTask } from "./local.ts";

/** The study of the latest task: what replications of one scenario can share hangs on that object. */
let current: Study | undefined;

/** Runs one replication, or this thread's part of it; the pool calls it by this name. */
export const replicate = ({ study, request, slot, membership }: WorkerTask): Replication | undefined => {
  if (current?.id !== study.id) current = study;
  const { scenario, progress, outcomes } = current;
  const sharedProgress = new Float64Array(progress);
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
