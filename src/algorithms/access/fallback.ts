/**
 * Falling back: a phone remembers that an address failed it. For a while it tries the one that answered instead first, and
 * then asks the failed one again beside the connection that it has, before it gives that up (Tencent/mars,
 * simple_ipport_sort.cc: the address with fewer failures first; netsource_timercheck.cc: on a backup, probe a primary).
 * Met by: src/world/population/logins.ts
 */
import { type Duration, minutes } from "../../base/units.ts";

/** Time for which an address that failed is not tried first (Tencent/mars, simple_ipport_sort.cc, kBanTime). */
export const FALLBACK_LASTS: Duration = minutes(6);

/** Returns the list with the address that answered last in front; the list as it is if that is not in it. */
export const fallbackFirst = (list: readonly number[], instead: number): readonly number[] =>
  list.includes(instead) ? [instead, ...list.filter((candidate) => candidate !== instead)] : list;
