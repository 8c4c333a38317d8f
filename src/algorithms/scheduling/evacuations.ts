/**
 * The evacuations that were ordered, one for each centre.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Instant } from "../../base/units.ts";
import { Evacuation } from "./evacuation.ts";
import type { EvacuationPlan, HealthReport, SchedulerEffect } from "./messages.ts";
import type { SchedulerState } from "./scheduler-state.ts";

/** All evacuations of a scheduler. */
export class Evacuations {
  readonly #state: SchedulerState;
  readonly #ofCentre = new Map<string, Evacuation>();

  /** Acts on this state. */
  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /** Begins to evacuate a centre; a second order for it changes nothing until the first is rolled back. */
  begin(plan: EvacuationPlan, now: Instant): readonly SchedulerEffect[] {
    const { centre } = plan;
    if (this.#ofCentre.get(centre)?.isOver === false)
      return [{ kind: "evacuation", who: centre, what: "evacuation is not begun anew", why: ["it is under way"] }];
    this.#ofCentre.set(centre, new Evacuation(this.#state, plan, now));
    return [];
  }

  /** Passes an operator's order on to all evacuations. */
  order(order: "pause" | "resume" | "roll-back"): readonly SchedulerEffect[] {
    return [...this.#ofCentre.values()].flatMap((evacuation) => evacuation.order(order));
  }

  /** Takes a server's report of the last round. */
  report(health: HealthReport): void {
    for (const evacuation of this.#ofCentre.values()) evacuation.health.report(health);
  }

  /** Notes that the state of a batch has arrived; `centre`: whose evacuation it belongs to. */
  handedOver(centre: string, batch: number): void {
    this.#ofCentre.get(centre)?.handedOver(batch);
  }

  /** Closes a round of each; returns who is moved and whose state is to be handed over. */
  closeRound(now: Instant): readonly SchedulerEffect[] {
    return [...this.#ofCentre.values()].flatMap((evacuation) => evacuation.round(now));
  }
}
