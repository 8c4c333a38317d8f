/** Estimates the cost of a run on this machine, within a factor of about two; shown before a large run starts. */
import type { Scenario } from "../scenario/scenario.ts";
import { costsOf } from "../scenario/world.ts";

/** The estimated cost of one replication. */
export interface Estimate {
  /** The most numerous things that are simulated one by one, such as rows. */
  readonly noun: string;
  /** The number of those things. */
  readonly count: number;
  /** Memory of one replication. */
  readonly bytes: number;
  /** Time of one replication on one thread. */
  readonly seconds: number;
}

/** Returns the cost of one replication, summed over all systems. */
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
