/** Counts: sums of whole numbers, exact up to 2^53, so that shards may add theirs in any order. */

/** A count. */
export class Counter {
  /** The sum. */
  value = 0;

  /** Adds a whole number. */
  add(count = 1): void {
    this.value += count;
  }

  /** Adds another counter's sum. */
  merge(other: Counter): void {
    this.value += other.value;
  }
}
