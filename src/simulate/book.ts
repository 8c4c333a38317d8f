/** What is left of a run when it is over: all that figures are read from. */
import { inSeconds } from "../base/units.ts";
import type { Ledger } from "../measure/ledger.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { World } from "../world/build.ts";
import type { SchedulerDecision } from "../world/seams/scheduling.ts";
import type { Incidents } from "./people/incidents.ts";
import type { Deliveries } from "./push/book.ts";
import type { Load } from "./services/book.ts";

/** All that is known at the end of a run. */
export interface Book {
  readonly scenario: Scenario;
  readonly world: World;
  readonly ledger: Ledger;
  readonly incidents: Incidents;
  readonly decisions: readonly SchedulerDecision[];
  /** Of services; asked only where there are any. */
  readonly load: Load;
  /** Of push. */
  readonly deliveries: Deliveries;
}

/** Numbers of the minutes that begin in a window. */
export const minutesIn = ({ scenario }: Book, window: string): readonly number[] => {
  const { from, to } = scenario.windows[window]!;
  const first = Math.ceil(inSeconds(from) / 60);
  return Array.from({ length: Math.max(0, Math.floor(inSeconds(to) / 60) - first) }, (_, minute) => first + minute);
};
