/**
 * Which alerts follow from a fault or an operator action without naming its place: they are about servers that its people crowd,
 * or about gateways whose people it has thrown off. Decided by the world's true state at the time of the alert.
 */
import type { Scenario } from "../../scenario/scenario.ts";
import type { World } from "../../world/build.ts";
import type { SchedulerDecision } from "../../world/seams/scheduling.ts";
import { Crowding } from "./crowding.ts";
import { TRUE_SHARE } from "./limits.ts";

/** A fault or an operator action up to now. Times are seconds of simulated time. */
export interface AlertCause {
  /** Undefined for an operator action. */
  readonly fault: string | undefined;
  readonly began: number;
  /** Servers that are crowded from a time up to this one are crowded because of it. */
  readonly ended: number;
  /** Until when the fault has kept people offline. */
  readonly offlineUntil?: number;
}

/** Follows the alerts of one run. */
export class AfterEffects {
  readonly #world: World;
  readonly #crowding: Crowding;
  readonly #graceS: number;
  readonly #found = new Set<SchedulerDecision>();
  /** Number of decisions looked at. */
  #seen = 0;

  /** Looks for after-effects up to `graceS` after people are back. */
  constructor(world: World, scenario: Scenario, graceS: number) {
    this.#world = world;
    this.#crowding = new Crowding(world, scenario, graceS);
    this.#graceS = graceS;
  }

  /** Looks at the alerts that the latest round raised; called after every round of the scheduler. */
  note(at: number, causes: readonly AlertCause[]): void {
    this.#crowding.note(at);
    const { decisions } = this.#world.seam;
    for (const decision of decisions.slice(this.#seen))
      if (decision.kind === "alert" && this.#follows(decision, causes)) this.#found.add(decision);
    this.#seen = decisions.length;
  }

  /** True if the alert is an after-effect. */
  has(alert: SchedulerDecision): boolean {
    return this.#found.has(alert);
  }

  #follows(alert: SchedulerDecision, causes: readonly AlertCause[]): boolean {
    const crowdedSince = this.#crowding.sinceOf(alert);
    return causes.some(({ fault, began, ended, offlineUntil = -Infinity }) => {
      if (crowdedSince !== undefined && crowdedSince >= began && crowdedSince <= ended) return true;
      return fault !== undefined && alert.at <= offlineUntil + this.#graceS && this.#threwOff(fault, alert);
    });
  }

  /** True if the fault has thrown off at least half of the people behind the gateways that the alert claims. */
  #threwOff(fault: string, { claim }: SchedulerDecision): boolean {
    const { population, thrownOff } = this.#world;
    let [all, thrown] = [0, 0];
    population.cells.forEach(({ gateway, people }, cell) => {
      if (claim?.gateways?.has(gateway) !== true) return;
      all += people;
      thrown += Math.min(people, thrownOff.of(fault)!.thrownIn(cell));
    });
    return all > 0 && thrown >= TRUE_SHARE * all;
  }
}
