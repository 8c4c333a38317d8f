/** A thread that runs replications of one scenario, one after another, and tells how far it is. */
import { Tinypool } from "tinypool";
import { Company } from "../../engine/company.ts";
import type { Replication } from "../../simulate/replication.ts";
import { simulate } from "../../simulate/simulation.ts";
import type { Briefing, Order } from "./local.ts";

const { scenario, progress, outcomes } = Tinypool.workerData as Briefing;
const told = new Float64Array(progress);

/** Called by the pool, by this name. */
export const replicate = ({ request, slot, seat }: Order): Replication | undefined => {
  const isFirst = (seat?.place ?? 0) === 0;
  const onProgress = (simulatedSeconds: number, events: number): void => {
    told[slot * 2] = simulatedSeconds;
    told[slot * 2 + 1] = events;
  };
  const company = new Company(seat);
  const replication = simulate(scenario, isFirst ? { ...request, onProgress } : request, { company, outcomes });
  // All at a table find the same.
  return isFirst ? replication : undefined;
};
