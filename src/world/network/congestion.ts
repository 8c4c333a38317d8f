/** Congestion control: its interface, and CUBIC (RFC 9438, with HyStart, as in Linux). */
import { cubeRoot } from "../../base/math.ts";
import { SECOND } from "../../base/units.ts";
import type { RateSample } from "./delivery.ts";

/** What a sender keeps for its congestion control. */
export interface CongestionWindow {
  /** Congestion window, segments. */
  window: number;
  /** Slow-start threshold, segments. */
  threshold: number;
}

/** What one acknowledgement changed; times in microseconds. */
export interface AckProgress {
  /** When it arrived. */
  readonly nowUs: number;
  /** Segments newly known to have arrived. */
  readonly delivered: number;
  /** Segments newly marked lost. */
  readonly losses: number;
  /** Measured delivery rate; `UNMEASURED` if the control does not use it. */
  readonly rateSample: RateSample;
  /** Round trip just measured; -1 if none was. */
  readonly roundTripUs: number;
  /** Shortest round trip so far. */
  readonly leastUs: number;
  /** Segments in flight now. */
  readonly inFlight: number;
  /** Segments in flight before this acknowledgement. */
  readonly inFlightBefore: number;
  /** True if the cumulative acknowledgement advanced. */
  readonly isAdvance: boolean;
  /** True if the window, and not the application, limited sending. */
  readonly isWindowLimited: boolean;
  /** A loss is repaired: in step with what arrives, or after a time-out. */
  readonly repair: "none" | "recovery" | "timeout";
  /** First segment that is not acknowledged. */
  readonly acknowledged: number;
  /** Next new segment. */
  readonly next: number;
}

/** A congestion control. */
export interface Congestion {
  /** True if losses shrink the window. */
  readonly reactsToLoss: boolean;
  /** True if it uses delivery rate samples. */
  readonly usesRateSamples: boolean;
  /** Returns the threshold after a loss. */
  reduced(flow: CongestionWindow): number;
  /** Takes in an acknowledgement and sets the window. */
  progress(flow: CongestionWindow, progress: AckProgress): void;
  /** Returns the pacing gap after a segment, us. */
  gapUs(bytes: number): number;
}

/** Linux's fixed-point fractions: beta = 717/1024; fast convergence keeps half of what lies beyond. */
const BETA = 717 / 1_024;
const CONVERGENCE = (1 + BETA) / 2;
const C = 0.4;
const START_MOST = 16;

/** CUBIC with HyStart. */
export class Cubic implements Congestion {
  /** Losses shrink its window. */
  readonly reactsToLoss = true;
  /** It does not measure the delivery rate. */
  readonly usesRateSamples = false;
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

  /** Returns the threshold after a loss and remembers the window. */
  reduced({ window }: CongestionWindow): number {
    this.#beganUs = -1;
    this.#forCubic = 0;
    this.#before = window < this.#before ? window * CONVERGENCE : window;
    return Math.max(2, Math.floor(window * BETA));
  }

  /** Returns 0: CUBIC does not pace. */
  gapUs(): number {
    return 0;
  }

  /** Grows the window by what an acknowledgement delivered. */
  progress(flow: CongestionWindow, progress: AckProgress): void {
    this.#watchStart(flow, progress);
    if (progress.repair === "recovery" || !progress.isAdvance || !progress.isWindowLimited) return;
    let left = progress.delivered;
    if (flow.window < flow.threshold) {
      const grown = Math.min(flow.threshold, flow.window + left);
      left -= grown - flow.window;
      flow.window = grown;
    }
    if (left > 0) this.#grow(flow, left, progress);
  }

  #grow(flow: CongestionWindow, acknowledged: number, { nowUs, leastUs }: AckProgress): void {
    if (this.#beganUs < 0) {
      this.#beganUs = nowUs;
      this.#forReno = 0;
      this.#reno = flow.window;
      this.#untilOrigin = this.#before <= flow.window ? 0 : cubeRoot((this.#before - flow.window) / C);
      this.#origin = Math.max(this.#before, flow.window);
    }
    this.#forReno += acknowledged;
    const seconds = (nowUs - this.#beganUs + leastUs) / SECOND - this.#untilOrigin;
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
  #watchStart(flow: CongestionWindow, { nowUs, roundTripUs, leastUs, acknowledged, next }: AckProgress): void {
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
