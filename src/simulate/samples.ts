/** Shares, and what is said of several samples of which some may have no data. */

/** In percent; null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

/** The largest (`max`), the least (`min`) or else the mean of the samples with data; null without any. */
export const overSamples = (samples: readonly (number | null)[], stat: string): number | null => {
  const known = samples.filter((value) => value !== null);
  if (known.length === 0) return null;
  if (stat === "max") return Math.max(...known);
  return stat === "min" ? Math.min(...known) : known.reduce((sum, value) => sum + value, 0) / known.length;
};
