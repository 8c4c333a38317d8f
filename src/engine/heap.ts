/**
 * A heap of events in exact order: by time, and among equal times in the order of insertion. Four children a node (one
 * cache line of times), three flat arrays, no objects.
 */

/** A priority queue for few events, each a time and a payload. */
export class Heap {
  #size = 0;
  #arrivals = 0;
  /** An empty heap's first is never. */
  #times = new Float64Array(64).fill(Infinity);
  #sequence = new Float64Array(64);
  #payloads = new Uint32Array(64);

  /** Number of events. */
  get size(): number {
    return this.#size;
  }

  /** Time of the next event; Infinity if there is none. */
  get time(): number {
    return this.#times[0]!;
  }

  /** Payload of the next event. There must be one. */
  get payload(): number {
    return this.#payloads[0]!;
  }

  /** Adds an event. */
  push(time: number, payload: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    const sequence = this.#sequence;
    const payloads = this.#payloads;
    let hole = this.#size++;
    // The new event is the last one, so among equal times it stays below.
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (times[parent]! <= time) break;
      times[hole] = times[parent]!;
      sequence[hole] = sequence[parent]!;
      payloads[hole] = payloads[parent]!;
      hole = parent;
    }
    times[hole] = time;
    sequence[hole] = this.#arrivals++;
    payloads[hole] = payload;
  }

  /** Removes the next event. There must be one. */
  pop(): void {
    const times = this.#times;
    const sequence = this.#sequence;
    const payloads = this.#payloads;
    const last = --this.#size;
    if (last === 0) {
      times[0] = Infinity;
      return;
    }
    const time = times[last]!;
    const arrival = sequence[last]!;
    let hole = 0;
    for (;;) {
      const first = 4 * hole + 1;
      if (first >= last) break;
      let least = first;
      const end = Math.min(first + 4, last);
      for (let child = first + 1; child < end; child++) {
        const sooner = times[child]! - times[least]!;
        if (sooner < 0 || (sooner === 0 && sequence[child]! < sequence[least]!)) least = child;
      }
      if (times[least]! > time || (times[least]! === time && sequence[least]! > arrival)) break;
      times[hole] = times[least]!;
      sequence[hole] = sequence[least]!;
      payloads[hole] = payloads[least]!;
      hole = least;
    }
    times[hole] = time;
    sequence[hole] = arrival;
    payloads[hole] = payloads[last]!;
  }

  #grow(): void {
    const room = this.#times.length * 2;
    const times = new Float64Array(room);
    times.set(this.#times);
    this.#times = times;
    const sequence = new Float64Array(room);
    sequence.set(this.#sequence);
    this.#sequence = sequence;
    const payloads = new Uint32Array(room);
    payloads.set(this.#payloads);
    this.#payloads = payloads;
  }
}
