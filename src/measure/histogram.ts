/**
 * Distributions of many values in at most some kilobytes.
 *
 * A bucket is a 1,024th of a power of two, given by the leading bits of the floating-point number: no logarithm, equal
 * bits on every machine, and the middle of a bucket is within 0.05 % of all values in it, which is finer than the three
 * digits that reports print. Whole weights add up exactly, so merging in any order gives the same histogram.
 */
import { assert } from "../base/assert.ts";

/** Bits of the high word below the eleven of the exponent and the ten that choose one of 1,024 buckets. */
const DROPPED = 10;
/** Number of buckets of a histogram, though few of them are ever filled. */
export const BUCKETS = 1 << (31 - DROPPED);
/** Buckets of one page: room is made for a power of two at a time. */
const PAGE = 1_024;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** The word, of two, that holds exponent and leading bits. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Returns the bucket of a value of at least 0. */
export const bucketOf = (value: number): number => {
  float[0] = value;
  return words[HIGH]! >>> DROPPED;
};

const lowerEdge = (bucket: number): number => {
  words[1 - HIGH] = 0;
  words[HIGH] = bucket << DROPPED;
  return float[0]!;
};

/** Returns the value that stands for a bucket: its whole number if it holds only one, else its middle. */
const valueOf = (bucket: number): number => {
  const [lower, upper] = [lowerEdge(bucket), lowerEdge(bucket + 1)];
  const whole = Math.ceil(lower);
  return whole < upper && whole + 1 >= upper ? whole : (lower + upper) / 2;
};

/** What is known of many values before their buckets. */
export interface HistogramFacts {
  /** Sum of weights. */
  readonly count: number;
  /** Sum of value times weight. */
  readonly sum: number;
  /** The least value. */
  readonly min: number;
  /** The greatest value. */
  readonly max: number;
}

/** Weights of neighbouring buckets: those from `from` to before `to` of a list. */
export interface HistogramPage {
  /** The bucket of the first one. */
  first: number;
  /** The list. */
  weights: Float64Array;
  /** Index of the first one. */
  from: number;
  /** Index behind the last one. */
  to: number;
}

/** A distribution of values of at least 0 in one unit, each with a weight: the number of people it stands for. */
export class Histogram {
  /** Sum of weights. */
  count = 0;
  /** Sum of value times weight: exact while both are whole and the sum is below 2^53. */
  sum = 0;
  /** The least value; Infinity if nothing was added. */
  min = Infinity;
  /** The greatest value; -Infinity if nothing was added. */
  max = -Infinity;
  #zeros = 0;
  /** Weights by bucket, in pages by number. */
  readonly #pages = new Map<number, Float64Array>();

  /** Adds a value with a weight. Throws if the value is negative or not finite. */
  add(value: number, weight = 1): void {
    assert(value >= 0 && value < Infinity, () => `a histogram was given ${String(value)}`);
    this.count += weight;
    this.sum += value * weight;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value === 0) this.#zeros += weight;
    else this.#addTo(bucketOf(value), weight);
  }

  /** Adds all values of another histogram. */
  merge(other: Histogram): void {
    this.addFacts(other, other.#zeros);
    for (const [number, page] of other.#pages) this.addPage({ first: number * PAGE, weights: page, from: 0, to: PAGE });
  }

  /** Adds what is known of many values before their buckets; `zeros` is the weight of those that are 0. */
  addFacts({ count, sum, min, max }: HistogramFacts, zeros: number): void {
    this.count += count;
    this.sum += sum;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    this.#zeros += zeros;
  }

  /** Adds `weights[from]` to bucket `first`, and so on up to before `to`. The buckets must lie in one page of 1,024. */
  addPage({ first, weights, from, to }: HistogramPage): void {
    const page = this.#page(Math.floor(first / PAGE));
    const shift = (first % PAGE) - from;
    for (let at = from; at < to; at++) page[at + shift]! += weights[at]!;
  }

  /** The mean value; undefined if nothing was added. */
  get mean(): number | undefined {
    return this.count > 0 ? this.sum / this.count : undefined;
  }

  /**
   * Returns the `q`-quantile: within 0.1 %, within 0.05 % of whole values, exact for whole values below 2,048 and for 0
   * and 1; undefined if nothing was added. `beyond` is the weight of values that were not added because they are larger
   * than all of these: the quantile is Infinity if it is one of them. Throws if `q` is not in [0, 1].
   */
  quantile(q: number, beyond = 0): number | undefined {
    assert(q >= 0 && q <= 1, () => `quantile ${String(q)}`);
    if (this.count + beyond === 0) return undefined;
    const wanted = q * (this.count + beyond);
    if (wanted > this.count || (q === 1 && beyond > 0)) return Infinity;
    if (q === 0) return this.min;
    if (q === 1) return this.max;
    let seen = this.#zeros;
    if (seen >= wanted) return 0;
    for (const [number, page] of this.#sorted()) {
      for (let place = 0; place < PAGE; place++) {
        seen += page[place]!;
        if (seen >= wanted) return Math.min(this.max, Math.max(this.min, valueOf(number * PAGE + place)));
      }
    }
    return this.max;
  }

  #addTo(bucket: number, weight: number): void {
    const place = bucket % PAGE;
    this.#page((bucket - place) / PAGE)[place]! += weight;
  }

  #page(number: number): Float64Array {
    let page = this.#pages.get(number);
    if (page === undefined) this.#pages.set(number, (page = new Float64Array(PAGE)));
    return page;
  }

  /** The pages in order of their buckets. */
  #sorted(): readonly (readonly [number, Float64Array])[] {
    return [...this.#pages].toSorted(([one], [other]) => one - other);
  }
}
