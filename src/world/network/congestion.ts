/**
 * How much may be on the way: CUBIC (RFC 9438, with HyStart, as in Linux) and the first BBR, as far as transfers of up to a
 * megabyte know it: start-up, drain and cruise.
 */

/** What a sender keeps for its congestion control: segments that may be on the way, and where slow start ends. */
export interface Window {
  window: number;
  threshold: number;
}

/** One acknowledgement. Times in microseconds, rates in bytes a microsecond. */
export interface Progress {
  readonly nowUs: number;
  /** Segments newly known to have arrived. */
  readonly delivered: number;
  /** Of the newest: what had been delivered when it was sent, all that has been now, and the time between. */
  readonly deliveredBefore: number;
  readonly deliveredInAll: number;
  readonly spanUs: number;
  /** Round trip just measured, -1 without; and the shortest so far. */
  readonly roundTripUs: number;
  readonly leastUs: number;
  readonly inFlight: number;
  /** Something was acknowledged for good, not only beyond a hole. */
  readonly isAdvance: boolean;
  /** The window was the limit, and not what there was to send. */
  readonly isLimited: boolean;
  readonly isRepairing: boolean;
  /** First segment that is not acknowledged, and the next new one. */
  readonly acknowledged: number;
  readonly next: number;
}

export interface Congestion {
  /** True when losses shrink the window. */
  readonly heedsLoss: boolean;
  /** The threshold after a loss. */
  reduced(flow: Window): number;
  progress(flow: Window, progress: Progress): void;
  /** Microseconds to wait after a packet of so many bytes. */
  gapUs(bytes: number): number;
}

const PACKET_BYTES = 1_500;
/** Linux's fixed-point fractions: beta = 717/1024; fast convergence keeps half of what lies beyond. */
const BETA = 717 / 1_024;
const CONVERGENCE = (1 + BETA) / 2;
const C = 0.4;
const START_MOST = 16;

export class Cubic implements Congestion {
  readonly heedsLoss = true;
  /** The window before the latest loss, and when growth from it began; -1 while it has not. */
  #before = 0;
  #beganUs = -1;
  #origin = 0;
  #untilOrigin = 0;
  /** Reno's window beside it, and what was acknowledged for either. */
  #reno = 0;
  #forReno = 0;
  #forCubic = 0;
  /** HyStart: the round under way and its shortest delay. */
  #hasLeftStart = false;
  #roundEnds = -1;
  #roundBeganUs = 0;
  #trainUs = 0;
  #roundLeastUs = Infinity;
  #samples = 0;

  reduced({ window }: Window): number {
    this.#beganUs = -1;
    this.#forCubic = 0;
    this.#before = window < this.#before ? window * CONVERGENCE : window;
    return Math.max(2, Math.floor(window * BETA));
  }

  gapUs(): number {
    return 0;
  }

  progress(flow: Window, progress: Progress): void {
    this.#watchStart(flow, progress);
    if (progress.isRepairing || !progress.isAdvance || !progress.isLimited) return;
    let left = progress.delivered;
    if (flow.window < flow.threshold) {
      const grown = Math.min(flow.threshold, flow.window + left);
      left -= grown - flow.window;
      flow.window = grown;
    }
    if (left > 0) this.#grow(flow, left, progress);
  }

  #grow(flow: Window, acknowledged: number, { nowUs, leastUs }: Progress): void {
    if (this.#beganUs < 0) {
      this.#beganUs = nowUs;
      this.#forReno = 0;
      this.#reno = flow.window;
      this.#untilOrigin = this.#before <= flow.window ? 0 : Math.cbrt((this.#before - flow.window) / C);
      this.#origin = Math.max(this.#before, flow.window);
    }
    this.#forReno += acknowledged;
    const seconds = (nowUs - this.#beganUs + leastUs) / 1e6 - this.#untilOrigin;
    const target = this.#origin + C * seconds * seconds * seconds;
    let each = target > flow.window ? flow.window / (target - flow.window) : 100 * flow.window;
    const renoEach = (flow.window * (1 + BETA)) / (3 * (1 - BETA));
    while (this.#forReno > renoEach) {
      this.#forReno -= renoEach;
      this.#reno += 1;
    }
    if (this.#reno > flow.window) each = Math.min(each, flow.window / (this.#reno - flow.window));
    each = Math.max(2, each);
    this.#forCubic += acknowledged;
    const more = Math.floor(this.#forCubic / each);
    this.#forCubic -= more * each;
    flow.window += more;
  }

  /** HyStart: slow start ends when acknowledgements come in a train for half a round trip, or when delay grows by an eighth. */
  #watchStart(flow: Window, { nowUs, roundTripUs, leastUs, acknowledged, next }: Progress): void {
    if (roundTripUs <= 0 || this.#hasLeftStart || flow.window >= flow.threshold || flow.window < START_MOST) return;
    if (acknowledged > this.#roundEnds) {
      this.#roundEnds = next;
      this.#roundBeganUs = this.#trainUs = nowUs;
      this.#roundLeastUs = Infinity;
      this.#samples = 0;
    }
    let isOver = false;
    if (nowUs - this.#trainUs <= 2_000) {
      this.#trainUs = nowUs;
      isOver = nowUs - this.#roundBeganUs > leastUs / 2;
    }
    this.#roundLeastUs = Math.min(this.#roundLeastUs, roundTripUs);
    this.#samples += 1;
    const more = Math.min(16_000, Math.max(4_000, leastUs / 8));
    if (this.#samples > 8 && this.#roundLeastUs > leastUs + more) isOver = true;
    if (!isOver) return;
    this.#hasLeftStart = true;
    flow.threshold = flow.window;
  }
}

/** 2 / ln 2: fills a pipe in as few rounds as doubling does. */
const START_GAIN = 2.885;
const CRUISE_WINDOW = 2;
const ROUNDS_KEPT = 10;
/** Sent before pacing begins. */
const UNPACED = 10;

export class Bbr implements Congestion {
  readonly heedsLoss = false;
  /** Highest delivery rate of each of the latest rounds, bytes a microsecond, and of them all. */
  readonly #rates: number[] = [];
  #rate = 0;
  #roundEnds = 0;
  #full = 0;
  #flatRounds = 0;
  #isFull = false;
  #isDrained = false;
  #pace: number;
  #sent = 0;
  /** While a loss is repaired: the window before it, and until what has been delivered only as much is sent as arrives. */
  #before = 0;
  #conservesTo = 0;

  /** `roundTripUs`: what the handshake measured; 1 ms when it measured nothing. */
  constructor(roundTripUs: number | undefined) {
    this.#pace = (START_GAIN * UNPACED * PACKET_BYTES) / (roundTripUs ?? 1_000);
  }

  reduced({ threshold }: Window): number {
    return threshold;
  }

  gapUs(bytes: number): number {
    this.#sent += 1;
    return this.#sent > UNPACED ? bytes / this.#pace : 0;
  }

  progress(flow: Window, progress: Progress): void {
    this.#measure(progress);
    const { leastUs, delivered, inFlight } = progress;
    const product = (this.#rate * leastUs) / PACKET_BYTES;
    if (this.#isFull && inFlight <= product) this.#isDrained = true;
    const gain = !this.#isFull ? START_GAIN : this.#isDrained ? 1 : 1 / START_GAIN;
    const pace = 0.99 * gain * this.#rate;
    if (this.#isFull || pace > this.#pace) this.#pace = pace;
    if (progress.isRepairing && this.#before === 0) {
      this.#before = flow.window;
      this.#conservesTo = progress.deliveredInAll;
      flow.window = inFlight + delivered;
    } else if (!progress.isRepairing && this.#before > 0) {
      flow.window = Math.max(flow.window, this.#before);
      this.#before = 0;
    }
    if (this.#before > 0 && progress.deliveredBefore < this.#conservesTo) {
      flow.window = Math.max(flow.window, inFlight + delivered);
      return;
    }
    const target = Math.max(4, Math.ceil(product * (this.#isFull ? CRUISE_WINDOW : START_GAIN)) + 3);
    if (this.#isFull) flow.window = Math.min(flow.window + delivered, target);
    else if (flow.window < target || progress.deliveredInAll < UNPACED) flow.window += delivered;
    flow.window = Math.max(4, flow.window);
  }

  #measure({ deliveredBefore, deliveredInAll, spanUs, leastUs }: Progress): void {
    const rate = ((deliveredInAll - deliveredBefore) * PACKET_BYTES) / Math.max(1, spanUs, leastUs);
    const isRound = deliveredBefore >= this.#roundEnds;
    if (isRound) {
      this.#roundEnds = deliveredInAll;
      this.#rates.push(rate);
      if (this.#rates.length > ROUNDS_KEPT) this.#rates.shift();
    } else this.#rates[this.#rates.length - 1] = Math.max(this.#rates.at(-1) ?? 0, rate);
    this.#rate = Math.max(...this.#rates);
    if (!isRound || this.#isFull) return;
    if (this.#rate >= 1.25 * this.#full) {
      this.#full = this.#rate;
      this.#flatRounds = 0;
    } else {
      this.#flatRounds += 1;
      this.#isFull = this.#flatRounds >= 3;
    }
  }
}
