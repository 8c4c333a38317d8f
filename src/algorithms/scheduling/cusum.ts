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

const VALUE = 0;
/** The round in which the sum left its quiet quarter, plus one. */
const RAISED = 1;
/** Numbers that a sum needs. */
export const CUSUM_WIDTH = 2;

/**
 * One sum, or a look at one of many that lie in the same memory. A step is cut to half the height, so that no single
 * round, however odd, raises an alarm alone; the sum is cut to one and a half heights, so that an alarm can end. Chosen.
 */
export class Cusum {
  readonly #numbers: Float64Array;
  #from = 0;

  constructor(numbers: Float64Array = new Float64Array(CUSUM_WIDTH)) {
    this.#numbers = numbers;
  }

  /** Looks at the sum whose numbers, all zero when it is new, begin here. */
  moveTo(from: number): void {
    this.#from = from;
  }

  get value(): number {
    return this.#numbers[this.#from + VALUE]!;
  }

  /** The round in which the sum last left the quiet quarter of its height: the likely start of what it sees; -1 if it never did. */
  get raisedIn(): number {
    return this.#numbers[this.#from + RAISED]! - 1;
  }

  /** Takes one round's log-likelihood ratio and returns the part of it that counted. */
  add(ratio: number, height: number, round: number): number {
    const step = Math.min(height / 2, Math.max(-height / 2, ratio));
    const before = this.value;
    const value = Math.min(1.5 * height, Math.max(0, before + step));
    this.#numbers[this.#from + VALUE] = value;
    if (before < height / 4 && value >= height / 4) this.#numbers[this.#from + RAISED] = round + 1;
    return step;
  }

  /** True while the sum is too high for peace, though it may be no alarm yet. */
  isRaised(height: number): boolean {
    return this.value >= height / 4;
  }

  reset(): void {
    this.#numbers[this.#from + VALUE] = 0;
    this.#numbers[this.#from + RAISED] = 0;
  }
}
