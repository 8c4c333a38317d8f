/**
 * What is under way between machines. A call lasts until it is answered or given up, over one or more attempts. A request is one
 * attempt at one machine; if its caller gives up before it has the answer, its work is wasted. Both are rows, named by their slots.
 */
import type { Instant } from "../../base/units.ts";
import type { Agenda } from "../../engine/agenda.ts";
import type { Origin } from "./callers.ts";
import type { Tier } from "./tiers.ts";

/** Stands for no call and no request: the caller is a user, or has given up. */
export const NONE = -1;

/**
 * How a call or a task ended. `shed`: turned away by overload control. `late`: took too long. `down`: the machine was down.
 * `refused`: the user had no connection.
 */
export type Outcome = "done" | "shed" | "late" | "down" | "refused";

/** All of them; a row says which by its place here. */
export const OUTCOMES: readonly Outcome[] = ["done", "shed", "late", "down", "refused"];
export const DONE = 0;
export const SHED = 1;
export const LATE = 2;
export const DOWN = 3;
export const REFUSED = 4;

/** Receives what the services report while they run; tiers and entries are numbered in the scenario's order. */
export interface ServiceNotes {
  /** A task was offered to an entry. */
  offered(entry: number, at: Instant): void;
  /** A task ended; `took` is its duration, us. */
  taskEnded(entry: number, offered: Instant, ending: Outcome, took: number): void;
  /** A request arrived at a machine, which may be down; `attempt` counts earlier attempts of the same call. */
  requestArrived(tier: number, at: Instant, attempt: number): void;
  /** A machine turned a request away; `isHeldBack` if its caller did not send it for the machine's level. */
  shed(tier: number, at: Instant, isHeldBack: boolean): void;
  /** A request came to its start after waiting `waited` us; unless `isServed`, it was too late or turned away. */
  started(tier: number, at: Instant, waited: number, isServed: boolean): void;
  /** A request that arrived at a machine has not started when the run ends. */
  stillWaiting(tier: number, arrived: Instant, end: Instant): void;
  /** A machine spends `us` of computing on a request from `at`. */
  computed(tier: number, at: Instant, us: number): void;
  /** Of that, computing of a request whose caller gave up before it had the answer. */
  wasted(tier: number, at: Instant, us: number): void;
}

/** What the exchange of requests works with. */
export interface RequestExchangeParts {
  /** Seeds all draws. */
  readonly seed: string;
  /** Takes the events of calls and requests. */
  readonly agenda: Agenda;
  /** Indexed by tier. */
  readonly tiers: readonly Tier[];
  /** Indexed by entry. */
  readonly origins: readonly Origin[];
  /** Receives what happens. */
  readonly notes: ServiceNotes;
  /** Called when a user's call ends; the outcome is its place among all. */
  readonly callEnded: (entry: number, task: number, beganAt: Instant, outcome: number) => void;
}
