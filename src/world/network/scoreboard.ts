/**
 * A sender's scoreboard: segments in flight, delivered and lost. Loss is detected by time (RACK, RFC 8985): a segment is lost if one
 * sent later has arrived and a round trip has passed.
 */
import { RateSampler } from "./delivery.ts";
import type { Receiver } from "./receiver.ts";
import type { Packet } from "./wire.ts";

const SACKED = 1;
const LOST = 2;
/** Sent again and still in flight; ever sent again. */
const AGAIN = 4;
const EVER = 8;

/** What one acknowledgement reported. */
export interface AckResult {
  /** True if the cumulative acknowledgement advanced. */
  readonly isAdvance: boolean;
  /** True if segments beyond a hole were acknowledged. */
  readonly isSacked: boolean;
  /** True if duplicates were reported. */
  readonly isRepeat: boolean;
  /** True if the probe's repeat was reported as a duplicate. */
  readonly isProbeNeedless: boolean;
  /** True if a segment of the repair arrived that was never sent again: a time-out may have been needless. */
  readonly isOriginal: boolean;
  /** Segments newly delivered. */
  readonly delivered: number;
  /** Round trip of the first segment acknowledged; -1 if any was sent again (Karn). */
  readonly firstTripUs: number;
  /** Round trip of the last segment acknowledged; -1 likewise. */
  readonly lastTripUs: number;
  /** Round trip of the first segment acknowledged beyond a hole; -1 if none. */
  readonly sackTripUs: number;
  /** Timestamp that it echoes; -1 for none. */
  readonly echoUs: number;
}

/** The segments of one sender, numbered from 0. */
export class Scoreboard {
  /** First segment not acknowledged. */
  first = 0;
  /** Next new segment. */
  next = 0;
  /** Outstanding segments that are acknowledged beyond a hole. */
  sacked = 0;
  /** Outstanding segments that are marked lost. */
  lost = 0;
  /** Outstanding segments whose repeat is in flight. */
  again = 0;
  /** Segments known to have arrived. */
  delivered = 0;
  /** Takes rate samples, if the congestion control uses them. */
  readonly delivery: RateSampler | undefined;
  /** Number of times that a segment was marked lost. */
  losses = 0;
  /** For undoing: repeats that have not proved needless; -1 before any. */
  needed = 0;
  /** For undoing: the first segment whose repeats count. */
  undoFrom = 0;
  readonly #sizes: number[] = [];
  readonly #sentUs: number[] = [];
  readonly #flags: number[] = [];
  /** RACK: the latest sent of all segments that have arrived. */
  #rackUs = -1;
  #rackSegment = -1;
  /** RACK: the round trip of that segment. */
  rackTripUs = 0;
  #hasRackNews = false;
  /** Arrivals at the peer that acknowledgements have reported. */
  #reported = 0;

  /** Bytes of a full segment. */
  readonly #full: number;

  constructor(usesRateSamples: boolean, full: number) {
    this.#full = full;
    this.delivery = usesRateSamples ? new RateSampler(this) : undefined;
  }

  /** Cuts bytes into full segments and a rest; `window` is the number of segments that may be in flight. */
  write(bytes: number, window: number): void {
    const { inFlight } = this;
    if (this.next === this.total && inFlight < window && this.lost <= this.again)
      this.delivery?.noteAppLimited(inFlight);
    for (let left = bytes; left > 0; left -= this.#full) {
      this.#sizes.push(Math.min(this.#full, left));
      this.#flags.push(0);
    }
  }

  /** Segments written so far. */
  get total(): number {
    return this.#sizes.length;
  }

  /** Returns the bytes of a segment. */
  sizeOf(segment: number): number {
    return this.#sizes[segment]!;
  }

  /** Returns when a segment was last sent. */
  sentUs(segment: number): number {
    return this.#sentUs[segment]!;
  }

  /** Segments in flight. */
  get inFlight(): number {
    return this.next - this.first - this.sacked - this.lost + this.again;
  }

  /** Notes that a segment is sent, the next new one or a repeat; a repeat that is a probe does not count as in flight. */
  noteSent(segment: number, nowUs: number, isProbe: boolean): void {
    this.delivery?.noteSent(segment, nowUs, this.next === this.first);
    if (segment === this.next) this.next += 1;
    else if (isProbe) this.#flags[segment]! |= EVER;
    else {
      const flags = this.#flags[segment]!;
      if ((flags & AGAIN) === 0) this.again += 1;
      this.#flags[segment] = flags | AGAIN | EVER;
      this.needed = Math.max(0, this.needed) + 1;
    }
    this.#sentUs[segment] = nowUs;
  }

  /** True if a segment is lost and no repeat of it is in flight. */
  isLost(segment: number): boolean {
    const flags = this.#flags[segment]!;
    return (flags & LOST) !== 0 && (flags & (AGAIN | SACKED)) === 0;
  }

  /** Marks a segment lost. */
  markLost(segment: number): void {
    const flags = this.#flags[segment]!;
    if ((flags & LOST) === 0) this.lost += 1;
    this.losses += 1;
    if ((flags & AGAIN) !== 0) this.again -= 1;
    this.#flags[segment] = (flags | LOST) & ~AGAIN;
  }

  /** Marks all outstanding segments lost after a time-out, except those sent within a round trip. */
  markAllLost(nowUs: number): void {
    for (let segment = this.first; segment < this.next; segment++) {
      if ((this.#flags[segment]! & SACKED) !== 0) continue;
      if (segment === this.first || this.#sentUs[segment]! + this.rackTripUs <= nowUs) this.markLost(segment);
    }
  }

  /** Unmarks all lost segments, as nothing was lost. */
  unmarkLost(): void {
    for (let segment = this.first; segment < this.next; segment++)
      if ((this.#flags[segment]! & LOST) !== 0) {
        this.#flags[segment]! &= ~LOST;
        this.lost -= 1;
      }
  }

  /** True if RACK has news since the last call. */
  takeRackNews(): boolean {
    const has = this.#hasRackNews;
    this.#hasRackNews = false;
    return has;
  }

  /** Marks lost segments, and returns how much longer to wait for those that may only be reordered, us. */
  detect(nowUs: number, patienceUs: number): number {
    let wait = 0;
    for (let segment = this.first; segment < this.next; segment++) {
      const flags = this.#flags[segment]!;
      if ((flags & SACKED) !== 0 || ((flags & LOST) !== 0 && (flags & AGAIN) === 0)) continue;
      const sentUs = this.#sentUs[segment]!;
      if (sentUs > this.#rackUs || (sentUs === this.#rackUs && segment >= this.#rackSegment)) continue;
      const left = sentUs + this.rackTripUs + patienceUs - nowUs;
      if (left <= 0) this.markLost(segment);
      else wait = Math.max(wait, left);
    }
    return wait;
  }

  /** Takes in an acknowledgement of `peer`; `probe` is the segment that a probe repeated. */
  acknowledge(
    packet: Packet,
    peer: Receiver,
    nowUs: number,
    { leastUs, repairEnds, probe }: { readonly leastUs: number; readonly repairEnds: number; readonly probe: number },
  ): AckResult {
    const deliveredBefore = this.delivered;
    const firstBefore = this.first;
    let [firstUs, lastUs, sackTripUs] = [-1, -1, -1];
    let [hasRepeat, isOriginal, isRepeat, isProbeNeedless, isSacked] = [false, false, false, false, false];
    for (; this.#reported < packet.arrivals; this.#reported++) {
      const segment = peer.arrivals[this.#reported]!;
      const flags = this.#flags[segment]!;
      if (peer.repeats[this.#reported]!) {
        isRepeat = true;
        if (segment === probe) isProbeNeedless = true;
        if (this.needed > 0 && segment >= this.undoFrom && (flags & EVER) !== 0) this.needed -= 1;
        continue;
      }
      if (segment < packet.acknowledged || segment < this.first || (flags & SACKED) !== 0) continue;
      if ((flags & EVER) === 0) {
        if (segment < repairEnds) isOriginal = true;
        if (sackTripUs < 0) sackTripUs = nowUs - this.#sentUs[segment]!;
      }
      this.#arrive(segment, flags, nowUs, leastUs);
      this.#flags[segment] = (flags & EVER) | SACKED;
      this.sacked += 1;
      isSacked = true;
    }
    for (; this.first < packet.acknowledged; this.first++) {
      const segment = this.first;
      const flags = this.#flags[segment]!;
      if ((flags & EVER) !== 0) hasRepeat = true;
      else if ((flags & SACKED) === 0) {
        lastUs = this.#sentUs[segment]!;
        if (firstUs < 0) firstUs = lastUs;
        if (segment < repairEnds) isOriginal = true;
      }
      if ((flags & SACKED) !== 0) this.sacked -= 1;
      else this.#arrive(segment, flags, nowUs, leastUs);
      this.#flags[segment] = flags & EVER;
    }
    const isMeasured = firstUs >= 0 && !hasRepeat;
    return {
      isAdvance: this.first > firstBefore,
      isSacked,
      isRepeat,
      isProbeNeedless,
      isOriginal,
      delivered: this.delivered - deliveredBefore,
      firstTripUs: isMeasured ? nowUs - firstUs : -1,
      lastTripUs: isMeasured ? nowUs - lastUs : -1,
      sackTripUs,
      echoUs: packet.echoUs,
    };
  }

  #arrive(segment: number, flags: number, nowUs: number, leastUs: number): void {
    if ((flags & AGAIN) !== 0) this.again -= 1;
    if ((flags & LOST) !== 0) this.lost -= 1;
    const sentUs = this.#sentUs[segment]!;
    const tripUs = nowUs - sentUs;
    this.delivered += 1;
    this.delivery?.noteDelivered(segment, sentUs, nowUs);
    // An acknowledgement that is faster than any before is of the original, not of its repeat.
    if ((flags & EVER) !== 0 && tripUs < leastUs) return;
    this.#hasRackNews = true;
    this.rackTripUs = tripUs;
    if (sentUs < this.#rackUs || (sentUs === this.#rackUs && segment < this.#rackSegment)) return;
    this.#rackUs = sentUs;
    this.#rackSegment = segment;
  }
}
