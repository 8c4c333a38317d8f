/**
 * Faults that are known and not over. While one is open nobody is led into it, its cells learn nothing, and its alarms
 * are old news. It ends by a test the other way round: "still a good part of the rise" against "as ever", summed over its
 * cells; any bad spell starts the count again. Ending takes longer than beginning.
 * Met by: src/world/seams/scheduling.ts
 */
import type { Finding } from "./finding.ts";
import { logLikelihoodRatio } from "./cusum.ts";
import type { AlertKind } from "./messages.ts";
import type { SchedulerPolicy } from "./policy.ts";
import type { Quality } from "./quality.ts";
import type { Cell } from "./cell.ts";

/** What a fault is: found in reports, or in their absence, known from a health check, or wanted by an operator. */
export type Cause = "reports" | "silence" | "health" | "operator";

export interface Fault {
  readonly finding: Finding;
  readonly cause: Cause;
  /** False where moving cannot help: users stay. */
  readonly moves: boolean;
  readonly gateways: ReadonlySet<number> | undefined;
  /** Rounds in a row without a bad spell since something clean was heard, and what they say together, in nats for bad. */
  cleanRounds: number;
  nats: number;
  /** Rounds in a row in which no better place could be proved. */
  lackingRounds: number;
  /** Whether it is told that its users find no room, or no better place. */
  stuck: "capacity" | "quality" | undefined;
}

/** e^5 to one that it is over; a bad spell of e^3 to one starts the count again. */
const OVER = 5;
const SPELL = 3;
/**
 * What a session says about connecting, as part of a connect: where users stayed it may have begun before the fault; where
 * they left, only explorers are heard, who connect to tell. Chosen.
 */
const STAYED_AS_CONNECT = 0.2;
const EXPLORED_AS_CONNECT = 1;
/** An alert that moved nobody ends after this many clean rounds: a mistake costs nothing. Chosen. */
const ROUNDS_FOR_ALERT = 6;

export class Faults {
  readonly #policy: SchedulerPolicy;
  readonly #quality: Quality;
  #open: Fault[] = [];

  constructor(quality: Quality, policy: SchedulerPolicy) {
    this.#quality = quality;
    this.#policy = policy;
  }

  get open(): readonly Fault[] {
    return this.#open;
  }

  add(finding: Finding, cause: Cause, moves: boolean): Fault {
    const { gateways } = finding;
    const fault: Fault = {
      finding,
      cause,
      moves,
      gateways,
      cleanRounds: 0,
      nats: 0,
      lackingRounds: 0,
      stuck: undefined,
    };
    this.#open.push(fault);
    this.#quality.explain(this.#cells(fault));
    return fault;
  }

  /** Others have joined it: it is wider, and what said that it ends was not said by them. */
  widen(fault: Fault, finding: Finding): void {
    const stuck = finding.who === fault.finding.who ? fault.stuck : undefined;
    const wider: Fault = { ...fault, finding, gateways: finding.gateways, cleanRounds: 0, nats: 0, stuck };
    this.#open = this.#open.map((other) => (other === fault ? wider : other));
    this.#quality.explain(this.#cells(wider));
  }

  remove(fault: Fault): void {
    this.#open = this.#open.filter((other) => other !== fault);
    this.#quality.acquit(this.#cells(fault));
  }

  /** The open fault that explains trouble on this path. */
  covering(gateway: number, endpoint: number): Fault | undefined {
    return this.#open.length === 0 ? undefined : this.#open.find((fault) => covers(fault, gateway, endpoint));
  }

  /** A fault that rules a path out as a destination: an access fault does not. */
  closing(gateway: number, endpoint: number): Fault | undefined {
    return this.#open.find((fault) => fault.moves && covers(fault, gateway, endpoint));
  }

  /** Takes in the round just closed; returns the faults that are over, no longer open. */
  recover(): readonly Fault[] {
    const over = this.#open.filter((fault) => fault.cause === "reports" && this.#isOver(fault));
    for (const fault of over) this.remove(fault);
    return over;
  }

  #isOver(fault: Fault): boolean {
    // A round in which nobody explored it is as clean as what was heard last.
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

  /** Nats for bad of this round's outcomes; undefined without any. */
  #step(fault: Fault): number | undefined {
    const quality = this.#quality;
    const rise = { sessions: remaining(fault.finding.rise.sessions), connects: remaining(fault.finding.rise.connects) };
    let nats = 0;
    let heard = 0;
    for (const cell of this.#cells(fault)) {
      const sessions = cell.sessions.since(quality.round);
      const connects = cell.connects.since(quality.round);
      // Where nobody could connect, explorers speak of it, though less than a connect does: they meet a block, or nothing.
      const lived = rise.sessions > 0 ? 0 : sessions.all * (fault.moves ? EXPLORED_AS_CONNECT : STAYED_AS_CONNECT);
      const died = lived * Math.max(0, sessions.bad / Math.max(1, sessions.all) - quality.normalSessions(cell));
      heard += sessions.all + connects.all;
      if (rise.sessions > 0 && sessions.all > 0) {
        const normal = quality.normalSessions(cell);
        const least = quality.shareOf(quality.lossOf(normal) + this.#leastRise(fault));
        const worse = Math.min(0.98, Math.max(least, normal + rise.sessions * (1 - normal)));
        const ratio =
          logLikelihoodRatio(sessions.bad, sessions.all, normal, worse) / cell.sessions.deflation(sessions.all);
        nats += Math.max(-OVER, Math.min(OVER, ratio));
      }
      const tries = connects.all + lived;
      if (rise.connects > 0 && tries > 0) {
        const often = quality.normalConnects(cell);
        const worse = Math.min(0.98, often + rise.connects * (1 - often));
        nats += logLikelihoodRatio(connects.bad + died, tries, often, worse) / cell.connects.deflation(tries);
      }
    }
    return heard === 0 ? undefined : Math.max(-OVER, Math.min(2 * OVER, nats));
  }

  /** An alert that moved nobody hears its cells well, so it ends only when little is left: else a small rise blinks. */
  #leastRise(fault: Fault): number {
    return fault.moves ? this.#policy.smallestRise : ALERT_PART * this.#policy.smallestRise;
  }

  *#cells(fault: Fault): Iterable<Cell> {
    if (fault.gateways === undefined) {
      for (const endpoint of fault.finding.unit) yield* this.#quality.cellsAt(endpoint);
      return;
    }
    for (const gateway of fault.gateways)
      for (const cell of this.#quality.cellsOf(gateway)) if (fault.finding.unit.has(cell.endpoint)) yield cell;
  }
}

/** Chosen: less than a third of the smallest rise is left when an alert ends. */
const ALERT_PART = 0.6;

/** What must have gone before a fault is over: all but a quarter of a small rise, all but 6 points of bad sessions of a large one. Chosen. */
const remaining = (rise: number): number => Math.min(0.12, rise / 2);

const covers = (fault: Fault, gateway: number, endpoint: number): boolean =>
  fault.finding.unit.has(endpoint) && (fault.gateways === undefined || fault.gateways.has(gateway));

/** Faults that no table mends: their users stay where they are. */
export const isAccess = (what: AlertKind): boolean =>
  what === "access fault" || what === "regional access fault" || what === "carrier access fault";
