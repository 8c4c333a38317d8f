/**
 * Distributions of many values in a few kilobytes.
 *
 * A bucket is a sixty-fourth of a power of two, given by the leading bits of the floating-point number: no logarithm,
 * equal bits on every machine, and the middle of a bucket is within 0.8 % of all values in it. Whole weights add up
 * exactly, so merging in any order gives the same histogram.
 */
import { assert } from "../base/assert.ts";

/** Bits of the high word below the eleven of the exponent and the six that choose one of 64 buckets. */
const DROPPED = 14;
/** Room is made for this many buckets at a time: a power of two of values. */
const OCTAVE = 64;

/** Numbers of a histogram before its buckets, in `numbers`. */
const FACTS = 7;

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
  /** Number of the first bucket that there is room for. */
  #first = 0;
  #counts = new Float64Array(0);

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
    other.#counts.forEach((weight, place) => {
      if (weight > 0) this.#addTo(other.#first + place, weight);
    });
  }

  /** The histogram as numbers, for `from`. */
  get numbers(): readonly number[] {
    const { count, sum, min, max } = this;
    return [count, sum, min, max, this.#zeros, this.#first, this.#counts.length, ...this.#counts];
  }

  /** Returns the histogram at the front of an array of numbers, and the length it takes there. */
  static from(numbers: Float64Array): { readonly histogram: Histogram; readonly length: number } {
    const histogram = new Histogram();
    histogram.count = numbers[0]!;
    histogram.sum = numbers[1]!;
    histogram.min = numbers[2]!;
    histogram.max = numbers[3]!;
    histogram.#zeros = numbers[4]!;
    histogram.#first = numbers[5]!;
    const length = FACTS + numbers[6]!;
    histogram.#counts = numbers.slice(FACTS, length);
    return { histogram, length };
  }

  /** The mean value; undefined if nothing was added. */
  get mean(): number | undefined {
    return this.count > 0 ? this.sum / this.count : undefined;
  }

  /**
   * Returns the `q`-quantile, within 0.8 %, exact for 0 and 1; undefined if nothing was added. `beyond` is the weight of
   * values that were not added because they are larger than all of these: the quantile is Infinity if it is one of them.
   * Throws if `q` is not in [0, 1].
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
    for (let place = 0; place < this.#counts.length; place++) {
      seen += this.#counts[place]!;
      if (seen >= wanted) {
        const bucket = this.#first + place;
        const middle = (lowerEdge(bucket) + lowerEdge(bucket + 1)) / 2;
        return Math.min(this.max, Math.max(this.min, middle));
      }
    }
    return this.max;
  }

  #addTo(bucket: number, weight: number): void {
    const place = bucket - this.#first;
    if (place >= 0 && place < this.#counts.length) this.#counts[place]! += weight;
    else this.#makeRoom(bucket, weight);
  }

  #makeRoom(bucket: number, weight: number): void {
    const octave = bucket - (bucket % OCTAVE);
    const empty = this.#counts.length === 0;
    const first = empty ? octave : Math.min(this.#first, octave);
    const end = empty ? octave + OCTAVE : Math.max(this.#first + this.#counts.length, octave + OCTAVE);
    const counts = new Float64Array(end - first);
    counts.set(this.#counts, empty ? 0 : this.#first - first);
    counts[bucket - first]! += weight;
    this.#counts = counts;
    this.#first = first;
  }
}
