/**
 * What operators order by hand: a server taken out of service or put back, a gateway's users moved to another centre.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Instant } from "../../base/units.ts";
import { Destinations } from "./destinations.ts";
import type { SchedulerEffect } from "./messages.ts";
import type { SchedulerState } from "./scheduler-state.ts";
import { closeServerFaults, serverDiagnosis } from "./server-faults.ts";

/** The reason under which an operator withdraws a server. */
const OPERATOR = "operator";

/** Carries out operators' orders. */
export class OperatorOrders {
  readonly #state: SchedulerState;
  readonly #destinations: Destinations;

  /** Acts on this state. */
  constructor(state: SchedulerState) {
    this.#state = state;
    this.#destinations = new Destinations(state);
  }

  /**
   * Opens or closes the fault that leads users away from a withdrawn server. Does nothing if the server is as ordered.
   */
  withdraw(server: number, isWithdrawn: boolean): void {
    const { capacity, faults } = this.#state;
    if (capacity.isWithdrawn(server, OPERATOR) === isWithdrawn) return;
    capacity.withdraw(server, OPERATOR, isWithdrawn);
    if (isWithdrawn) faults.add(serverDiagnosis(this.#state, server, "withdrawn by an operator"), "operator", true);
    else closeServerFaults(this.#state, server, "operator");
  }

  /**
   * Begins to move a gateway's users to a centre, damped like any shift; the new endpoint becomes the gateway's home.
   * Returns the first step, an alert if no server there has room, or nothing if they are there.
   */
  move(gateway: number, centre: string, now: Instant): readonly SchedulerEffect[] {
    const { topology, dispatch } = this.#state;
    const isInCentre = (endpoint: number): boolean => topology.endpoint(endpoint).centre === centre;
    const from = dispatch.best(gateway);
    if (isInCentre(from)) {
      dispatch.setHome(gateway, from);
      return [];
    }
    const { name } = topology.gateway(gateway);
    const choice = this.#destinations.choose(gateway, from, undefined, {
      isOpen: isInCentre,
      committed: dispatch.peopleToCome(),
    });
    const cause = `an operator moves ${name} to ${centre}`;
    const why = [cause, ...choice.why];
    const target = choice.endpoint;
    const effect =
      target === undefined
        ? undefined
        : dispatch.beginShift(gateway, { target, restores: false, isForced: false, cause, why }, now);
    if (target === undefined || effect === undefined)
      return [
        {
          kind: "alert",
          what: "capacity",
          who: name,
          ip: "",
          gateways: new Set([gateway]),
          endpoints: new Set([from]),
          why,
        },
      ];
    dispatch.setHome(gateway, target);
    return [effect];
  }
}
