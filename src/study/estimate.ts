/** Estimates the cost of a run on this machine, within a factor of about two; shown before a large run starts. */
import { printFixed } from "../base/digits.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Cost } from "../scenario/section.ts";
import { costsOf } from "../scenario/known.ts";

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

/** Scales that are proposed, as people per row: round ones, up to the smallest that may be written. */
const SCALES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000];
const GIB = 1_073_741_824;
/** Share of the machine's memory that a run may take; chosen. */
const OF_MEMORY = 0.8;

const whole = (count: number): string => printFixed(count, 0);

/** Returns why one replication cannot be simulated, or does not fit into `memory` bytes, with what to write; undefined if it fits. */
export const misfitOf = (scenario: Scenario, memory: number): string | undefined => {
  const excessOf = (peopleARow: number): Cost | undefined =>
    costsOf({ ...scenario, run: { ...scenario.run, peopleARow } }).find(
      ({ count, most }) => count > (most ?? Infinity),
    );
  const hasMemory = (peopleARow: number): boolean =>
    estimate({ ...scenario, run: { ...scenario.run, peopleARow } }).bytes <= OF_MEMORY * memory;
  const { peopleARow } = scenario.run;
  const excess = excessOf(peopleARow);
  if (excess === undefined && hasMemory(peopleARow)) return undefined;
  const { bytes, count, noun } = estimate(scenario);
  const scale = SCALES.find((one) => one > peopleARow && excessOf(one) === undefined && hasMemory(one));
  const gib = (size: number): string => `${(size / GIB).toFixed(1)} GiB`;
  const instead = scale === undefined ? `fewer ${excess?.noun ?? noun}` : `--scale 1/${String(scale)}`;
  return excess === undefined
    ? `a run of ${whole(count)} ${noun} needs about ${gib(bytes)}, and this machine has ${gib(memory)}: write ${instead}`
    : `a run of ${whole(excess.count)} ${excess.noun} is not possible, at most ${whole(excess.most!)} are: write ${instead}`;
};

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
