/**
 * When to believe that something got worse: Page's cumulative sum of log-likelihood ratios. It forgets good news
 * at zero and adds up bad news, so a large rise shows at once and a small one in time, without any window to choose.
 *
 * Threshold. For exact likelihoods the mean number of steps between false alarms is at least e^h (Lorden 1971), so
 * n tests of r rounds a day give at most n·r·e^−h false alarms a day. We solve for h and treat the bound as an equality;
 * the bound is loose by about a factor of ten (overshoot, excursions that share one cause), which is our reserve
 * for baselines that are only estimates. tests/algorithms/scheduling/cusum.test.ts counts it.
 * Met by: src/world/seams/scheduling.ts
 */
import { type Duration, hours } from "../../base/units.ts";

/** How much better the chance `worse` explains `bad` of `all` than the chance `normal` does, in nats. Chances in (0, 1). */
export const logLikelihoodRatio = (bad: number, all: number, normal: number, worse: number): number =>
  bad * Math.log(worse / normal) + (all - bad) * Math.log((1 - worse) / (1 - normal));

/** The height at which this many tests, stepped once a round, together raise this many false alarms a day. */
export const alarmHeight = (tests: number, round: Duration, falseAlarmsADay: number): number =>
  Math.log((Math.max(1, tests) * (hours(24) / round)) / falseAlarmsADay);

/**
 * One sum. A step is cut to half the height, so that no single round, however odd, raises an alarm alone; the sum is
 * cut to one and a half heights, so that an alarm can end. Chosen.
 */
export class Cusum {
  value = 0;
  /** The round in which the sum last left the quiet quarter of its height: the likely start of what it sees. */
  raisedIn = -1;

  /** Takes one round's log-likelihood ratio and returns the part of it that counted. */
  add(ratio: number, height: number, round: number): number {
    const step = Math.min(height / 2, Math.max(-height / 2, ratio));
    const before = this.value;
    this.value = Math.min(1.5 * height, Math.max(0, before + step));
    if (before < height / 4 && this.value >= height / 4) this.raisedIn = round;
    return step;
  }

  /** True while the sum is too high for peace, though it may be no alarm yet. */
  isRaised(height: number): boolean {
    return this.value >= height / 4;
  }

  reset(): void {
    this.value = 0;
    this.raisedIn = -1;
  }
}
