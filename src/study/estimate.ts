/** What a run will cost this machine, told before a large one starts. Rough: within a factor of two. */
import { inSeconds } from "../base/units.ts";
import { gatewayNames } from "../scenario/people/names.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Memory of one row with all that goes with it: measured with 180 million at 1:1, rounded up. */
const BYTES_A_ROW = 18;
/** One event of a row, mostly a heartbeat, comes about as often as this: measured on the world of 2014. */
const SECONDS_AN_EVENT = 370;
/** Events that one thread handles in a second in a large run: measured with 180 million rows, building included. */
const EVENTS_A_SECOND = 7_000_000;

/** Memory of a subscriber of push: measured with 200 million, rounded up. */
const BYTES_A_SUBSCRIBER = 10;
/** Subscribers that one thread tells in a second, all included: measured with 200 million. */
const SUBSCRIBERS_A_SECOND = 1_500_000;

export interface Estimate {
  readonly rows: number;
  /** Of all tasks of push, told one by one whatever the scale. */
  readonly subscribers: number;
  /** Of one replication. */
  readonly bytes: number;
  /** Of one replication on one thread. */
  readonly seconds: number;
}

/** Rows are people online over people a row, and every gateway has its least. */
export const estimate = ({ run, world }: Scenario): Estimate => {
  const least = Math.min(world.online, gatewayNames(world).length * world.rowsAGatewayMin);
  const rows = Math.max(least, Math.ceil(world.online / run.peopleARow));
  const subscribers = Object.values(world.push?.tasks ?? {}).reduce((sum, task) => sum + task.subscribers, 0);
  const events = (rows * inSeconds(run.duration)) / SECONDS_AN_EVENT;
  return {
    rows,
    subscribers,
    bytes: rows * BYTES_A_ROW + subscribers * BYTES_A_SUBSCRIBER,
    seconds: events / EVENTS_A_SECOND + subscribers / SUBSCRIBERS_A_SECOND,
  };
};
