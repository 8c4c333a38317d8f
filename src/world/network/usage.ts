/** How much of its window a sender uses: a window that is not the limit says nothing of the path and must not grow (RFC 7661). */
import type { Window } from "./congestion.ts";

export class Usage {
  /** In this window, which ends with a segment: it was the limit, or the most that was under way. */
  #isLimited = false;
  #most = 0;
  #usedTo = 0;

  /** From `first` to `next` is under way; `isFull`: the window allowed no more. */
  note(first: number, next: number, isFull: boolean): void {
    const isNewWindow = first >= this.#usedTo;
    if (!isNewWindow && !isFull && (this.#isLimited || next - first <= this.#most)) return;
    this.#isLimited = isFull;
    this.#most = next - first;
    this.#usedTo = next;
  }

  /** In slow start half of the window in use is enough. */
  allowsGrowth({ window, threshold }: Window): boolean {
    return this.#isLimited || (window < threshold && window < 2 * this.#most);
  }
}
