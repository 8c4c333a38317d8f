/** How many: a sum of whole numbers, exact up to 2^53, so that shards may add theirs in any order. */
export class Counter {
  value = 0;

  add(count = 1): void {
    this.value += count;
  }

  merge(other: Counter): void {
    this.value += other.value;
  }
}
