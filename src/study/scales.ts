/**
 * Whether a row that stands for a thousand people tells the same as a thousand rows: an equivalence test with
 * margins stated here, before any run. Overlapping intervals would prove nothing; what must lie within the margin is
 * the whole 90 % interval of the difference (two one-sided tests at 5 %, Schuirmann 1987).
 */
import { mean, sampleVariance } from "simple-statistics";
import type { Figure } from "../scenario/figure-parts.ts";
import type { Verdict } from "./document.ts";
import { rounded, studentQuantile } from "./intervals.ts";

/** The coarsest is compared with the finest, and everything between as well. */
export const SCALES = ["1/10000", "1/1000", "1/100"] as const;

export interface ScaleRow {
  readonly figure: string;
  readonly unit: string;
  readonly scale: string;
  readonly reference: string;
  readonly value: number;
  readonly referenceValue: number;
  readonly difference: number;
  readonly ci90: readonly [number, number];
  readonly margin: number;
  readonly verdict: Verdict;
}

/**
 * How far two scales may differ, in the figure's unit; undefined for figures that are not compared, such as peaks of a
 * second and waits. Loss: a tenth of a point, or a twentieth of it. Login times: a twentieth of a second, or a tenth of
 * them. Alarm and reroute: three halves of a scheduler's round of 30 s, for a report that comes a little later may wait for
 * the next round; an evacuation the same of its steps of two minutes. Shares of people in points, those of everybody finer
 * than those of whoever logs in within a minute; time back in points of what capacity allows. Chosen.
 */
export const marginOf = ({ metric, stat }: Figure, reference: number): number | undefined => {
  if (metric === "loss") return Math.max(0.1, 0.05 * reference);
  if (metric === "login.time") return stat === "p50" || stat === "p95" ? Math.max(0.05, 0.1 * reference) : undefined;
  return MARGINS[metric];
};

const MARGINS: Readonly<Record<string, number>> = {
  "alarm.delay": 45,
  "reroute.delay": 45,
  "evacuation.delay": 180,
  "back.stretch": 10,
  "login.success": 0.5,
  "login.goodput": 3,
  online: 0.5,
  crossing: 1,
  "centre.load": 2,
  "centre.margin": 2,
};

/** The values of one figure in each replication at one scale. */
export interface ScaleSample {
  readonly scale: string;
  readonly values: readonly number[];
}

/** Compares one figure at a scale with the reference; undefined without data or margin. */
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
  const verdict = low >= -margin && high <= margin ? "held" : low > margin || high < -margin ? "broken" : "unknown";
  return {
    figure: figure.text,
    unit: figure.unit,
    scale: at.scale,
    reference: reference.scale,
    value: rounded(value),
    referenceValue: rounded(referenceValue),
    difference: rounded(difference),
    ci90: [rounded(low), rounded(high)],
    margin,
    verdict,
  };
};
