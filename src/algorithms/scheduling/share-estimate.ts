/**
 * A share with bounds. Outcomes of neighbours correlate, so their number is divided by a design effect first.
 * Met by: src/world/seams/scheduling.ts
 */

/** A share in [0, 1] with bounds of about 97.5 % each. */
export interface ShareEstimate {
  /** Lower bound. */
  readonly low: number;
  /** The share itself; 0 without outcomes. */
  readonly mid: number;
  /** Upper bound. */
  readonly high: number;
}

/** Returns Wilson's interval at two standard errors for `bad` of `all`; `deflation` is the design effect. */
export const estimateShare = (bad: number, all: number, deflation: number): ShareEstimate => {
  const n = all / deflation;
  if (n === 0) return { low: 0, mid: 0, high: 1 };
  const share = bad / all;
  const z2 = 4;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (2 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, centre - half), mid: share, high: Math.min(1, centre + half) };
};
