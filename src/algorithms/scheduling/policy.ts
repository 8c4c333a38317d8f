/**
 * The settings of the scheduler. Defaults are explained where they are used.
 * Met by: src/world/seams/scheduling.ts
 */
import { type Duration, hours, minutes, seconds } from "../../base/units.ts";

/** The settings of a scheduler. Shares are in [0, 1]. */
export interface SchedulerPolicy {
  /** Length of a round: decisions are made once a round. */
  readonly round: Duration;
  /** Share of sessions that explore alternates, so that every path is measured. */
  readonly explore: number;
  /** False alarms a day that all tests together may raise. */
  readonly falseAlarmsADay: number;
  /** The smallest rise of loss worth an alarm, as an absolute share. */
  readonly smallestRise: number;
  /**
   * A move needs a destination whose loss, at its upper bound, is at most this part of the present one at its lower
   * bound.
   */
  readonly betterRatio: number;
  /** A move needs a destination whose loss is lower by at least this absolute share, at the same bounds. */
  readonly betterMargin: number;
  /** Time that a gateway's users stay after a move, at least. */
  readonly dwell: Duration;
  /** Rounds in a row that a fault must be clean before users are led back. */
  readonly cleanRounds: number;
  /** Share of a destination's headroom that one step of a shift may use. */
  readonly stepOfHeadroom: number;
  /** Share of its capacity up to which a destination may be filled. */
  readonly fullAt: number;
  /** Share of all capacity that may be taken out of service automatically. */
  readonly removalMax: number;
  /** Time without reports after which the feed is stale and the table stays as it is. */
  readonly staleAfter: Duration;
  /** Moves of a gateway's users in any hour, at most. */
  readonly movesAnHour: number;
  /** Time over which the delays of connected clients that are to move are spread. */
  readonly hintSpread: Duration;
  /** Half-life of what is remembered as a path's normal loss. */
  readonly memory: Duration;
}

/** The settings that the scheduler is tested with. All chosen. */
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
