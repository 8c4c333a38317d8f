/**
 * The reduction of the window during a repair (proportional rate reduction, RFC 6937), and its undoing if duplicates (DSACK) or
 * timestamps (Eifel, RFC 3522) show that nothing was lost.
 */
import type { Congestion, CongestionWindow } from "./congestion.ts";

/** Repeats under way, and those that have not proved needless. */
interface Repeats {
  readonly first: number;
  readonly again: number;
  undoFrom: number;
  needed: number;
}

/** The reduction of one sender's window. */
export class Reduction {
  /** Segments sent since the repair began. */
  sent = 0;
  readonly #flow: CongestionWindow;
  readonly #congestion: Congestion;
  readonly #hasStamps: boolean;
  #windowBefore = 0;
  #thresholdBefore = Infinity;
  #arrived = 0;
  /** Undoing is possible, and when the first repeat was sent; -1 before it. */
  #mayUndo = false;
  #firstRepeatUs = -1;

  constructor(flow: CongestionWindow, congestion: Congestion, hasStamps: boolean) {
    this.#flow = flow;
    this.#congestion = congestion;
    this.#hasStamps = hasStamps;
  }

  /** Begins a repair: remembers the window and the threshold, and lowers the threshold. */
  begin(repeats: Repeats, hasProbe: boolean): void {
    this.#thresholdBefore = this.#flow.threshold;
    this.#windowBefore = this.#flow.window;
    this.#flow.threshold = this.#congestion.reduced(this.#flow);
    this.#mayUndo = true;
    this.sent = this.#arrived = 0;
    repeats.undoFrom = repeats.first;
    repeats.needed = repeats.again + (hasProbe ? 1 : 0);
    // Nothing repeated yet is not the same as nothing needed.
    if (repeats.needed === 0) repeats.needed = -1;
    if (repeats.again === 0) this.#firstRepeatUs = -1;
  }

  /** Lowers the window at once, after a probe has repaired a lost tail. */
  atOnce(): void {
    if (!this.#congestion.reactsToLoss) return;
    this.#windowBefore = this.#flow.window;
    this.#flow.threshold = this.#congestion.reduced(this.#flow);
    this.#flow.window = Math.max(2, this.#flow.threshold);
  }

  /** Lowers the window in step with deliveries; `isGood` if the repair advanced and nothing more was lost. */
  step(inFlight: number, delivered: number, isGood: boolean): void {
    if (!this.#congestion.reactsToLoss || delivered <= 0) return;
    const { threshold } = this.#flow;
    const room = threshold - inFlight;
    this.#arrived += delivered;
    const share = (threshold * this.#arrived + this.#windowBefore - 1) / this.#windowBefore;
    const caughtUp = Math.max(this.#arrived - this.sent, delivered) + (isGood ? 1 : 0);
    const more = room < 0 ? Math.floor(share) - this.sent : Math.min(room, caughtUp);
    this.#flow.window = inFlight + Math.max(more, this.sent > 0 ? 0 : 1);
  }

  /** Notes that a segment is sent again. */
  repeat(nowUs: number): void {
    if (this.#firstRepeatUs < 0) this.#firstRepeatUs = nowUs;
  }

  /** True if the echoed timestamp is older than the first repeat: the original had arrived. */
  isLate(echoUs: number): boolean {
    const isOlder = this.#hasStamps && this.#firstRepeatUs >= 0 && echoUs >= 0 && echoUs < this.#firstRepeatUs;
    return this.#mayUndo && isOlder;
  }

  /** True if nothing was lost: all repeats were duplicates, or a timestamp shows it. */
  isNeedless({ needed }: Repeats, echoUs: number): boolean {
    return this.#mayUndo && (needed === 0 || this.isLate(echoUs));
  }

  /** Restores the window and the threshold. */
  undo(): void {
    if (this.#congestion.reactsToLoss) this.#flow.window = Math.max(this.#flow.window, this.#windowBefore);
    this.#flow.threshold = Math.max(this.#flow.threshold, this.#thresholdBefore);
    this.#mayUndo = false;
  }

  /** Ends a repair: sets the window to the threshold. */
  end(): void {
    if (this.#congestion.reactsToLoss && this.#mayUndo) this.#flow.window = this.#flow.threshold;
  }

  /** Forgets the repair. */
  settle(): void {
    this.#mayUndo = false;
    this.#firstRepeatUs = -1;
  }
}
