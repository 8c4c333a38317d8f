/**
 * Access faults that show as silence: nobody behind a dead gateway can connect, so nobody reports. A gateway that is
 * silent for too long has an access fault; several of one region and carrier together have a regional one.
 * Met by: src/world/seams/scheduling.ts
 */
import { alertOf, type Diagnosis, REGIONAL } from "./diagnosis.ts";
import type { SchedulerEffect } from "./messages.ts";
import { allClearOf, isAccessFault } from "./open-faults.ts";
import type { SchedulerState } from "./scheduler-state.ts";

/** Rounds that all gateways of a silence must be heard again before it is over. Chosen. */
const BACK_ROUNDS = 6;
/** A gateway whose neighbour is silent counts as silent after this part of the usual limit. Chosen. */
const LIKELY = 0.5;

/** Opens and closes the faults of silent gateways. */
export class SilenceFaults {
  readonly #state: SchedulerState;

  /** Acts on this state. */
  constructor(state: SchedulerState) {
    this.#state = state;
  }

  /** Opens a fault for each gateway, or each region and carrier, that has fallen silent. Returns the alerts. */
  watch(): SchedulerEffect[] {
    const { topology, silence, faults } = this.#state;
    const isKnown = (gateway: number): boolean =>
      faults.open.some(({ diagnosis, gateways }) => isAccessFault(diagnosis.what) && gateways?.has(gateway) === true);
    return [...topology.members.entries()].flatMap(([group, members]) => {
      if (!members.some((gateway) => silence.isSilent(gateway) && !isKnown(gateway))) return [];
      // Where one has been silent for too long, others that have been for half as long are likely to be so as well.
      const likely = members.filter((gateway) => silence.isSilent(gateway, LIKELY) && !isKnown(gateway));
      const isWide = likely.length >= REGIONAL;
      const silent = isWide ? likely : likely.filter((gateway) => silence.isSilent(gateway));
      const scopes = silent.length >= REGIONAL ? [silent] : silent.map((gateway) => [gateway]);
      return scopes.map((scope) => {
        const diagnosis = this.#diagnose(group, scope);
        faults.add(diagnosis, "silence", false);
        return alertOf(diagnosis, diagnosis.what, diagnosis.why);
      });
    });
  }

  /** Closes the faults whose gateways have all been heard again for long enough. Returns the all-clears. */
  recover(): SchedulerEffect[] {
    const { silence, faults } = this.#state;
    const effects: SchedulerEffect[] = [];
    for (const fault of faults.open) {
      if (fault.source !== "silence") continue;
      const areBack = [...fault.gateways!].every((gateway) => !silence.isSilent(gateway));
      fault.cleanRounds = areBack ? fault.cleanRounds + 1 : 0;
      if (fault.cleanRounds < BACK_ROUNDS) continue;
      faults.remove(fault);
      for (const gateway of fault.gateways!) silence.noteReconnects(gateway);
      effects.push(...allClearOf(fault, `heard again for ${String(fault.cleanRounds)} rounds`));
    }
    return effects;
  }

  #diagnose(group: number, scope: readonly number[]): Diagnosis {
    const { topology, quality, silence } = this.#state;
    const first = topology.gateway(scope[0]!);
    const usual = scope.reduce((sum, gateway) => sum + silence.usual(gateway), 0);
    const rounds = Math.min(...scope.map((gateway) => silence.silentRounds(gateway)));
    const isRegion = scope.length >= REGIONAL;
    return {
      what: isRegion ? "regional access fault" : "access fault",
      who: isRegion ? topology.groupNames[group]! : first.name,
      ip: isRegion ? "" : first.ips.join(", "),
      gateways: new Set(scope),
      endpoints: new Set(topology.endpoints.keys()),
      level: "access",
      rise: { sessions: 0, connects: 0 },
      riseAtLeast: { sessions: 0, connects: 0 },
      since: quality.round - rounds,
      why: [
        `${String(scope.length)} of ${String(topology.members[group]!.length)} gateways have told nothing for ${String(rounds)} rounds`,
        `they usually tell of ${usual.toFixed(0)} sessions and connects a round`,
      ],
    };
  }
}
