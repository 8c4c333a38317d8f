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
/** Buckets of one page: room is made for a page at a time, as most distributions fill few of all buckets. */
const PAGE = 16;

/** Numbers of a histogram before its pages, in `numbers`; each page follows its own number. */
const FACTS = 6;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** The word, of two, that holds exponent and leading bits. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

const bucketOf = (value: number): number => {
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
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.#zeros += other.#zeros;
    for (const [number, page] of other.#pages) {
      const own = this.#page(number);
      page.forEach((weight, place) => {
        own[place]! += weight;
      });
    }
  }

  /** The histogram as numbers, for `from`. */
  get numbers(): readonly number[] {
    const { count, sum, min, max } = this;
    const pages = this.#sorted().flatMap(([number, page]) => [number, ...page]);
    return [count, sum, min, max, this.#zeros, this.#pages.size, ...pages];
  }

  /** Returns the histogram at the front of an array of numbers, and the length it takes there. */
  static from(numbers: Float64Array): { readonly histogram: Histogram; readonly length: number } {
    const histogram = new Histogram();
    histogram.count = numbers[0]!;
    histogram.sum = numbers[1]!;
    histogram.min = numbers[2]!;
    histogram.max = numbers[3]!;
    histogram.#zeros = numbers[4]!;
    const length = FACTS + numbers[5]! * (1 + PAGE);
    for (let at = FACTS; at < length; at += 1 + PAGE)
      histogram.#pages.set(numbers[at]!, numbers.slice(at + 1, at + 1 + PAGE));
    return { histogram, length };
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
