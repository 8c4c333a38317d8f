/** Books that are kept second by second, from the start of the run. */
import type { Instant } from "../base/units.ts";

export const secondOf = (at: Instant): number => Math.floor(at / 1e6);

/** Returns the sum of the seconds from `first` up to `end`, which does not count. */
export const sumOf = (column: Float64Array, first: number, end: number): number => {
  let total = 0;
  for (let second = first; second < end; second++) total += column[second]!;
  return total;
};

/** Returns the largest of the seconds from `first` up to `end`, which does not count; 0 of none. */
export const mostOf = (column: Float64Array, first: number, end: number): number =>
  column.subarray(first, end).reduce((most, value) => Math.max(most, value), 0);
