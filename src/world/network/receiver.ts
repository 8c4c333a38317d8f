/**
 * The receiving half of a TCP endpoint: what has arrived, and when that is acknowledged. As Linux does it: at once for the
 * first segments of a connection, for every second full one, for holes and for repeats; else with the answer, or after 40 ms.
 */

const DELAYED_US = 40_000;
/** Acknowledged at once at the beginning of a connection, until it answers for the first time. */
const QUICK = 16;

export class Receiver {
  /** The first segment that is missing. */
  next = 0;
  /** Segments in the order of arrival, and whether each was there already: what selective acknowledgements tell of. */
  readonly arrivals: number[] = [];
  readonly repeats: boolean[] = [];
  /** The stamp that acknowledgements echo: of the latest segment that did not leave a hole; -1 before any. */
  stampUs = -1;
  /** When the delayed acknowledgement is due. */
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

  /** Takes in a segment; true when it has to be acknowledged at once. */
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

  /** All of it lies below what has been acknowledged: told of again, but neither its stamp nor its acknowledgement is read. */
  isOld(segment: number): boolean {
    return segment + 1 < this.#acknowledged;
  }

  /** Keeps the stamp of a packet that leaves no hole before it. */
  stamp(sequence: number, stampUs: number): void {
    if (sequence <= this.#acknowledged) this.stampUs = stampUs;
  }

  /** Nothing is to be acknowledged at once: it will be with the answer, or when this time has passed. */
  delay(nowUs: number, late: (us: number) => number): void {
    if (this.dueUs === Infinity) this.dueUs = nowUs + late(DELAYED_US);
  }

  /** A packet leaves and acknowledges all; with an answer in time the connection is a conversation. */
  tell(isAnswer: boolean, nowUs: number): void {
    if (isAnswer && nowUs - this.#arrivedUs < DELAYED_US) this.#isConversation = true;
    this.dueUs = Infinity;
    this.#bytes = 0;
    this.#acknowledged = this.next;
    if (this.#quick > 0) this.#quick -= 1;
  }
}
