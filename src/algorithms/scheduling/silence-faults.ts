/**
 * Access faults that show as silence: nobody behind a dead gateway can connect, so nobody reports. A gateway that is
 * silent for too long has an access fault; several of one region and carrier together have a regional one, and most
 * regions of a carrier together one of the carrier.
 * Met by: src/world/seams/scheduling.ts
 */
import { printFixed } from "../../base/digits.ts";
import { alertOf, type Diagnosis, REGIONAL } from "./diagnosis.ts";
import type { AlertKind, SchedulerEffect } from "./messages.ts";
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

  /**
   * Opens a fault for each gateway, each region and carrier, or each carrier that has fallen silent. Returns the alerts.
   */
  watch(): SchedulerEffect[] {
    const newly = this.#newlySilent();
    if (newly.length === 0) return [];
    return [...this.#carriers(newly), ...this.#state.topology.members.flatMap((members) => this.#regions(members))];
  }

  #newlySilent(): readonly number[] {
    const { topology, silence } = this.#state;
    const found: number[] = [];
    for (let gateway = 0; gateway < topology.gateways.length; gateway++)
      if (silence.isSilent(gateway) && !this.#isKnown(gateway)) found.push(gateway);
    return found;
  }

  /** Opens a fault for each carrier that is silent in most of its regions: one cause is likelier than many at once. */
  #carriers(newly: readonly number[]): SchedulerEffect[] {
    const { topology, silence, faults } = this.#state;
    return [...new Set(newly.map((gateway) => topology.gateway(gateway).carrier))].flatMap((carrier) => {
      const groups = topology.members.filter(([first]) => topology.gateway(first!).carrier === carrier);
      // A gateway of few people may be silent by chance: it proves nothing.
      const heard = groups.map((members) => members.filter((gateway) => silence.isExpected(gateway)));
      const asked = heard.filter((members) => members.length > 0);
      const dead = asked.filter((members) => members.every((gateway) => silence.isSilent(gateway, LIKELY)));
      if (dead.length < REGIONAL || dead.length < 2 * (asked.length - dead.length)) return [];
      const scope = groups.flat();
      const narrower = faults.open.filter(
        ({ source, gateways }) => source === "silence" && [...gateways!].every((gateway) => scope.includes(gateway)),
      );
      for (const fault of narrower) faults.remove(fault);
      const diagnosis = this.#diagnose("carrier access fault", carrier, { scope, silent: dead.flat() });
      faults.add(diagnosis, "silence", false);
      return [
        ...narrower.flatMap((fault) => allClearOf(fault, `it is wider: ${carrier}`)),
        alertOf(diagnosis, diagnosis.what, diagnosis.why),
      ];
    });
  }

  /** Opens faults for the silent gateways of one region and carrier. */
  #regions(members: readonly number[]): SchedulerEffect[] {
    const { topology, silence, faults } = this.#state;
    if (!members.some((gateway) => silence.isSilent(gateway) && !this.#isKnown(gateway))) return [];
    // Where one has been silent for too long, others that have been for half as long are likely to be so as well.
    const likely = members.filter((gateway) => silence.isSilent(gateway, LIKELY) && !this.#isKnown(gateway));
    const isWide = likely.length >= REGIONAL;
    const silent = isWide ? likely : likely.filter((gateway) => silence.isSilent(gateway));
    const scopes = silent.length >= REGIONAL ? [silent] : silent.map((gateway) => [gateway]);
    return scopes.map((scope) => {
      const isRegion = scope.length >= REGIONAL;
      const who = isRegion ? topology.groupNames[topology.groupOf[scope[0]!]!]! : topology.gateway(scope[0]!).name;
      const what = isRegion ? "regional access fault" : "access fault";
      const diagnosis = this.#diagnose(what, who, { scope, silent: scope });
      faults.add(diagnosis, "silence", false);
      return alertOf(diagnosis, diagnosis.what, diagnosis.why);
    });
  }

  #isKnown(gateway: number): boolean {
    return this.#state.faults.open.some(
      ({ diagnosis, gateways }) => isAccessFault(diagnosis.what) && gateways?.has(gateway) === true,
    );
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

  #diagnose(
    what: AlertKind,
    who: string,
    { scope, silent }: { readonly scope: readonly number[]; readonly silent: readonly number[] },
  ): Diagnosis {
    const { topology, quality, silence } = this.#state;
    const usual = silent.reduce((sum, gateway) => sum + silence.usual(gateway), 0);
    const rounds = Math.min(...silent.map((gateway) => silence.silentRounds(gateway)));
    const groups = new Set(scope.map((gateway) => topology.groupOf[gateway]!));
    const all = [...groups].reduce((sum, group) => sum + topology.members[group]!.length, 0);
    return {
      what,
      who,
      ip: scope.length === 1 ? topology.gateway(scope[0]!).ips.join(", ") : "",
      gateways: new Set(scope),
      endpoints: new Set(topology.endpoints.keys()),
      level: "access",
      rise: { sessions: 0, connects: 0 },
      riseAtLeast: { sessions: 0, connects: 0 },
      since: quality.round - rounds,
      why: [
        `${String(silent.length)} of ${String(all)} gateways have told nothing for ${String(rounds)} rounds`,
        `they usually tell of ${printFixed(usual, 0)} sessions and connects a round`,
      ],
    };
  }
}
