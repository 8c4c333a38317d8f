/** Prints the value of a judged row with the digits that tell it from the row's limits. */
import type { Interval } from "../study/document.ts";
import { limitsIn, type LimitedRow } from "./bounds.ts";
import { printInterval } from "./numbers.ts";

/** Returns the value of a row as an interval; undefined without data. */
export const intervalIn = ({ value, ci95, atLeast, atMost, cutOff }: LimitedRow): Interval | undefined =>
  value === null || ci95 === null
    ? undefined
    : {
        value,
        ci95,
        ...(atLeast === true ? { atLeast } : {}),
        ...(atMost === true ? { atMost } : {}),
        ...(cutOff === undefined ? {} : { cutOff }),
      };

/** Prints the value of a row, e.g. "5.20 % [5.05, 5.35]", or "no data". */
export const printMeasured = (row: LimitedRow): string => {
  const interval = intervalIn(row);
  return interval === undefined ? "no data" : printInterval(interval, row.unit, limitsIn(row));
};
