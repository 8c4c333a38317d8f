/**
 * A number for each of a few rows out of very many, such as the people who are logging in out of 180 million: a small
 * table stays in the processor's cache where a column for everybody would miss it on every look.
 *
 * Open addressing with linear probing; a deletion closes its gap, so nothing is left behind to search through.
 */
export class Table {
  #capacity: number;
  #shift: number;
  #count = 0;
  /** Row plus one; 0 is a free place. */
  #keys: Int32Array;
  #values: Uint32Array;

  constructor(bits = 12) {
    this.#capacity = 1 << bits;
    this.#shift = 32 - bits;
    this.#keys = new Int32Array(this.#capacity);
    this.#values = new Uint32Array(this.#capacity);
  }

  /** How many rows are remembered. */
  get size(): number {
    return this.#count;
  }

  /** What was set for a row; 0 when nothing was. Rows are whole and below 2^31 - 1. */
  get(row: number): number {
    const place = this.#find(row + 1);
    return this.#keys[place] === 0 ? 0 : this.#values[place]!;
  }

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

  delete(row: number): void {
    const keys = this.#keys;
    const mask = this.#capacity - 1;
    let gap = this.#find(row + 1);
    if (keys[gap] === 0) return;
    this.#count -= 1;
    for (let next = (gap + 1) & mask; keys[next] !== 0; next = (next + 1) & mask) {
      const home = this.#home(keys[next]!);
      // Whoever would be found before the gap stays; whoever was pushed past it moves up.
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      keys[gap] = keys[next]!;
      this.#values[gap] = this.#values[next]!;
      gap = next;
    }
    keys[gap] = 0;
  }

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
