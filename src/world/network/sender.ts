/**
 * The sending half of a TCP endpoint, as in Linux: tail loss probes (TLP), time-outs that double, proportional rate reduction, and the
 * undoing of needless repairs (DSACK, F-RTO, Eifel). It counts segments, not bytes.
 */
import type { Congestion, CongestionWindow } from "./congestion.ts";
import type { Receiver } from "./receiver.ts";
import { UNMEASURED } from "./delivery.ts";
import { Probe } from "./probe.ts";
import { Reduction } from "./reduction.ts";
import { type FlightState, type Port, RetransmissionTimer } from "./retransmission.ts";
import { RoundTrip } from "./rtt.ts";
import { type AckResult, Scoreboard } from "./scoreboard.ts";
import { Usage } from "./usage.ts";
import type { Packet } from "./wire.ts";

const WINDOW = 10;

/** The kernel's states, in order of gravity. */
const OPEN = 0;
const DISORDER = 1;
const RECOVERY = 2;
const LOSS = 3;

/** The sender of one end. */
export class Sender implements CongestionWindow, FlightState {
  /** Congestion window, segments. */
  window = WINDOW;
  /** Slow-start threshold, segments. */
  threshold = Infinity;
  /** Its one timer. */
  readonly timer: RetransmissionTimer;
  /** When the next paced packet is due; Infinity if none is. */
  paceUs = Infinity;
  readonly #port: Port;
  readonly #congestion: Congestion;
  readonly #hasStamps: boolean;
  readonly #roundTrip = new RoundTrip();
  readonly #board: Scoreboard;
  readonly #usage = new Usage();
  #state = OPEN;
  /** The repair ends when this segment is acknowledged. */
  #repairEnds = 0;
  readonly #reduction: Reduction;
  readonly #probe = new Probe();
  /** F-RTO: true after a time-out until it is known whether it was needless. */
  #isForwarding = false;
  #timeouts = 0;
  #paceUntilUs = 0;

  constructor(port: Port, congestion: Congestion, { hasStamps, full }: { hasStamps: boolean; full: number }) {
    this.#port = port;
    this.#congestion = congestion;
    this.#hasStamps = hasStamps;
    this.#board = new Scoreboard(congestion.usesRateSamples, full);
    this.timer = new RetransmissionTimer(port, this);
    this.#reduction = new Reduction(this, congestion, hasStamps);
  }

  /** Takes in the round trip that the handshake measured; `isCut` starts the window at one segment. */
  begin(sampleUs: number | undefined, isCut: boolean): void {
    if (sampleUs === undefined) this.#roundTrip.unknown();
    else this.#roundTrip.sample(sampleUs, sampleUs, 0, 0);
    this.window = isCut ? 1 : WINDOW;
  }

  /** Writes bytes of the application, and sends what may be sent. */
  write(bytes: number): void {
    this.#board.write(bytes, Math.floor(this.window));
    this.push();
  }

  /** Segments written so far. */
  get total(): number {
    return this.#board.total;
  }

  /** Next new segment. */
  get next(): number {
    return this.#board.next;
  }

  /** Returns the bytes of a segment. */
  sizeOf(segment: number): number {
    return this.#board.sizeOf(segment);
  }

  /** Sends what the window and pacing allow. */
  push(): void {
    const board = this.#board;
    let sent = 0;
    let isPaced = false;
    this.paceUs = Infinity;
    while (board.next < board.total && board.inFlight < Math.floor(this.window)) {
      if (this.#paceUntilUs > this.#port.nowUs) {
        this.paceUs = this.#paceUntilUs;
        isPaced = true;
        break;
      }
      const wasIdle = board.next === board.first;
      this.#transmit(board.next);
      sent += 1;
      if (wasIdle || this.timer.kind === "probe") this.timer.rearm();
    }
    if (this.#state === RECOVERY) this.#reduction.sent += sent;
    const isFull = !isPaced && board.inFlight >= Math.floor(this.window);
    if (sent > 0 || isFull) this.#usage.note(board.first, board.next, isFull);
    if (sent > 0 && this.#state === OPEN) this.timer.probe(false);
  }

  /** Acts on the timer that has expired. */
  fire(): void {
    const kind = this.timer.take();
    if (kind === "probe") this.#probeTail();
    else if (kind === "reorder") this.#reordered();
    else if (kind === "timeout") this.#timeOut();
  }

  /** Takes in an acknowledgement of `peer`. */
  acknowledge(packet: Packet, peer: Receiver): void {
    const board = this.#board;
    if (board.total === 0) return;
    const { inFlight, losses } = board;
    const result = board.acknowledge(packet, peer, this.#port.nowUs, {
      leastUs: this.#roundTrip.leastUs,
      repairEnds: this.#repairEnds,
      probe: this.#probe.repeated,
    });
    const tripUs = this.#measure(result);
    if (this.#probe.repaired(packet, result)) this.#reduction.atOnce();
    const isQuiet = !result.isSacked && !result.isRepeat && this.#state === OPEN && board.sacked + board.lost === 0;
    const mayRepair = !isQuiet && this.#repair(result);
    // A segment sent before the latest repeat of the first one arrived: the repeat still has its whole time-out.
    const isOlder = tripUs >= 0 && board.next > board.first && result.sackTripUs > this.sinceFirstUs;
    if ((result.isAdvance || isOlder) && this.timer.kind !== "reorder") {
      if (this.#state === OPEN && board.next > board.first) this.timer.probe(true);
      else this.timer.rearm();
    }
    if (result.delivered > 0) this.#progress(result, tripUs, inFlight, board.losses - losses);
    if (mayRepair) this.#sendLost();
    this.push();
  }

  #transmit(segment: number, isProbe = false): void {
    const { nowUs } = this.#port;
    const bytes = this.#board.sizeOf(segment);
    if (segment < this.#board.next && !isProbe) this.#reduction.repeat(nowUs);
    this.#board.noteSent(segment, nowUs, isProbe);
    const gap = this.#congestion.gapUs(bytes);
    if (gap > 0) {
      // A packet that left late makes up for up to half of its gap.
      const credit = Math.max(0, Math.min(gap / 2, nowUs - this.#paceUntilUs));
      this.#paceUntilUs = Math.max(this.#paceUntilUs, nowUs) + gap - credit;
    }
    this.#port.transmit(segment, bytes);
  }

  /** Sends all lost segments again that are not in flight, as far as the window allows. */
  #sendLost(): void {
    const board = this.#board;
    for (let segment = board.first; segment < board.next; segment++) {
      if (!board.isLost(segment)) continue;
      if (board.inFlight >= Math.floor(this.window)) return;
      this.#transmit(segment);
      if (this.#state === RECOVERY) this.#reduction.sent += 1;
      if (segment === board.first && this.timer.kind !== "reorder") this.timer.restart();
    }
  }

  /** Segments sent and not acknowledged. */
  get out(): number {
    return this.#board.next - this.#board.first;
  }

  /** Time since the first of them was sent; 0 if there is none. */
  get sinceFirstUs(): number {
    return this.out === 0 ? 0 : this.#port.nowUs - this.#board.sentUs(this.#board.first);
  }

  /** Smoothed round trip; 0 before the first sample. */
  get smoothedUs(): number {
    return this.#roundTrip.smoothedUs;
  }

  /** Retransmission time-out, without back-off. */
  get timeoutUs(): number {
    return this.#roundTrip.timeoutUs;
  }

  #probeTail(): void {
    const board = this.#board;
    if (board.next === board.first) return;
    // One probe at a time: while the fate of the last is unknown, the time-out is set instead.
    if (this.#probe.isPending) return this.timer.replace();
    const isRepeat = board.next === board.total;
    this.#transmit(isRepeat ? board.next - 1 : board.next, true);
    this.#probe.begin(isRepeat, board.next);
    this.timer.rearm();
  }

  #timeOut(): void {
    const board = this.#board;
    if (board.next === board.first) return;
    if (this.timer.isExhausted) return this.#port.giveUp();
    const isNew = this.#state < RECOVERY;
    board.markAllLost(this.#port.nowUs);
    if (this.#state <= DISORDER || this.#repairEnds <= board.first || (this.#state === LOSS && this.#timeouts === 0))
      this.#reduction.begin(board, this.#probe.hasRepeat);
    this.window = board.inFlight + 1;
    this.#state = LOSS;
    this.#repairEnds = board.next;
    this.#probe.forget();
    this.#isForwarding = isNew || this.#timeouts > 0;
    this.#transmit(board.first);
    this.#timeouts += 1;
    this.timer.backOff += 1;
    this.timer.restart();
  }

  // Acknowledgements.

  /** Takes the round-trip sample, of repeats by their timestamp only, and returns it; -1 if there is none. */
  #measure({ firstTripUs, lastTripUs, sackTripUs, isAdvance, echoUs }: AckResult): number {
    let us = firstTripUs >= 0 ? firstTripUs : sackTripUs;
    let leastUs = lastTripUs >= 0 ? lastTripUs : us;
    if (us < 0 && this.#hasStamps && isAdvance && echoUs >= 0) us = leastUs = this.#port.nowUs - echoUs;
    if (us >= 0) this.#roundTrip.sample(us, leastUs, this.#board.first, this.#board.next);
    if (isAdvance) {
      this.#timeouts = 0;
      if (us >= 0) this.timer.backOff = 0;
    }
    return us;
  }

  #detect(): number {
    const isSure = this.#state >= RECOVERY || this.#board.sacked >= 3;
    const { leastUs, smoothedUs } = this.#roundTrip;
    return this.#board.detect(this.#port.nowUs, isSure ? 0 : Math.min(leastUs / 4, smoothedUs));
  }

  #detectNews(): void {
    if (!this.#board.takeRackNews()) return;
    const wait = this.#detect();
    if (wait > 0) this.timer.awaitReordered(wait);
  }

  #reordered(): void {
    this.#detect();
    if (this.#board.lost > 0) {
      if (this.#state < RECOVERY) {
        this.#enterRecovery();
        this.#reduction.step(this.#board.inFlight, 1, false);
      }
      this.#sendLost();
    }
    if (this.timer.kind !== "timeout") this.timer.rearm();
  }

  #enterRecovery(): void {
    this.#reduction.begin(this.#board, this.#probe.hasRepeat);
    this.#repairEnds = this.#board.next;
    this.#probe.forget();
    this.#state = RECOVERY;
  }

  /** Continues a repair or begins one; true if lost segments may be sent now. */
  #repair(result: AckResult): boolean {
    const board = this.#board;
    const lostBefore = board.lost;
    if (this.#state === RECOVERY && board.first >= this.#repairEnds) this.#endRepair(result.echoUs);
    if (this.#state === LOSS) return this.#afterTimeout(result);
    if (this.#state === RECOVERY && result.isAdvance && this.#reduction.isLate(result.echoUs)) {
      this.#undo(true);
      this.#state = board.sacked > 0 ? DISORDER : OPEN;
      if (board.sacked === 0) return false;
    }
    this.#detectNews();
    const newlyLost = Math.max(0, board.lost - lostBefore);
    if (this.#state !== RECOVERY) {
      this.#state = board.sacked > 0 ? DISORDER : OPEN;
      if (board.lost === 0) return false;
      this.#enterRecovery();
    }
    this.#reduction.step(board.inFlight, result.delivered, result.isAdvance && newlyLost === 0);
    return true;
  }

  /** Continues the repair after a time-out, unless it was needless (F-RTO, RFC 5682) or is complete; true if lost segments may be sent. */
  #afterTimeout({ isAdvance, isSacked, isOriginal, echoUs }: AckResult): boolean {
    const { first, next, total } = this.#board;
    const isOver = first >= this.#repairEnds;
    this.#detectNews();
    const isNeedless =
      (isAdvance && this.#reduction.isNeedless(this.#board, echoUs)) || (this.#isForwarding && isOriginal);
    if (isNeedless) {
      this.#undo(true);
      this.#timeouts = 0;
      this.#state = OPEN;
      this.#isForwarding = false;
      return false;
    }
    if (this.#isForwarding && next > this.#repairEnds) {
      if (isSacked || !isAdvance) this.#isForwarding = false;
    } else if (this.#isForwarding && isAdvance && !isOver) {
      this.#repairEnds = next;
      if (next < total) return false;
      this.#isForwarding = false;
    }
    if (!isOver) return true;
    if (this.#reduction.isNeedless(this.#board, echoUs)) this.#undo(false);
    this.#settle();
    return false;
  }

  #endRepair(echoUs: number): void {
    if (this.#reduction.isNeedless(this.#board, echoUs)) this.#undo(false);
    else this.#reduction.end();
    this.#settle();
  }

  #settle(): void {
    this.#reduction.settle();
    this.#state = OPEN;
  }

  #undo(isForgiven: boolean): void {
    if (isForgiven) this.#board.unmarkLost();
    this.#reduction.undo();
  }

  #progress({ delivered, isAdvance }: AckResult, roundTripUs: number, inFlightBefore: number, losses: number): void {
    const { nowUs } = this.#port;
    const board = this.#board;
    const { leastUs } = this.#roundTrip;
    this.#congestion.progress(this, {
      nowUs,
      delivered,
      losses,
      rateSample: board.delivery?.takeSample(nowUs, leastUs) ?? UNMEASURED,
      roundTripUs,
      leastUs,
      inFlight: board.inFlight,
      inFlightBefore,
      isAdvance,
      isWindowLimited: this.#usage.allowsGrowth(this),
      repair: this.#state === RECOVERY ? "recovery" : this.#state === LOSS ? "timeout" : "none",
      acknowledged: board.first,
      next: board.next,
    });
  }
}
