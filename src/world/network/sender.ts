/**
 * The sending half of a TCP endpoint as Linux has it: a probe for a lost tail (TLP), time-outs that double, proportional
 * rate reduction, and undoing of what proves to have been needless (DSACK, F-RTO, Eifel's stamps). Segments are numbered;
 * nothing is per byte but their sizes.
 */
import type { Congestion, Window } from "./congestion.ts";
import type { Receiver } from "./receiver.ts";
import { UNMEASURED } from "./delivery.ts";
import { Probe } from "./probe.ts";
import { Reduction } from "./reduction.ts";
import { RetransmissionTimer, type Standing } from "./retransmission.ts";
import { RoundTrip } from "./rtt.ts";
import { type News, Scoreboard } from "./scoreboard.ts";
import { Usage } from "./usage.ts";
import type { Packet } from "./wire.ts";

/** What carries a sender's segments and knows the time. */
export interface Port {
  readonly nowUs: number;
  /** A timer of this length, as late as the kernel's. */
  late(us: number): number;
  transmit(segment: number, bytes: number): void;
}

const WINDOW = 10;

/** The kernel's states, in order of gravity. */
const OPEN = 0;
const DISORDER = 1;
const RECOVERY = 2;
const LOSS = 3;

export class Sender implements Window, Standing {
  window = WINDOW;
  threshold = Infinity;
  readonly timer: RetransmissionTimer;
  /** When the next paced packet is due. */
  paceUs = Infinity;
  readonly #port: Port;
  readonly #congestion: Congestion;
  readonly #hasStamps: boolean;
  readonly #roundTrip = new RoundTrip();
  readonly #board: Scoreboard;
  readonly #usage = new Usage();
  #state = OPEN;
  /** Repairing ends when this is acknowledged. */
  #repairEnds = 0;
  readonly #reduction: Reduction;
  readonly #probe = new Probe();
  /** F-RTO: after a time-out, still asking whether it was needless. */
  #isForwarding = false;
  #timeouts = 0;
  #paceUntilUs = 0;

  constructor(port: Port, congestion: Congestion, { hasStamps, full }: { hasStamps: boolean; full: number }) {
    this.#port = port;
    this.#congestion = congestion;
    this.#hasStamps = hasStamps;
    this.#board = new Scoreboard(congestion.measuresPace, full);
    this.timer = new RetransmissionTimer(port, this);
    this.#reduction = new Reduction(this, congestion, hasStamps);
  }

  /** The handshake is done: what it measured, and whether so much of it was repeated that the window starts at one. */
  begin(sampleUs: number | undefined, isCut: boolean): void {
    if (sampleUs === undefined) this.#roundTrip.unknown();
    else this.#roundTrip.sample(sampleUs, sampleUs, 0, 0);
    this.window = isCut ? 1 : WINDOW;
  }

  write(bytes: number): void {
    this.#board.write(bytes, Math.floor(this.window));
    this.push();
  }

  get total(): number {
    return this.#board.total;
  }

  /** The next segment that has never been sent. */
  get next(): number {
    return this.#board.next;
  }

  sizeOf(segment: number): number {
    return this.#board.sizeOf(segment);
  }

  /** Sends what the window and the pace let pass. */
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

  /** The timer has run out. */
  fire(): void {
    const kind = this.timer.take();
    if (kind === "probe") this.#probeTail();
    else if (kind === "reorder") this.#reordered();
    else if (kind === "timeout") this.#timeOut();
  }

  /** An acknowledgement arrives; `peer` is where what it tells of had arrived. */
  acknowledge(packet: Packet, peer: Receiver): void {
    const board = this.#board;
    if (board.total === 0) return;
    const { inFlight, losses } = board;
    const news = board.acknowledge(packet, peer, this.#port.nowUs, {
      leastUs: this.#roundTrip.leastUs,
      repairEnds: this.#repairEnds,
      probe: this.#probe.repeated,
    });
    const tripUs = this.#measure(news);
    if (this.#probe.repaired(packet, news)) this.#reduction.atOnce();
    const isQuiet = !news.isSacked && !news.isRepeat && this.#state === OPEN && board.sacked + board.lost === 0;
    const mayRepair = !isQuiet && this.#repair(news);
    // Something older than the latest repeat of the first arrived: the repeat still has all its time.
    const isOlder = tripUs >= 0 && board.next > board.first && news.sackTripUs > this.sinceFirstUs;
    if ((news.isAdvance || isOlder) && this.timer.kind !== "reorder") {
      if (this.#state === OPEN && board.next > board.first) this.timer.probe(true);
      else this.timer.rearm();
    }
    if (news.delivered > 0) this.#progress(news, tripUs, inFlight, board.losses - losses);
    if (mayRepair) this.#sendLost();
    this.push();
  }

  #transmit(segment: number, isProbe = false): void {
    const { nowUs } = this.#port;
    const bytes = this.#board.sizeOf(segment);
    if (segment < this.#board.next && !isProbe) this.#reduction.repeat(nowUs);
    this.#board.leave(segment, nowUs, isProbe);
    const gap = this.#congestion.gapUs(bytes);
    if (gap > 0) {
      // A packet that left late makes up for up to half of its gap.
      const credit = Math.max(0, Math.min(gap / 2, nowUs - this.#paceUntilUs));
      this.#paceUntilUs = Math.max(this.#paceUntilUs, nowUs) + gap - credit;
    }
    this.#port.transmit(segment, bytes);
  }

  /** All that is lost and not under way again, as far as the window goes. */
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

  // How things stand, for the timer.

  get out(): number {
    return this.#board.next - this.#board.first;
  }

  get sinceFirstUs(): number {
    return this.out === 0 ? 0 : this.#port.nowUs - this.#board.sentUs(this.#board.first);
  }

  get smoothedUs(): number {
    return this.#roundTrip.smoothedUs;
  }

  get timeoutUs(): number {
    return this.#roundTrip.timeoutUs;
  }

  #probeTail(): void {
    const board = this.#board;
    if (board.next === board.first) return;
    // One probe at a time: while it is not known what became of the last, the time-out comes in its place.
    if (this.#probe.isPending) return this.timer.replace();
    const isRepeat = board.next === board.total;
    this.#transmit(isRepeat ? board.next - 1 : board.next, true);
    this.#probe.begin(isRepeat, board.next);
    this.timer.rearm();
  }

  #timeOut(): void {
    const board = this.#board;
    if (board.next === board.first) return;
    const isNew = this.#state < RECOVERY;
    board.giveUp(this.#port.nowUs);
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

  /** What was sent again gives no sample, but by its stamp. Answers the round trip, or -1. */
  #measure({ firstTripUs, lastTripUs, sackTripUs, isAdvance, echoUs }: News): number {
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

  /** Goes on with a repair, or begins one; true when what is lost may be sent now. */
  #repair(news: News): boolean {
    const board = this.#board;
    const lostBefore = board.lost;
    if (this.#state === RECOVERY && board.first >= this.#repairEnds) this.#endRepair(news.echoUs);
    if (this.#state === LOSS) return this.#afterTimeout(news);
    if (this.#state === RECOVERY && news.isAdvance && this.#reduction.isLate(news.echoUs)) {
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
    this.#reduction.step(board.inFlight, news.delivered, news.isAdvance && newlyLost === 0);
    return true;
  }

  /** After a time-out: was it needless (F-RTO, RFC 5682)? Is it over? Else what is lost goes out again. */
  #afterTimeout({ isAdvance, isSacked, isOriginal, echoUs }: News): boolean {
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
    if (isForgiven) this.#board.forgive();
    this.#reduction.undo();
  }

  #progress({ delivered, isAdvance }: News, roundTripUs: number, inFlightBefore: number, losses: number): void {
    const { nowUs } = this.#port;
    const board = this.#board;
    const { leastUs } = this.#roundTrip;
    this.#congestion.progress(this, {
      nowUs,
      delivered,
      losses,
      pace: board.delivery?.take(nowUs, leastUs) ?? UNMEASURED,
      roundTripUs,
      leastUs,
      inFlight: board.inFlight,
      inFlightBefore,
      isAdvance,
      isLimited: this.#usage.allowsGrowth(this),
      repair: this.#state === RECOVERY ? "recovery" : this.#state === LOSS ? "timeout" : "none",
      acknowledged: board.first,
      next: board.next,
    });
  }
}
