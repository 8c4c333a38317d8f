/** What a run will cost this machine, told before a large one starts. Rough: within a factor of two. */
import type { Scenario } from "../scenario/scenario.ts";
import { costsOf } from "../scenario/world.ts";

export interface Estimate {
  /** The most numerous of what is simulated one by one, such as rows, and how many of them there are. */
  readonly noun: string;
  readonly count: number;
  /** Of one replication. */
  readonly bytes: number;
  /** Of one replication on one thread. */
  readonly seconds: number;
}

/** Returns the cost of one replication, all systems together. */
export const estimate = (scenario: Scenario): Estimate => {
  const costs = costsOf(scenario);
  const largest = costs.reduce((most, cost) => (cost.count > most.count ? cost : most));
  return {
    noun: largest.noun,
    count: largest.count,
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
};
