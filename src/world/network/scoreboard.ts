/**
 * What a sender knows of its segments: which are under way, which have arrived, which are lost. Loss is found by time (RACK,
 * RFC 8985): what was sent before something that has arrived, and has not arrived itself by a round trip later, is lost.
 */
import { Delivery } from "./delivery.ts";
import type { Receiver } from "./receiver.ts";
import type { Packet } from "./wire.ts";

const SACKED = 1;
const LOST = 2;
/** Sent again, and that is still under way; sent again at some time. */
const AGAIN = 4;
const EVER = 8;

/** What one acknowledgement said. */
export interface News {
  /** Some segments were acknowledged for good; some beyond a hole; some had arrived already. */
  readonly isAdvance: boolean;
  readonly isSacked: boolean;
  readonly isRepeat: boolean;
  /** The repeat that a probe was had arrived already. */
  readonly isProbeNeedless: boolean;
  /** Something below the end of the repair that was never sent again arrived: a time-out may have been needless. */
  readonly isOriginal: boolean;
  /** Segments newly known to have arrived. */
  readonly delivered: number;
  /** Round trips: of the first and the last acknowledged, -1 where any was sent again (Karn), and of the first sacked. */
  readonly firstTripUs: number;
  readonly lastTripUs: number;
  readonly sackTripUs: number;
  readonly echoUs: number;
}

export class Scoreboard {
  /** First segment not acknowledged, next new one; how many of those under way are sacked, lost, sent again. */
  first = 0;
  next = 0;
  sacked = 0;
  lost = 0;
  again = 0;
  /** All that are known to have arrived, and how fast they do, for whom it matters. */
  delivered = 0;
  readonly delivery: Delivery | undefined;
  /** How often a segment was held for lost. */
  losses = 0;
  /** Undo: repeats from a segment on that have not proved needless, -1 before any; counted while somebody asks. */
  needed = 0;
  undoFrom = 0;
  readonly #sizes: number[] = [];
  readonly #sentUs: number[] = [];
  readonly #flags: number[] = [];
  /** RACK: the latest sent of all that have arrived, and its round trip. */
  #rackUs = -1;
  #rackSegment = -1;
  rackTripUs = 0;
  #hasRackNews = false;
  /** Arrivals at the peer that we were told of. */
  #told = 0;

  /** Bytes of a full segment. */
  readonly #full: number;

  constructor(measuresPace: boolean, full: number) {
    this.#full = full;
    this.delivery = measuresPace ? new Delivery(this) : undefined;
  }

  /** Cuts bytes into full segments and a rest; `window`: how many may be on the way. */
  write(bytes: number, window: number): void {
    const { inFlight } = this;
    if (this.next === this.total && inFlight < window && this.lost <= this.again) this.delivery?.starve(inFlight);
    for (let left = bytes; left > 0; left -= this.#full) {
      this.#sizes.push(Math.min(this.#full, left));
      this.#flags.push(0);
    }
  }

  get total(): number {
    return this.#sizes.length;
  }

  sizeOf(segment: number): number {
    return this.#sizes[segment]!;
  }

  sentUs(segment: number): number {
    return this.#sentUs[segment]!;
  }

  get inFlight(): number {
    return this.next - this.first - this.sacked - this.lost + this.again;
  }

  /** A segment leaves, the next new one or a repeat; one that only probes is not reckoned to be under way twice. */
  leave(segment: number, nowUs: number, isProbe: boolean): void {
    this.delivery?.leave(segment, nowUs, this.next === this.first);
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

  isLost(segment: number): boolean {
    const flags = this.#flags[segment]!;
    return (flags & LOST) !== 0 && (flags & (AGAIN | SACKED)) === 0;
  }

  markLost(segment: number): void {
    const flags = this.#flags[segment]!;
    if ((flags & LOST) === 0) this.lost += 1;
    this.losses += 1;
    if ((flags & AGAIN) !== 0) this.again -= 1;
    this.#flags[segment] = (flags | LOST) & ~AGAIN;
  }

  /** After a time-out all is lost but what has arrived, and what was sent too recently to be late. */
  giveUp(nowUs: number): void {
    for (let segment = this.first; segment < this.next; segment++) {
      if ((this.#flags[segment]! & SACKED) !== 0) continue;
      if (segment === this.first || this.#sentUs[segment]! + this.rackTripUs <= nowUs) this.markLost(segment);
    }
  }

  /** Nothing was lost after all. */
  forgive(): void {
    for (let segment = this.first; segment < this.next; segment++)
      if ((this.#flags[segment]! & LOST) !== 0) {
        this.#flags[segment]! &= ~LOST;
        this.lost -= 1;
      }
  }

  /** Whether something has arrived since it was last asked. */
  takeRackNews(): boolean {
    const has = this.#hasRackNews;
    this.#hasRackNews = false;
    return has;
  }

  /** Marks what is lost, with patience for what may only be reordered; answers how much longer to wait for that. */
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

  /** Takes in what an acknowledgement tells: `peer` is where it had arrived, `probe` the segment that a probe repeated. */
  acknowledge(
    packet: Packet,
    peer: Receiver,
    nowUs: number,
    { leastUs, repairEnds, probe }: { readonly leastUs: number; readonly repairEnds: number; readonly probe: number },
  ): News {
    const deliveredBefore = this.delivered;
    const firstBefore = this.first;
    let [firstUs, lastUs, sackTripUs] = [-1, -1, -1];
    let [hasRepeat, isOriginal, isRepeat, isProbeNeedless, isSacked] = [false, false, false, false, false];
    for (; this.#told < packet.arrivals; this.#told++) {
      const segment = peer.arrivals[this.#told]!;
      const flags = this.#flags[segment]!;
      if (peer.repeats[this.#told]!) {
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
    this.delivery?.arrive(segment, sentUs, nowUs);
    // An acknowledgement sooner than any was of the original, not of its repeat.
    if ((flags & EVER) !== 0 && tripUs < leastUs) return;
    this.#hasRackNews = true;
    this.rackTripUs = tripUs;
    if (sentUs < this.#rackUs || (sentUs === this.#rackUs && segment < this.#rackSegment)) return;
    this.#rackUs = sentUs;
    this.#rackSegment = segment;
  }
}
