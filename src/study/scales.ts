/**
 * Compares population scales: tests whether one row for a thousand people gives the same figures as a thousand rows, by an
 * equivalence test with margins that each figure's declaration states before any run. Overlapping intervals would prove
 * nothing: the whole 90 % interval of the difference must lie within the margin (two one-sided tests at 5 %, Schuirmann 1987).
 */
import { mean, sampleVariance } from "simple-statistics";
import { type Figure, type FigureParts, partsOf } from "../scenario/figure-parts.ts";
import { metricOf } from "../scenario/metrics.ts";
import type { CutOff, Verdict } from "./document.ts";
import { observationOf } from "./figures.ts";
import { cutOffOf, rounded, studentQuantile } from "./intervals.ts";
import type { Pair } from "./replications.ts";

/** The compared scales, coarsest first; the finest is the reference. */
export const SCALES = ["1/10000", "1/1000", "1/100"] as const;

/** One figure at one scale beside the reference. */
export interface ScaleRow {
  readonly figure: string;
  readonly parts: FigureParts;
  readonly unit: string;
  readonly scale: string;
  readonly reference: string;
  readonly value: number;
  readonly referenceValue: number;
  readonly difference: number;
  readonly ci90: readonly [number, number];
  readonly margin: number;
  readonly verdict: Verdict;
  /** Replications at the scale, and at the reference, that leave the value open; then the verdict is unknown. */
  readonly cutOff?: CutOff;
  readonly referenceCutOff?: CutOff;
}

/** Returns the allowed difference in the figure's unit; undefined for figures that are not compared, such as peaks and waits. */
const marginOf = ({ metric, stat }: Figure, reference: number): number | undefined => {
  const margin = metricOf(metric)?.scaleMargin;
  if (margin?.stats?.includes(stat) === false || margin === undefined) return undefined;
  return Math.max(margin.least, (margin.share ?? 0) * reference);
};

/** The values of one figure in each replication at one scale. */
export interface ScaleSample {
  readonly scale: string;
  readonly values: readonly number[];
  /** Replications that leave the values open; absent without any. */
  readonly cutOff?: CutOff;
}

/** Returns the values of a figure in all replications with data. */
export const scaleSample = (scale: string, { text }: Figure, pairs: readonly Pair[]): ScaleSample => {
  const all = pairs.flatMap(({ run }) => observationOf(run.figures[text]) ?? []);
  const cutOff = cutOffOf(all);
  return { scale, values: all.map(({ value }) => value), ...(cutOff === undefined ? {} : { cutOff }) };
};

/** Compares one figure at a scale with the reference; undefined without a margin or with fewer than two values. */
export const compareScales = (figure: Figure, at: ScaleSample, reference: ScaleSample): ScaleRow | undefined => {
  if (at.values.length < 2 || reference.values.length < 2) return undefined;
  const [value, referenceValue] = [mean([...at.values]), mean([...reference.values])];
  const margin = marginOf(figure, referenceValue);
  if (margin === undefined) return undefined;
  const error = Math.sqrt(
    sampleVariance([...at.values]) / at.values.length + sampleVariance([...reference.values]) / reference.values.length,
  );
  const freedom = Math.min(at.values.length, reference.values.length) - 1;
  const half = studentQuantile(0.95, freedom) * error;
  const difference = value - referenceValue;
  const [low, high] = [difference - half, difference + half];
  const isOpen = at.cutOff !== undefined || reference.cutOff !== undefined;
  const isWithin = low >= -margin && high <= margin;
  const verdict = isOpen ? "unknown" : isWithin ? "held" : low > margin || high < -margin ? "broken" : "unknown";
  return {
    figure: figure.text,
    parts: partsOf(figure),
    unit: figure.unit,
    scale: at.scale,
    reference: reference.scale,
    value: rounded(value),
    referenceValue: rounded(referenceValue),
    difference: rounded(difference),
    ci90: [rounded(low), rounded(high)],
    margin,
    verdict,
    ...(at.cutOff === undefined ? {} : { cutOff: at.cutOff }),
    ...(reference.cutOff === undefined ? {} : { referenceCutOff: reference.cutOff }),
  };
};
