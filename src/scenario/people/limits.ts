/** Limits of a simulated client's record; the reader rejects a world that exceeds them. */
import { hours, minutes, seconds } from "../../base/units.ts";

/** Unit in which heartbeat intervals are stored. */
export const HEARTBEAT_UNIT = seconds(10);
/** Longest heartbeat interval. */
export const HEARTBEAT_MOST = seconds(630);
/** Longest time of one attempt of a race: the 100 that it may have one after another fit into 12 days, the longest delay of the calendar. Chosen. */
export const ATTEMPT_MOST = hours(1);
/** Longest wait of a client between attempts, or for a login. Chosen. */
export const WAIT_MOST = hours(24);
/** Longest time for which the repeats of a heartbeat are modelled. */
export const BEAT_TIMEOUT_MOST = minutes(1);
/** Highest counts of a heartbeat policy. */
export const HEARTBEAT_COUNTS = { climbAfter: 7, failAfter: 7, stableTest: 6 } as const;
/** Number of destinations: pairs of server and port. */
export const ENDPOINTS_MOST = 256;
/** Number of cells: pairs of gateway and kind of access that it serves. */
export const CELLS_MOST = 16_384;
/** Longest list of candidate addresses of a client. */
export const CANDIDATES_MOST = 16;
/** Number of rows: one calendar holds 2^29 records, less the ends of its buckets that stay empty. */
export const ROWS_MOST = 500_000_000;
