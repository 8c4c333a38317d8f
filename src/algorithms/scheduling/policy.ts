/**
 * The scheduler's settings. Defaults are argued where they are used; every one can be set in a scenario.
 * Met by: src/world/seams/scheduling.ts
 */
import { type Duration, hours, minutes, seconds } from "../../base/units.ts";

export interface SchedulerPolicy {
  /** It decides this often. */
  readonly round: Duration;
  /** Share of sessions sent to alternates, so that every path stays measured. */
  readonly explore: number;
  /** Family-wise budget of false alarms over all cells, a day. */
  readonly falseAlarmsADay: number;
  /** The smallest rise of loss (absolute share) worth an alarm. */
  readonly smallestRise: number;
  /** A move needs a destination whose loss, at its upper bound, is at most this part of the current one at its lower bound… */
  readonly betterRatio: number;
  /** …and at least this much lower, absolute. */
  readonly betterMargin: number;
  /** After a move a gateway stays at least this long. */
  readonly dwell: Duration;
  /** Rounds in a row that the old best must be clean before users are led back. */
  readonly cleanRounds: number;
  /** One step of a shift adds at most this share of the destination's headroom. */
  readonly stepOfHeadroom: number;
  /** Load at the destination stays below this share of its capacity. */
  readonly fullAt: number;
  /** At most this share of all capacity may be taken out of service automatically. */
  readonly removalMax: number;
  /** Without reports for this long the feed is stale: fail open. */
  readonly staleAfter: Duration;
  /** Moves of a gateway in any hour. */
  readonly movesAnHour: number;
  /** Connected clients are told to move with delays spread over this long. */
  readonly hintSpread: Duration;
  /** Half-life of what is remembered as a path's normal loss. */
  readonly memory: Duration;
}

export const SCHEDULER_DEFAULTS: SchedulerPolicy = {
  round: seconds(10),
  explore: 0.005,
  falseAlarmsADay: 0.05,
  smallestRise: 0.01,
  betterRatio: 0.5,
  betterMargin: 0.01,
  dwell: minutes(10),
  cleanRounds: 30,
  stepOfHeadroom: 0.25,
  fullAt: 0.95,
  removalMax: 1 / 3,
  staleAfter: minutes(3),
  movesAnHour: 4,
  hintSpread: seconds(45),
  memory: hours(2),
};
