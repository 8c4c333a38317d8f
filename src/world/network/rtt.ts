/** Linux's round-trip estimator (tcp_rtt_estimator) and the time-out that follows from it, in microseconds. */

/** Shortest time-out. */
export const RTO_LEAST_US = 200_000;
/** Longest time-out. */
export const RTO_MOST_US = 120_000_000;
/** First time-out if the handshake gave no sample (RFC 6298). */
const FALLBACK_US = 3_000_000;

/** The estimator of one sender. */
export class RoundTrip {
  /** Smoothed round trip; 0 before the first sample. */
  smoothedUs = 0;
  /** Shortest round trip so far. */
  leastUs = Infinity;
  /** Retransmission time-out, without back-off. */
  timeoutUs = 1_000_000;
  #deviation = 0;
  #variance = 0;
  #largest = 0;
  /** The variance shrinks once a window, when this segment is acknowledged. */
  #windowEnds = 0;

  /** Takes in a sample; `leastUs` is the shortest of those measured, `acknowledged` the first unacknowledged segment, `next` the next new one. */
  sample(us: number, leastUs: number, acknowledged: number, next: number): void {
    this.leastUs = Math.min(this.leastUs, leastUs);
    if (this.smoothedUs === 0) {
      this.smoothedUs = us;
      this.#deviation = 2 * us;
      this.#variance = this.#largest = Math.max(this.#deviation, RTO_LEAST_US);
      this.#windowEnds = next;
    } else {
      const error = us - this.smoothedUs;
      this.smoothedUs += error / 8;
      const excess = Math.abs(error) - this.#deviation / 4;
      this.#deviation += error < 0 && excess > 0 ? excess / 8 : excess;
      if (this.#deviation > this.#largest) {
        this.#largest = this.#deviation;
        this.#variance = Math.max(this.#variance, this.#largest);
      }
      if (acknowledged > this.#windowEnds) {
        if (this.#largest < this.#variance) this.#variance -= (this.#variance - this.#largest) / 4;
        this.#windowEnds = next;
        this.#largest = RTO_LEAST_US;
      }
    }
    this.timeoutUs = this.smoothedUs + this.#variance;
  }

  /** Sets the fallback, as the handshake gave no sample. */
  unknown(): void {
    this.#deviation = this.#variance = this.#largest = FALLBACK_US;
    this.timeoutUs = FALLBACK_US;
  }
}
