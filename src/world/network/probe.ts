/** A probe for a lost tail (RFC 8985, section 7): the next new segment, or the last again. One at a time. */
import type { News } from "./scoreboard.ts";
import type { Packet } from "./wire.ts";

export class Probe {
  /** Under way until all below this segment is acknowledged and more is known; -1 for none. */
  #until = -1;
  #isRepeat = false;

  get isPending(): boolean {
    return this.#until >= 0;
  }

  /** It is under way and repeats a segment. */
  get hasRepeat(): boolean {
    return this.isPending && this.#isRepeat;
  }

  /** The segment it repeats; none is -1 or below. */
  get repeated(): number {
    return this.#isRepeat ? this.#until - 1 : -1;
  }

  begin(isRepeat: boolean, next: number): void {
    this.#isRepeat = isRepeat;
    this.#until = next;
  }

  forget(): void {
    this.#until = -1;
  }

  /**
   * An acknowledgement came: true when the probe has repaired a loss. Its arrival alone does not tell: only what is beyond
   * it, or word that it was needless.
   */
  repaired({ acknowledged, segment }: Packet, { isAdvance, isSacked, isProbeNeedless }: News): boolean {
    if (!this.isPending || acknowledged < this.#until) return false;
    const isBeyond = acknowledged > this.#until;
    const isOpen = this.#isRepeat && !isProbeNeedless;
    if (isOpen && !isBeyond && (isAdvance || isSacked || segment >= 0)) return false;
    this.forget();
    return isOpen && isBeyond;
  }
}
