/**
 * The receiving half of a TCP endpoint. Like Linux it acknowledges at once the first segments of a connection, every second full
 * segment, holes and repeats; else with the answer, or after 40 ms.
 */

const DELAYED_US = 40_000;
/** Acknowledged at once at the beginning of a connection, until it answers for the first time. */
const QUICK = 16;

/** Tracks arrived segments and delayed acknowledgements. */
export class Receiver {
  /** First missing segment. */
  next = 0;
  /** Segments in the order of arrival, as selective acknowledgements report them. */
  readonly arrivals: number[] = [];
  /** By arrival: true if the segment had arrived before. */
  readonly repeats: boolean[] = [];
  /** Timestamp that acknowledgements echo: of the latest segment that left no hole; -1 before any. */
  stampUs = -1;
  /** When the delayed acknowledgement is due; Infinity if none is. */
  dueUs = Infinity;
  #acknowledged = 0;
  #bytes = 0;
  #beyond = 0;
  #quick = -1;
  #isConversation = false;
  #arrivedUs = -Infinity;
  readonly #has: boolean[] = [];
  /** Bytes of a full segment. */
  readonly #full: number;

  constructor(full: number) {
    this.#full = full;
  }

  /** Takes in a segment; true if it has to be acknowledged at once. */
  take(segment: number, bytes: number, nowUs: number): boolean {
    if (this.#quick < 0) this.#quick = QUICK;
    const isRepeat = segment < this.next || this.#has[segment] === true;
    this.arrivals.push(segment);
    this.repeats.push(isRepeat);
    this.#arrivedUs = nowUs;
    if (isRepeat) {
      this.#quick = Math.max(this.#quick, QUICK);
      this.#isConversation = false;
      return true;
    }
    this.#has[segment] = true;
    if (segment !== this.next) {
      this.#beyond += 1;
      return true;
    }
    while (this.#has[this.next]) this.next += 1;
    const filled = this.next - segment - 1;
    this.#beyond -= filled;
    this.#bytes += bytes;
    return filled > 0 || this.#beyond > 0 || (this.#quick > 0 && !this.#isConversation) || this.#bytes > this.#full;
  }

  /** True if the segment was acknowledged already: it is acknowledged again, but its timestamp and acknowledgement are not read. */
  isOld(segment: number): boolean {
    return segment + 1 < this.#acknowledged;
  }

  /** Keeps the timestamp of a packet that leaves no hole before it. */
  stamp(sequence: number, stampUs: number): void {
    if (sequence <= this.#acknowledged) this.stampUs = stampUs;
  }

  /** Starts the timer of the delayed acknowledgement, unless it runs. */
  delay(nowUs: number, late: (us: number) => number): void {
    if (this.dueUs === Infinity) this.dueUs = nowUs + late(DELAYED_US);
  }

  /** Notes that a packet acknowledges all; an answer in time makes the connection interactive, which ends immediate acknowledgements. */
  noteAcknowledged(isAnswer: boolean, nowUs: number): void {
    if (isAnswer && nowUs - this.#arrivedUs < DELAYED_US) this.#isConversation = true;
    this.dueUs = Infinity;
    this.#bytes = 0;
    this.#acknowledged = this.next;
    if (this.#quick > 0) this.#quick -= 1;
  }
}
