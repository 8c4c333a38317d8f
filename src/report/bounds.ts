/** Bounds of judged rows as numbers in the row's unit, to draw a band or to print by how much a value misses it. */
import type { ExpectRow, ThresholdRow } from "../study/document.ts";
import { printPlain } from "../base/digits.ts";
import { printExact } from "./numbers.ts";
import { boundsInText } from "./older.ts";

/** Inclusive bounds in the unit of the row's value. */
export type RowLimits = Pick<ThresholdRow, "min" | "max">;

/** The common part of published figures and thresholds. */
export type JudgedRow = Omit<ThresholdRow, "limit" | "min" | "max">;

/** A judged row, with its limits if its document has them as numbers. */
export type LimitedRow = JudgedRow & RowLimits & Pick<ExpectRow, "between">;

/** Returns the limits that the row's document has as numbers. */
export const limitsIn = ({ min, max, between }: LimitedRow): readonly number[] =>
  [min, max, between?.[0], between?.[1]].filter((limit) => limit !== undefined);

/** Returns the band that an expectation is judged by. */
export const bandOf = ({
  between,
  published,
  unit,
}: Pick<ExpectRow, "between" | "published" | "unit">): RowLimits | undefined =>
  between === undefined ? boundsInText(published, unit) : { min: between[0], max: between[1] };

/** Returns the limits that a threshold is judged by. */
export const limitOf = (row: Pick<ThresholdRow, "limit" | "min" | "max" | "unit">): RowLimits | undefined =>
  row.min === undefined && row.max === undefined ? boundsInText(row.limit, row.unit) : row;

/** Returns the text of a threshold's limit, with tiny times as all reports write them. */
export const limitText = ({ limit, min, max, unit }: Pick<ThresholdRow, "limit" | "min" | "max" | "unit">): string =>
  [min, max]
    .filter((at) => at !== undefined)
    .reduce((text, at) => text.replace(`${printPlain(at)} ${unit}`, printExact(at, unit)), limit);

/** Returns how far the value lies outside, in its unit, and on which side; undefined when it lies inside. */
export const missOf = (
  value: number,
  bounds: RowLimits,
): { readonly by: number; readonly side: "above" | "below" } | undefined => {
  if (bounds.max !== undefined && value > bounds.max) return { by: value - bounds.max, side: "above" };
  if (bounds.min !== undefined && value < bounds.min) return { by: bounds.min - value, side: "below" };
  return undefined;
};
