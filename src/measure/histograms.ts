/**
 * Many sparse distributions side by side, such as one for each cell and window: their buckets lie in one array, so that a
 * value makes no object, and each costs only the pages that it fills.
 */
import { assert } from "../base/assert.ts";
import { bucketOf, BUCKETS, type Histogram } from "./histogram.ts";

/** Buckets of a page. Chosen: few values of a sparse distribution are neighbours. */
const PAGE = 8;
/** Pages of a distribution. */
const PAGES = BUCKETS / PAGE;

/** Offsets of the facts of a distribution. */
const COUNT = 0;
const SUM = 1;
const MIN = 2;
const MAX = 3;
const ZEROS = 4;
const FACTS = 5;

/** Distributions by number, from 0. Whole weights add up exactly, in any order. */
export class Histograms {
  readonly #facts: Float64Array;
  /** By distribution: one plus the index of its latest page, or 0. */
  readonly #latest: Int32Array;
  /** Keys of pages, in the order in which they were made: `distribution * PAGES + page`. */
  #keys = new Float64Array(64);
  /** By page: one plus the index of the one before it of the same distribution, or 0. */
  #before = new Int32Array(64);
  /** Weights of buckets, page by page. */
  #weights = new Float64Array(64 * PAGE);
  #count = 0;
  /** Open addressing: one plus the index of a page, or 0. */
  #places = new Int32Array(256);

  /** Makes `size` distributions without values. */
  constructor(size: number) {
    this.#latest = new Int32Array(size);
    this.#facts = new Float64Array(size * FACTS);
    for (let at = 0; at < this.#facts.length; at += FACTS) {
      this.#facts[at + MIN] = Infinity;
      this.#facts[at + MAX] = -Infinity;
    }
  }

  /** Adds a value with a weight to a distribution. Throws if the value is negative or not finite. */
  add(distribution: number, value: number, weight: number): void {
    assert(value >= 0 && value < Infinity, () => `a histogram was given ${String(value)}`);
    const facts = this.#facts;
    const at = distribution * FACTS;
    facts[at + COUNT]! += weight;
    facts[at + SUM]! += value * weight;
    if (value < facts[at + MIN]!) facts[at + MIN] = value;
    if (value > facts[at + MAX]!) facts[at + MAX] = value;
    if (value === 0) {
      facts[at + ZEROS]! += weight;
      return;
    }
    const bucket = bucketOf(value);
    const place = bucket % PAGE;
    const page = this.#page(distribution * PAGES + (bucket - place) / PAGE);
    this.#weights[page * PAGE + place]! += weight;
  }

  /** Adds all values of a distribution to a histogram. */
  addTo(histogram: Histogram, distribution: number): void {
    const facts = this.#facts;
    const at = distribution * FACTS;
    if (facts[at + COUNT] === 0) return;
    histogram.addFacts(
      { count: facts[at + COUNT]!, sum: facts[at + SUM]!, min: facts[at + MIN]!, max: facts[at + MAX]! },
      facts[at + ZEROS]!,
    );
    const part = { first: 0, weights: this.#weights, from: 0, to: 0 };
    for (let page = this.#latest[distribution]!; page > 0; page = this.#before[page - 1]!) {
      part.first = (this.#keys[page - 1]! % PAGES) * PAGE;
      part.from = (page - 1) * PAGE;
      part.to = page * PAGE;
      histogram.addPage(part);
    }
  }

  /** All distributions as numbers, for `merge`. */
  get numbers(): Float64Array {
    const facts = this.#facts.length;
    const keys = facts + this.#count;
    const all = new Float64Array(keys + this.#count * PAGE);
    all.set(this.#facts);
    all.set(this.#keys.subarray(0, this.#count), facts);
    all.set(this.#weights.subarray(0, this.#count * PAGE), keys);
    return all;
  }

  /** Adds as many distributions, as their `numbers` give them. */
  merge(numbers: Float64Array): void {
    const facts = this.#facts;
    for (let at = 0; at < facts.length; at += FACTS) {
      for (const sum of [COUNT, SUM, ZEROS]) facts[at + sum]! += numbers[at + sum]!;
      facts[at + MIN] = Math.min(facts[at + MIN]!, numbers[at + MIN]!);
      facts[at + MAX] = Math.max(facts[at + MAX]!, numbers[at + MAX]!);
    }
    const count = (numbers.length - facts.length) / (1 + PAGE);
    const weights = facts.length + count;
    for (let page = 0; page < count; page++) {
      const own = this.#page(numbers[facts.length + page]!) * PAGE;
      for (let place = 0; place < PAGE; place++) this.#weights[own + place]! += numbers[weights + page * PAGE + place]!;
    }
  }

  /** Returns the index of a page; makes it if there is none. */
  #page(key: number): number {
    const mask = this.#places.length - 1;
    let place = placeOf(key) & mask;
    for (let found = this.#places[place]!; found > 0; found = this.#places[place]!) {
      if (this.#keys[found - 1] === key) return found - 1;
      place = (place + 1) & mask;
    }
    const page = this.#count;
    const distribution = Math.floor(key / PAGES);
    this.#keys[page] = key;
    this.#before[page] = this.#latest[distribution]!;
    this.#count += 1;
    this.#places[place] = this.#latest[distribution] = this.#count;
    if (this.#count === this.#keys.length) this.#grow();
    return page;
  }

  #grow(): void {
    const [keys, weights] = [this.#keys, this.#weights];
    this.#keys = new Float64Array(2 * keys.length);
    this.#keys.set(keys);
    const before = this.#before;
    this.#before = new Int32Array(2 * before.length);
    this.#before.set(before);
    this.#weights = new Float64Array(2 * weights.length);
    this.#weights.set(weights);
    this.#places = new Int32Array(2 * this.#places.length);
    const mask = this.#places.length - 1;
    for (let page = 0; page < this.#count; page++) {
      let place = placeOf(keys[page]!) & mask;
      while (this.#places[place]! > 0) place = (place + 1) & mask;
      this.#places[place] = page + 1;
    }
  }
}

/** Returns the hash of a key. */
const placeOf = (key: number): number => {
  const mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(Math.floor(key / 4_294_967_296), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};
