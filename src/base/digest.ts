/**
 * A fingerprint of everything that happened, free of the order in which it was handled: each event
 * is mixed alone and the mixtures are summed, so shards and workers can sum theirs and agree.
 */
const SIGN = 0x8000_0000 | 0;

export class Digest {
  /** Two halves as signed words: whole numbers of 32 bits are added without a detour through floating point. */
  #high = 0;
  #low = 0;

  /** Adds one event of four 32-bit words; put what happened first (a kind), then who, when and how. */
  add(what: number, who: number, when: number, how: number): void {
    let a = Math.imul(what ^ 0x9e3779b9, 0x85ebca6b);
    let b = Math.imul(who ^ a, 0xc2b2ae35);
    b ^= b >>> 15;
    a = Math.imul(a ^ when ^ (b >>> 13), 0x27d4eb2f);
    a ^= a >>> 16;
    b = Math.imul(b ^ how ^ a, 0x165667b1);
    b ^= b >>> 14;
    a = Math.imul(a ^ b, 0x9e3779b1);
    this.#sum(a ^ (a >>> 13), b ^ (b >>> 15));
  }

  /** Adds a text, such as a decision of the control plane, at a time. */
  addText(text: string, when: number): void {
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.add(0x7e, hash, when, text.length);
  }

  /** Its two halves, for `sum` elsewhere. */
  get words(): readonly [high: number, low: number] {
    return [this.#high, this.#low];
  }

  /** Sums the words of another digest into this one, as of the threads of one run. */
  sum([high, low]: readonly [high: number, low: number]): void {
    this.#sum(high, low);
  }

  /** Adds 64 bits, with the carry: there is one when the sum of the low halves, unsigned, is less than what was added. */
  #sum(high: number, low: number): void {
    const sum = (this.#low + low) | 0;
    const carry = (sum ^ SIGN) < (low ^ SIGN) ? 1 : 0;
    this.#low = sum;
    this.#high = (this.#high + high + carry) | 0;
  }

  /** Sixteen hexadecimal characters. */
  get hex(): string {
    const half = (bits: number): string => (bits >>> 0).toString(16).padStart(8, "0");
    return half(this.#high) + half(this.#low);
  }
}
