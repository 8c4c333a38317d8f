/** Judges intervals: held if the whole interval is inside the limits, broken if all of it is outside, else unknown. */
import type { Verdict } from "./document.ts";

/** Limits of a row, inclusive; undefined where they are open. */
export interface Limits {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Judges an interval by limits; unknown without data. */
export const judge = (ci95: readonly [number, number] | null, { min = -Infinity, max = Infinity }: Limits): Verdict => {
  if (ci95 === null) return "unknown";
  const [low, high] = ci95;
  if (low >= min && high <= max) return "held";
  return high < min || low > max ? "broken" : "unknown";
};

/** Combines the verdicts of rows: broken if any is, else unknown if any is, else held. */
export const verdictOf = (rows: readonly { readonly verdict: Verdict }[]): Verdict => {
  if (rows.some((row) => row.verdict === "broken")) return "broken";
  return rows.some((row) => row.verdict === "unknown") ? "unknown" : "held";
};
