/**
 * A hash map from row numbers to 32-bit numbers, for a few rows out of very many, such as the people who are logging in
 * out of 180 million: a small map stays in the processor's cache, where a column for all rows would miss it at every
 * look-up.
 *
 * Open addressing with linear probing; a deletion closes its gap, so it leaves nothing to search through.
 */

/** A map from rows, whole and below 2^31 − 1, to numbers in [0, 2^32). */
export class RowMap {
  #capacity: number;
  #shift: number;
  #count = 0;
  /** Row plus one; 0 is a free place. */
  #keys: Int32Array;
  #values: Uint32Array;

  /** Makes room for 2^`bits` entries; it grows as needed. */
  constructor(bits = 12) {
    this.#capacity = 1 << bits;
    this.#shift = 32 - bits;
    this.#keys = new Int32Array(this.#capacity);
    this.#values = new Uint32Array(this.#capacity);
  }

  /** Number of rows in the map. */
  get size(): number {
    return this.#count;
  }

  /** Returns the number of a row; 0 if it is not in the map. */
  get(row: number): number {
    const place = this.#find(row + 1);
    return this.#keys[place] === 0 ? 0 : this.#values[place]!;
  }

  /** Sets the number of a row. */
  set(row: number, value: number): void {
    const key = row + 1;
    let place = this.#find(key);
    if (this.#keys[place] === 0) {
      if (this.#count >= this.#capacity * 0.75) {
        this.#grow();
        place = this.#find(key);
      }
      this.#count += 1;
      this.#keys[place] = key;
    }
    this.#values[place] = value;
  }

  /** Removes a row, if it is in the map. */
  delete(row: number): void {
    const keys = this.#keys;
    const mask = this.#capacity - 1;
    let gap = this.#find(row + 1);
    if (keys[gap] === 0) return;
    this.#count -= 1;
    for (let next = (gap + 1) & mask; keys[next] !== 0; next = (next + 1) & mask) {
      const home = this.#home(keys[next]!);
      // An entry that is found before the gap stays; one that was pushed past it moves up.
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      keys[gap] = keys[next]!;
      this.#values[gap] = this.#values[next]!;
      gap = next;
    }
    keys[gap] = 0;
  }

  /** Removes all rows. */
  clear(): void {
    this.#keys.fill(0);
    this.#count = 0;
  }

  #home(key: number): number {
    return Math.imul(key, 0x9e3779b1) >>> this.#shift;
  }

  #find(key: number): number {
    const keys = this.#keys;
    const mask = this.#capacity - 1;
    let place = this.#home(key);
    while (keys[place] !== 0 && keys[place] !== key) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#capacity *= 2;
    this.#shift -= 1;
    this.#keys = new Int32Array(this.#capacity);
    this.#values = new Uint32Array(this.#capacity);
    keys.forEach((key, at) => {
      if (key === 0) return;
      const place = this.#find(key);
      this.#keys[place] = key;
      this.#values[place] = values[at]!;
    });
  }
}
