/**
 * Names the replication that differs most from the others in a judged figure, if chance hardly explains it: Grubbs' test in
 * its form with the distance of each replication from the others, in the figure's own scale and, as times and shares are
 * skewed, in that of its logarithm. Bonferroni's inequality covers all replications and figures.
 */
import { mean, sampleVariance } from "simple-statistics";
import { type Figure, partsOf } from "../scenario/figure-parts.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { FigureSample } from "../simulate/replication.ts";
import { leastEvent } from "./bounds.ts";
import type { OddOneOut } from "./document.ts";
import { rounded, studentQuantile } from "./intervals.ts";
import type { Pair } from "./replications.ts";

/** The share of studies without an odd one in which one is named. */
const ERROR = 0.01;
/** Replications from which one is named: of fewer, none can be far enough from the others. */
const ENOUGH = 5;
/** A spread of less than this share of the value, or of this many % or s, is not worth a name; chosen. */
const NOTABLE = { share: 0.05, absolute: 0.1 };

interface Known {
  readonly replication: number;
  readonly sample: FigureSample & { readonly value: number };
}

/** Returns the odd one out over the judged figures; undefined if there is none. */
export const oddOneOut = (
  figures: readonly Figure[],
  scenario: Scenario,
  pairs: readonly Pair[],
): OddOneOut | undefined => {
  const judged = [...new Map(figures.map((figure) => [figure.text, figure])).values()];
  let [odd, most]: [OddOneOut | undefined, number] = [undefined, 0];
  for (const figure of judged) {
    const all = pairs.flatMap(({ run: { replication, figures: samples } }): Known[] => {
      const { value = null, ...sample } = samples[figure.text] ?? {};
      return value === null ? [] : [{ replication, sample: { ...sample, value } }];
    });
    if (all.length < ENOUGH) continue;
    const limit = studentQuantile(1 - ERROR / (2 * all.length * judged.length), all.length - 2);
    const spread = leastSpread(figure, scenario, all);
    for (const [at, { replication, sample }] of all.entries()) {
      const others = all.filter((_, i) => i !== at).map((one) => one.sample.value);
      const beyond = distanceOf(sample.value, others, spread) / limit;
      if (beyond <= Math.max(1, most)) continue;
      most = beyond;
      odd = {
        replication,
        figure: figure.text,
        parts: partsOf(figure),
        unit: figure.unit,
        value: rounded(sample.value),
        ...(sample.atLeast === true ? { atLeast: true } : {}),
        others: [rounded(Math.min(...others)), rounded(Math.max(...others))],
      };
    }
  }
  return odd;
};

/** Returns the spread that replications with a mean have by chance alone, however alike they look. */
const leastSpread = (figure: Figure, scenario: Scenario, all: readonly Known[]): ((mean: number) => number) => {
  const event = leastEvent(figure, scenario);
  if (event !== undefined) return (value) => Math.max(Math.sqrt(event * Math.max(event, value)), NOTABLE.share * value);
  const trials = Math.min(...all.map(({ sample }) => sample.trials ?? Infinity));
  return (value) => {
    const share = Math.min(Math.max(value / 100, 1 / trials), 1 - 1 / trials);
    const binomial = trials === Infinity ? 0 : 100 * Math.sqrt((share * (1 - share)) / trials);
    return Math.max(binomial, NOTABLE.absolute, NOTABLE.share * Math.abs(value));
  };
};

/** Returns how far a value is from the others in standard errors of a further value: the lesser of both scales. */
const distanceOf = (value: number, others: readonly number[], leastAt: (mean: number) => number): number => {
  const plain = standardized(value, others, leastAt(mean([...others])));
  if (Math.min(value, ...others) <= 0) return plain;
  return Math.min(plain, standardized(Math.log(value), others.map(Math.log), NOTABLE.share));
};

const standardized = (value: number, others: readonly number[], least: number): number =>
  Math.abs(value - mean([...others])) /
  Math.sqrt(Math.max(sampleVariance([...others]), least * least) * (1 + 1 / others.length));
