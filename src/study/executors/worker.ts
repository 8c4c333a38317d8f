/** A thread that runs replications of one scenario, one after another, and tells how far it is. */
import { Tinypool } from "tinypool";
import { ThreadGroup } from "../../engine/thread-group.ts";
import type { Replication } from "../../simulate/replication.ts";
import { simulate } from "../../simulate/simulation.ts";
import type { Briefing, Order } from "./local.ts";

const { scenario, progress, outcomes } = Tinypool.workerData as Briefing;
const told = new Float64Array(progress);

/** Called by the pool, by this name. */
export const replicate = ({ request, slot, membership }: Order): Replication | undefined => {
  const isFirst = (membership?.index ?? 0) === 0;
  const onProgress = (simulatedSeconds: number, events: number): void => {
    told[slot * 2] = simulatedSeconds;
    told[slot * 2 + 1] = events;
  };
  const threads = new ThreadGroup(membership);
  const replication = simulate(scenario, isFirst ? { ...request, onProgress } : request, { threads, outcomes });
  // All threads of a group find the same.
  return isFirst ? replication : undefined;
};
