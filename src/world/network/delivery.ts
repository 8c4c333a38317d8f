/** How fast segments are delivered, measured as Linux does (tcp_rate.c): from each one's sending to its acknowledgement. */

/** Deliveries between the sending of a segment and its acknowledgement. */
export interface Pace {
  /** Segments delivered before it was sent, by now, and the time that took in us; -1 when that is no measurement. */
  readonly before: number;
  readonly by: number;
  readonly spanUs: number;
  /** There was no more to send when it was sent. */
  readonly isStarved: boolean;
}

/** For whoever does not ask. */
export const UNMEASURED: Pace = { before: 0, by: 0, spanUs: -1, isStarved: false };

export class Delivery {
  readonly #board: { readonly delivered: number };
  #atUs = 0;
  /** When the latest delivered segment was sent. */
  #firstUs = 0;
  /** Until so many are delivered, the application had no more to send; 0 when it had. */
  #starvedTo = 0;
  /** By segment, as of its latest sending. */
  readonly #before: number[] = [];
  readonly #beforeUs: number[] = [];
  readonly #sinceUs: number[] = [];
  readonly #starved: boolean[] = [];
  /** Of what arrived with this acknowledgement, the segment sent last, and when. */
  #newest = -1;
  #newestUs = -1;

  constructor(board: { readonly delivered: number }) {
    this.#board = board;
  }

  /** The application has nothing to send though `inFlight` more would be let pass. */
  starve(inFlight: number): void {
    this.#starvedTo = Math.max(1, this.#board.delivered + inFlight);
  }

  /** `isAlone`: nothing else is on the way. */
  leave(segment: number, nowUs: number, isAlone: boolean): void {
    if (isAlone) this.#firstUs = this.#atUs = nowUs;
    this.#before[segment] = this.#board.delivered;
    this.#beforeUs[segment] = this.#atUs;
    this.#sinceUs[segment] = this.#firstUs;
    this.#starved[segment] = this.#starvedTo > 0;
  }

  arrive(segment: number, sentUs: number, nowUs: number): void {
    this.#atUs = nowUs;
    if (sentUs < this.#newestUs || (sentUs === this.#newestUs && segment < this.#newest)) return;
    this.#newest = segment;
    this.#newestUs = sentUs;
    this.#firstUs = sentUs;
  }

  /** What the acknowledgement just taken in tells; shorter than the shortest round trip is no measurement. */
  take(nowUs: number, leastUs: number): Pace {
    if (this.#board.delivered > this.#starvedTo) this.#starvedTo = 0;
    const segment = this.#newest;
    const sentUs = this.#newestUs;
    this.#newest = this.#newestUs = -1;
    if (segment < 0) return { before: 0, by: this.#board.delivered, spanUs: -1, isStarved: false };
    const spanUs = Math.max(sentUs - this.#sinceUs[segment]!, nowUs - this.#beforeUs[segment]!);
    return {
      before: this.#before[segment]!,
      by: this.#board.delivered,
      spanUs: spanUs < leastUs ? -1 : spanUs,
      isStarved: this.#starved[segment]!,
    };
  }
}
