/**
 * A sequential test whether something got worse: Page's cumulative sum of log-likelihood ratios. Good outcomes lower it
 * to zero and no further, bad ones add up, so a large rise shows at once and a small one in time, without a window to
 * choose.
 *
 * Threshold. For exact likelihoods the mean number of steps between false alarms is at least e^h (Lorden 1971), so n
 * tests of r rounds a day give at most n·r·e^−h false alarms a day. The height solves this as an equality; the bound is
 * loose by about a factor of ten (overshoot, excursions that share one cause), a reserve for baselines that are only
 * estimates. tests/algorithms/scheduling/cusum.test.ts counts it.
 * Met by: src/world/seams/scheduling.ts
 */
import { type Duration, hours } from "../../base/units.ts";

/**
 * Returns the log-likelihood ratio, in nats, of chance `worse` over chance `normal` for `bad` of `all`. Chances in (0,
 * 1).
 */
export const logLikelihoodRatio = (bad: number, all: number, normal: number, worse: number): number =>
  bad * Math.log(worse / normal) + (all - bad) * Math.log((1 - worse) / (1 - normal));

/**
 * Returns the height, in nats, at which this many tests, stepped once a round, raise this many false alarms a day
 * together.
 */
export const alarmHeight = (tests: number, round: Duration, falseAlarmsADay: number): number =>
  Math.log((Math.max(1, tests) * (hours(24) / round)) / falseAlarmsADay);

const VALUE = 0;
/** The round in which the sum rose above a quarter of the height, plus one. */
const RAISED = 1;
/** Numbers of a sum in memory. */
export const CUSUM_WIDTH = 2;

/** Memory that sums lie in; its array is replaced when it grows. */
export interface CusumMemory {
  /** The numbers of all sums, and what else lies between them. */
  readonly numbers: Float64Array;
}

/**
 * A cursor over the sums of one memory. A step is cut to half the height, so that no single round raises an alarm; the
 * sum is cut to one and a half heights, so that an alarm can end. Chosen.
 */
export class Cusum {
  readonly #memory: CusumMemory;
  #from = 0;

  /** Points to the first sum of this memory, by default to one of its own. */
  constructor(memory: CusumMemory = { numbers: new Float64Array(CUSUM_WIDTH) }) {
    this.#memory = memory;
  }

  /** Points to the sum whose numbers begin at an offset; a new sum is all zeros. Returns itself. */
  moveTo(from: number): this {
    this.#from = from;
    return this;
  }

  /** The sum, nats. */
  get value(): number {
    return this.#memory.numbers[this.#from + VALUE]!;
  }

  /**
   * The round in which the sum last rose above a quarter of its height, the likely start of the rise; -1 if it never
   * did.
   */
  get raisedIn(): number {
    return this.#memory.numbers[this.#from + RAISED]! - 1;
  }

  /** Adds a round's log-likelihood ratio, in nats. Returns the part that counted. */
  add(ratio: number, height: number, round: number): number {
    const { numbers } = this.#memory;
    const at = this.#from;
    const step = Math.min(height / 2, Math.max(-height / 2, ratio));
    const before = numbers[at + VALUE]!;
    const value = Math.min(1.5 * height, Math.max(0, before + step));
    numbers[at + VALUE] = value;
    if (before < height / 4 && value >= height / 4) numbers[at + RAISED] = round + 1;
    return step;
  }

  /** True if the sum is above a quarter of the height: too high to be trusted, though it may be no alarm. */
  isRaised(height: number): boolean {
    return this.value >= height / 4;
  }

  /** Sets the sum to zero. */
  reset(): void {
    const { numbers } = this.#memory;
    numbers[this.#from + VALUE] = 0;
    numbers[this.#from + RAISED] = 0;
  }
}
