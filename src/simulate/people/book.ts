/** The results of people's part of a run, from which figures are computed. */
import { inSeconds, wholeMinutes } from "../../base/units.ts";
import type { Ledger } from "../../measure/ledger.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { World } from "../../world/build.ts";
import type { SchedulerDecision } from "../../world/seams/scheduling.ts";
import type { Incidents } from "./incidents.ts";

/** Everything that the figures of people read. */
export interface Book {
  readonly scenario: Scenario;
  readonly world: World;
  readonly ledger: Ledger;
  readonly incidents: Incidents;
  readonly decisions: readonly SchedulerDecision[];
}

/** Returns the numbers of the whole minutes in a window. */
export const minutesIn = ({ scenario }: Book, window: string): readonly number[] => {
  const { from, to } = scenario.windows[window]!;
  return wholeMinutes(from, to);
};

/** Returns the ledger's name of what a metric counts within a window. */
export const inWindow = (metric: string, window: string): string => `${metric}@${window}`;

/** Returns the length of a window in seconds. */
export const lengthOf = ({ windows }: Scenario, window: string): number => {
  const { from, to } = windows[window]!;
  return inSeconds(to) - inSeconds(from);
};
