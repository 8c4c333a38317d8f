/** What a simulated client's record has room for. A user may type any policy; what does not fit is refused at the door. */
import { seconds } from "../../base/units.ts";

/** Heartbeat intervals are kept in this unit, and up to this long. */
export const HEARTBEAT_UNIT = seconds(10);
export const HEARTBEAT_MOST = seconds(630);
/** Counts of a heartbeat's policy. */
export const HEARTBEAT_COUNTS = { climbAfter: 7, failAfter: 7, stableTest: 6 } as const;
/** Destinations: an IP and a port each. */
export const ENDPOINTS_MOST = 256;
/** Gateways times the accesses each serves. */
export const CELLS_MOST = 16_384;
