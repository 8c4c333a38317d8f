/** Columns of one number per second of the run, from its start. */
import type { Instant } from "../base/units.ts";

/** Why a figure of whole seconds has no data. */
export const NO_SECOND = "the window has no whole second";

/** Returns the number of the second that an instant lies in. */
export const secondOf = (at: Instant): number => Math.floor(at / 1e6);

/** Returns the sum over the seconds from `first` up to `end`, exclusive. */
export const sumOf = (column: Float64Array, first: number, end: number): number => {
  let total = 0;
  for (let second = first; second < end; second++) total += column[second]!;
  return total;
};

/** Returns the maximum over the seconds from `first` up to `end`, exclusive; 0 for none. */
export const mostOf = (column: Float64Array, first: number, end: number): number =>
  column.subarray(first, end).reduce((most, value) => Math.max(most, value), 0);
