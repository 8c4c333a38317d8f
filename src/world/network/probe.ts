/** The tail loss probe (RFC 8985, section 7): the next new segment, or the last one again; one at a time. */
import type { AckResult } from "./scoreboard.ts";
import type { Packet } from "./wire.ts";

/** The probe of one sender. */
export class Probe {
  /** Under way until all below this segment is acknowledged and more is known; -1 for none. */
  #until = -1;
  #isRepeat = false;

  /** True while the fate of the probe is unknown. */
  get isPending(): boolean {
    return this.#until >= 0;
  }

  /** True while a probe that repeats a segment is pending. */
  get hasRepeat(): boolean {
    return this.isPending && this.#isRepeat;
  }

  /** Returns the segment that the probe repeats; negative if none. */
  get repeated(): number {
    return this.#isRepeat ? this.#until - 1 : -1;
  }

  /** Notes that a probe was sent; `next` is the next new segment. */
  begin(isRepeat: boolean, next: number): void {
    this.#isRepeat = isRepeat;
    this.#until = next;
  }

  /** Forgets the probe. */
  forget(): void {
    this.#until = -1;
  }

  /**
   * True if an acknowledgement shows that the probe repaired a loss: it reaches beyond the probe, and does not report the probe as a
   * duplicate.
   */
  repaired({ acknowledged, segment }: Packet, { isAdvance, isSacked, isProbeNeedless }: AckResult): boolean {
    if (!this.isPending || acknowledged < this.#until) return false;
    const isBeyond = acknowledged > this.#until;
    const isOpen = this.#isRepeat && !isProbeNeedless;
    if (isOpen && !isBeyond && (isAdvance || isSacked || segment >= 0)) return false;
    this.forget();
    return isOpen && isBeyond;
  }
}
