/**
 * How a sender slows down while it repairs a loss, and how it goes back when the loss proves to have been none: in step with
 * what arrives (proportional rate reduction, RFC 6937), and undone by duplicates told of (DSACK) or by stamps (Eifel, RFC 3522).
 */
import type { Congestion, Window } from "./congestion.ts";

/** Repeats under way, and those that have not proved needless. */
interface Repeats {
  readonly first: number;
  readonly again: number;
  undoFrom: number;
  needed: number;
}

export class Reduction {
  /** Sent since the repair began. */
  sent = 0;
  readonly #flow: Window;
  readonly #congestion: Congestion;
  readonly #hasStamps: boolean;
  #windowBefore = 0;
  #thresholdBefore = Infinity;
  #arrived = 0;
  /** Undoing is possible, and when the first repeat was sent; -1 before it. */
  #mayUndo = false;
  #firstRepeatUs = -1;

  constructor(flow: Window, congestion: Congestion, hasStamps: boolean) {
    this.#flow = flow;
    this.#congestion = congestion;
    this.#hasStamps = hasStamps;
  }

  /** Remembers what to go back to, and lowers the threshold. */
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

  /** A lost tail was repaired by its probe: the window is lowered at once. */
  atOnce(): void {
    if (!this.#congestion.heedsLoss) return;
    this.#windowBefore = this.#flow.window;
    this.#flow.threshold = this.#congestion.reduced(this.#flow);
    this.#flow.window = Math.max(2, this.#flow.threshold);
  }

  /** Down to the threshold in step with what arrives; `isGood`: it went on and nothing more was lost. */
  step(inFlight: number, delivered: number, isGood: boolean): void {
    if (!this.#congestion.heedsLoss || delivered <= 0) return;
    const { threshold } = this.#flow;
    const room = threshold - inFlight;
    this.#arrived += delivered;
    const share = (threshold * this.#arrived + this.#windowBefore - 1) / this.#windowBefore;
    const caughtUp = Math.max(this.#arrived - this.sent, delivered) + (isGood ? 1 : 0);
    const more = room < 0 ? Math.floor(share) - this.sent : Math.min(room, caughtUp);
    this.#flow.window = inFlight + Math.max(more, this.sent > 0 ? 0 : 1);
  }

  repeat(nowUs: number): void {
    if (this.#firstRepeatUs < 0) this.#firstRepeatUs = nowUs;
  }

  /** The stamp echoed is older than the first repeat, so the original arrived after all. */
  isLate(echoUs: number): boolean {
    const isOlder = this.#hasStamps && this.#firstRepeatUs >= 0 && echoUs >= 0 && echoUs < this.#firstRepeatUs;
    return this.#mayUndo && isOlder;
  }

  isNeedless({ needed }: Repeats, echoUs: number): boolean {
    return this.#mayUndo && (needed === 0 || this.isLate(echoUs));
  }

  undo(): void {
    if (this.#congestion.heedsLoss) this.#flow.window = Math.max(this.#flow.window, this.#windowBefore);
    this.#flow.threshold = Math.max(this.#flow.threshold, this.#thresholdBefore);
    this.#mayUndo = false;
  }

  /** The repair is complete. */
  end(): void {
    if (this.#congestion.heedsLoss && this.#mayUndo) this.#flow.window = this.#flow.threshold;
  }

  settle(): void {
    this.#mayUndo = false;
    this.#firstRepeatUs = -1;
  }
}
