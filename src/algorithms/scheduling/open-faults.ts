/**
 * Faults that are known and not over. While a fault is open no user is led into it, its paths are not learnt from, and
 * its alarms are not reported again. It ends by the opposite test, "still a good part of the rise" against "as before",
 * summed over its paths; one bad spell starts the count again, so ending takes longer than beginning.
 * Met by: src/world/seams/scheduling.ts
 */
import { logLikelihoodRatio } from "./cusum.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { AlertKind, SchedulerEffect } from "./messages.ts";
import type { PathStats } from "./path-stats.ts";
import type { SchedulerPolicy } from "./policy.ts";
import type { Quality } from "./quality.ts";

/** Where a fault is known from: clients' reports, their absence, a health check, or an operator's order. */
export type FaultSource = "reports" | "silence" | "health" | "operator";

/** A fault that is not over. */
export interface OpenFault {
  /** What is at fault. */
  readonly diagnosis: Diagnosis;
  /** Where it is known from. */
  readonly source: FaultSource;
  /** True if users are led away from it; false where moving cannot help. */
  readonly moves: boolean;
  /** Gateways it is about; undefined for all. */
  readonly gateways: ReadonlySet<number> | undefined;
  /** Rounds in a row without a bad spell since the first clean one. */
  cleanRounds: number;
  /** What these rounds say together, in nats for bad. */
  nats: number;
  /** Rounds in a row in which no better destination could be proved. */
  lackingRounds: number;
  /** What its users were reported to lack: room elsewhere, or a better destination. */
  stuck: "capacity" | "quality" | undefined;
}

/** Nats for clean that close a fault, e^5 to one, and nats for bad, e^3 to one, that start the count again. */
const OVER = 5;
const SPELL = 3;
/**
 * What a session says about connecting, as a part of a connect. Where users stayed it may have begun before the fault;
 * where they left, only explorers are heard, who connect in order to report. Chosen.
 */
const STAYED_AS_CONNECT = 0.2;
const EXPLORED_AS_CONNECT = 1;
/** An alert that moved nobody ends after this many clean rounds: a mistake costs nothing. Chosen. */
const ROUNDS_FOR_ALERT = 6;
/** An alert that moved nobody ends when less than a third of the smallest rise is left. Chosen. */
const ALERT_PART = 0.6;

/** All open faults. */
export class OpenFaults {
  readonly #policy: SchedulerPolicy;
  readonly #quality: Quality;
  #open: OpenFault[] = [];

  /** Starts without a fault; tests of paths are reset as faults open and close. */
  constructor(quality: Quality, policy: SchedulerPolicy) {
    this.#quality = quality;
    this.#policy = policy;
  }

  /** The open faults, oldest first. */
  get open(): readonly OpenFault[] {
    return this.#open;
  }

  /** Opens a fault and returns it; `moves` says whether users are led away from it. */
  add(diagnosis: Diagnosis, source: FaultSource, moves: boolean): OpenFault {
    const { gateways } = diagnosis;
    const counts = { cleanRounds: 0, nats: 0, lackingRounds: 0 };
    const fault: OpenFault = { diagnosis, source, moves, gateways, ...counts, stuck: undefined };
    this.#open.push(fault);
    this.#quality.resetPools(this.#pathsOf(fault));
    return fault;
  }

  /** Replaces a fault by a wider one, whose end is tested from the start. */
  widen(fault: OpenFault, diagnosis: Diagnosis): void {
    const stuck = diagnosis.who === fault.diagnosis.who ? fault.stuck : undefined;
    const wider: OpenFault = { ...fault, diagnosis, gateways: diagnosis.gateways, cleanRounds: 0, nats: 0, stuck };
    this.#open = this.#open.map((other) => (other === fault ? wider : other));
    this.#quality.resetPools(this.#pathsOf(wider));
  }

  /** Closes a fault and resets the tests of its paths. */
  remove(fault: OpenFault): void {
    this.#open = this.#open.filter((other) => other !== fault);
    this.#quality.resetPaths(this.#pathsOf(fault));
  }

  /** Returns the open fault that explains trouble on this path, if any. */
  covering(gateway: number, endpoint: number): OpenFault | undefined {
    for (const fault of this.#open) if (covers(fault, gateway, endpoint)) return fault;
    return undefined;
  }

  /** True if an open fault explains trouble on this path. */
  isExplained({ gateway, endpoint }: PathStats): boolean {
    return this.covering(gateway, endpoint) !== undefined;
  }

  /** Returns the open fault that rules this path out as a destination, if any; an access fault does not. */
  blocking(gateway: number, endpoint: number): OpenFault | undefined {
    return this.#open.find((fault) => fault.moves && covers(fault, gateway, endpoint));
  }

  /**
   * Tests the faults found in reports with the outcomes of the round just closed. Closes and returns those that are
   * over.
   */
  recover(): readonly OpenFault[] {
    const over = this.#open.filter((fault) => fault.source === "reports" && this.#isOver(fault));
    for (const fault of over) this.remove(fault);
    return over;
  }

  #isOver(fault: OpenFault): boolean {
    // A round in which nobody explored it counts as clean as the last outcomes were.
    const step = this.#step(fault) ?? 0;
    fault.nats = Math.max(-4 * OVER, fault.nats + step);
    if (fault.nats < 0) fault.cleanRounds += 1;
    if (fault.nats > SPELL) {
      fault.nats = 0;
      fault.cleanRounds = 0;
    }
    const needed = fault.moves ? this.#policy.cleanRounds : ROUNDS_FOR_ALERT;
    return fault.cleanRounds >= needed && fault.nats <= -OVER;
  }

  /** Returns nats for bad of this round's outcomes; undefined without any. */
  #step(fault: OpenFault): number | undefined {
    const quality = this.#quality;
    const { rise: found } = fault.diagnosis;
    const rise = { sessions: remaining(found.sessions), connects: remaining(found.connects) };
    let nats = 0;
    let heard = 0;
    for (const path of this.#pathsOf(fault)) {
      const sessions = path.sessions.countsSince(quality.round);
      const connects = path.connects.countsSince(quality.round);
      // Where nobody could connect, explorers' sessions count too, though less than connects: they meet a block, or
      // nothing.
      const lived = rise.sessions > 0 ? 0 : sessions.all * (fault.moves ? EXPLORED_AS_CONNECT : STAYED_AS_CONNECT);
      const died = lived * Math.max(0, sessions.bad / Math.max(1, sessions.all) - quality.normalSessions(path));
      heard += sessions.all + connects.all;
      if (rise.sessions > 0 && sessions.all > 0) {
        const normal = quality.normalSessions(path);
        const least = quality.shareOf(quality.lossOf(normal) + this.#leastRise(fault));
        const worse = Math.min(0.98, Math.max(least, normal + rise.sessions * (1 - normal)));
        const ratio =
          logLikelihoodRatio(sessions.bad, sessions.all, normal, worse) / path.sessions.deflation(sessions.all);
        nats += Math.max(-OVER, Math.min(OVER, ratio));
      }
      const tries = connects.all + lived;
      if (rise.connects > 0 && tries > 0) {
        const normal = quality.normalConnects(path);
        const worse = Math.min(0.98, normal + rise.connects * (1 - normal));
        nats += logLikelihoodRatio(connects.bad + died, tries, normal, worse) / path.connects.deflation(tries);
      }
    }
    return heard === 0 ? undefined : Math.max(-OVER, Math.min(2 * OVER, nats));
  }

  /**
   * Returns the least rise that counts as bad. A fault that moved nobody keeps all its outcomes, so it closes only when
   * little is left; otherwise a small rise would open and close it again and again.
   */
  #leastRise(fault: OpenFault): number {
    return fault.moves ? this.#policy.smallestRise : ALERT_PART * this.#policy.smallestRise;
  }

  *#pathsOf(fault: OpenFault): Iterable<PathStats> {
    if (fault.gateways === undefined) {
      for (const endpoint of fault.diagnosis.endpoints) yield* this.#quality.pathsAt(endpoint);
      return;
    }
    for (const gateway of fault.gateways)
      for (const path of this.#quality.pathsOf(gateway)) if (fault.diagnosis.endpoints.has(path.endpoint)) yield path;
  }
}

/**
 * Returns the rise that the test for the end takes for bad. The fault closes when less than half of it is left: a
 * quarter of a small rise, 6 points of bad sessions of a large one. Chosen.
 */
const remaining = (rise: number): number => Math.min(0.12, rise / 2);

const covers = (fault: OpenFault, gateway: number, endpoint: number): boolean =>
  (fault.gateways === undefined || fault.gateways.has(gateway)) && fault.diagnosis.endpoints.has(endpoint);

/** True for a fault that no dispatch table mends: its users stay where they are. */
export const isAccessFault = (what: AlertKind): boolean =>
  what === "access fault" || what === "regional access fault" || what === "carrier access fault";

/** Returns the all-clear of a fault, for this reason, and before it that of its capacity alert if there was one. */
export const allClearOf = ({ diagnosis, stuck }: OpenFault, reason: string): readonly SchedulerEffect[] => {
  const { what, who } = diagnosis;
  const clear: SchedulerEffect = { kind: "all-clear", what, who, why: [reason] };
  return stuck === "capacity" ? [{ ...clear, what: "capacity" }, clear] : [clear];
};
