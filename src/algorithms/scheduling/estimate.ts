/**
 * A share and how far it can be trusted: outcomes of neighbours correlate, so they say less than as many apart would.
 * Met by: src/world/seams/scheduling.ts
 */

/** Share with bounds of about 97.5 % each. */
export interface Estimate {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** Wilson's interval at two standard errors, evidence divided by the design effect. */
export const estimate = (bad: number, all: number, deflation: number): Estimate => {
  const n = all / deflation;
  if (n === 0) return { low: 0, mid: 0, high: 1 };
  const share = bad / all;
  const z2 = 4;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (2 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, centre - half), mid: share, high: Math.min(1, centre + half) };
};
