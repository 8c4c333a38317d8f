/** Delivery rate samples as in Linux (tcp_rate.c): from the sending of each segment to its acknowledgement. */

/** Deliveries between the sending of a segment and its acknowledgement. */
export interface RateSample {
  /** Segments delivered when the segment was sent. */
  readonly before: number;
  /** Segments delivered by now. */
  readonly by: number;
  /** Time between the two, us; -1 if it does not count as a measurement. */
  readonly spanUs: number;
  /** True if the application had no more to send when the segment was sent. */
  readonly isAppLimited: boolean;
}

/** The sample of senders that take none. */
export const UNMEASURED: RateSample = { before: 0, by: 0, spanUs: -1, isAppLimited: false };

/** Takes the rate samples of one sender. */
export class RateSampler {
  readonly #board: { readonly delivered: number };
  #atUs = 0;
  /** When the latest delivered segment was sent. */
  #firstUs = 0;
  /** Samples up to this number of deliveries are limited by the application; 0 if none are. */
  #appLimitedTo = 0;
  /** By segment, as of its latest sending. */
  readonly #before: number[] = [];
  readonly #beforeUs: number[] = [];
  readonly #sinceUs: number[] = [];
  readonly #appLimited: boolean[] = [];
  /** Of what arrived with this acknowledgement, the segment sent last, and when. */
  #newest = -1;
  #newestUs = -1;

  constructor(board: { readonly delivered: number }) {
    this.#board = board;
  }

  /** Notes that the application has nothing more to send, with `inFlight` segments under way. */
  noteAppLimited(inFlight: number): void {
    this.#appLimitedTo = Math.max(1, this.#board.delivered + inFlight);
  }

  /** Notes that a segment is sent; `isAlone` if nothing else is in flight. */
  noteSent(segment: number, nowUs: number, isAlone: boolean): void {
    if (isAlone) this.#firstUs = this.#atUs = nowUs;
    this.#before[segment] = this.#board.delivered;
    this.#beforeUs[segment] = this.#atUs;
    this.#sinceUs[segment] = this.#firstUs;
    this.#appLimited[segment] = this.#appLimitedTo > 0;
  }

  /** Notes that a segment was delivered. */
  noteDelivered(segment: number, sentUs: number, nowUs: number): void {
    this.#atUs = nowUs;
    if (sentUs < this.#newestUs || (sentUs === this.#newestUs && segment < this.#newest)) return;
    this.#newest = segment;
    this.#newestUs = sentUs;
    this.#firstUs = sentUs;
  }

  /** Returns the sample of the latest acknowledgement; a span below the shortest round trip does not count. */
  takeSample(nowUs: number, leastUs: number): RateSample {
    if (this.#board.delivered > this.#appLimitedTo) this.#appLimitedTo = 0;
    const segment = this.#newest;
    const sentUs = this.#newestUs;
    this.#newest = this.#newestUs = -1;
    if (segment < 0) return { before: 0, by: this.#board.delivered, spanUs: -1, isAppLimited: false };
    const spanUs = Math.max(sentUs - this.#sinceUs[segment]!, nowUs - this.#beforeUs[segment]!);
    return {
      before: this.#before[segment]!,
      by: this.#board.delivered,
      spanUs: spanUs < leastUs ? -1 : spanUs,
      isAppLimited: this.#appLimited[segment]!,
    };
  }
}
