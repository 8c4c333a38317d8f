/** A thread that runs replications of one scenario, one after another, and tells how far it is. */
import { Tinypool } from "tinypool";
import type { Replication } from "../../simulate/replication.ts";
import { simulate } from "../../simulate/simulation.ts";
import type { Briefing, Order } from "./local.ts";

const { scenario, progress } = Tinypool.workerData as Briefing;
const told = new Float64Array(progress);

/** Called by the pool, by this name. */
export const replicate = ({ request, slot }: Order): Replication =>
  simulate(scenario, {
    ...request,
    onProgress: (simulatedSeconds, events) => {
      told[slot * 2] = simulatedSeconds;
      told[slot * 2 + 1] = events;
    },
  });
