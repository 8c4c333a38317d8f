/** Use of the congestion window: a window that does not limit the sender must not grow (RFC 7661). */
import type { CongestionWindow } from "./congestion.ts";

/** Tracks whether the window limits the sender. */
export class Usage {
  /** In this window, which ends with a segment: it was the limit, or the most that was under way. */
  #isLimited = false;
  #most = 0;
  #usedTo = 0;

  /** Notes that the segments from `first` to before `next` are in flight; `isFull` if the window allows no more. */
  note(first: number, next: number, isFull: boolean): void {
    const isNewWindow = first >= this.#usedTo;
    if (!isNewWindow && !isFull && (this.#isLimited || next - first <= this.#most)) return;
    this.#isLimited = isFull;
    this.#most = next - first;
    this.#usedTo = next;
  }

  /** True if the window may grow; in slow start it needs to be half used only. */
  allowsGrowth({ window, threshold }: CongestionWindow): boolean {
    return this.#isLimited || (window < threshold && window < 2 * this.#most);
  }
}
