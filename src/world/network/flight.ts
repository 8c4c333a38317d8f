/** Segments that leave together, and what their sender hears of them a round trip later. */

/** What became of the segments of one flight and of the acknowledgements that answered them. */
export class Flight {
  size = 0;
  arrived = 0;
  /** Place of the last segment whose acknowledgement was heard, or -1; how many arrived up to there. */
  lastHeard = -1;
  arrivedBelow = 0;
  /** Arrived between the first hole and the last heard. */
  heardAboveHole = 0;
  #firstHole = -1;
  #arrivedAboveHole = 0;

  reset(size: number): void {
    this.size = size;
    this.arrived = this.arrivedBelow = this.heardAboveHole = this.#arrivedAboveHole = 0;
    this.lastHeard = this.#firstHole = -1;
  }

  note(place: number, arrived: boolean, heard: boolean): void {
    if (arrived) {
      this.arrived += 1;
      if (this.#firstHole >= 0) this.#arrivedAboveHole += 1;
    } else if (this.#firstHole < 0) this.#firstHole = place;
    if (!heard) return;
    this.lastHeard = place;
    this.arrivedBelow = this.arrived;
    this.heardAboveHole = this.#firstHole < 0 ? this.arrived : this.#arrivedAboveHole;
  }

  /** True when something beyond the first `repeats` segments was lost below what was heard: a second loss, not the old one. */
  anewLost(repeats: number): boolean {
    return this.#firstHole >= repeats && this.#firstHole <= this.lastHeard;
  }
}
