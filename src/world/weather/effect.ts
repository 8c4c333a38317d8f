/** What every family of fault effects offers to the weather. */
import type { PeopleFault } from "../../scenario/people/faults.ts";
import type { ActiveFaults } from "../active.ts";

/** Each step is optional, and does nothing for a fault that has none of the family's effects. */
export interface WeatherEffect {
  /** Applies what happens once, when the fault begins. */
  readonly begin?: (fault: PeopleFault) => void;
  /** Takes back what lasts as long as this fault does. */
  readonly end?: (fault: PeopleFault) => void;
  /** Sets what all active faults come to together. Called after each begin and end, and once before the first. */
  readonly combine?: (active: ActiveFaults<PeopleFault>) => void;
}
