/** From an interval to a word: held when all of it is inside, broken when all of it is outside, else unknown. */
import type { Verdict } from "./document.ts";

export interface Limits {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Ends belong to the limits. Without data nothing is known. */
export const judge = (ci95: readonly [number, number] | null, { min = -Infinity, max = Infinity }: Limits): Verdict => {
  if (ci95 === null) return "unknown";
  const [low, high] = ci95;
  if (low >= min && high <= max) return "held";
  return high < min || low > max ? "broken" : "unknown";
};

/** Of many rows: broken if any is, else unknown if any is, else held. */
export const verdictOf = (rows: readonly { readonly verdict: Verdict }[]): Verdict => {
  if (rows.some((row) => row.verdict === "broken")) return "broken";
  return rows.some((row) => row.verdict === "unknown") ? "unknown" : "held";
};
